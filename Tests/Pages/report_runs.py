"""Small runs of every kind for the tests of reports."""

import numpy

CIRCLES = """\
name: circles
data:
  train: {circles: {samples: 300, noise: 0.05}}
  validation: {split: 0.2}
  test: {circles: {samples: 200, noise: 0.05}}
  batch_size: 32
model: [{linear: 16}, tanh, {linear: 2}]
loss: cross_entropy
optimizer: {adam: {lr: 0.02}}
metrics: [accuracy]
epochs: 12
log: {every: 5}
"""

SINE = """\
name: sine
data:
  train: {sine: {samples: 200, noise: 0.05}}
  validation: {split: 0.2}
  batch_size: 16
model: [{linear: 12}, tanh, {linear: 1}]
loss: mse
optimizer: {adam: {lr: 0.02}}
metrics: [r2]
epochs: 15
"""

IMAGES = """\
name: "<stripes> & \\"bars\\""
data:
  train: {npz: images.npz}
  validation: {split: 0.25}
  batch_size: 16
  normalize: standard
model:
  - conv2d: {out_channels: 6, kernel_size: 3, padding: same}
  - relu
  - residual: [{conv2d: {out_channels: 6, kernel_size: 3, padding: same}}, relu]
  - max_pool2d: 2
  - flatten
  - linear: 3
loss: cross_entropy
optimizer: {adam: {lr: 0.01}}
metrics: [accuracy]
epochs: 4
"""

BINARY = """\
name: binary
data:
  train: {circles: {samples: 300, noise: 0.15}}
  test: {circles: {samples: 200, noise: 0.15}}
  batch_size: 32
model: [{linear: 16}, tanh, {linear: 1}]
loss: bce_with_logits
optimizer: {adam: {lr: 0.02}}
metrics: [accuracy]
epochs: 12
"""

SERIES = """\
name: sales
data:
  train: {series: sales.csv, column: units, index: month, window: 12, horizon: 4, to: 90}
  test: {series: sales.csv, column: units, index: month, window: 12, horizon: 4, from: 90}
  batch_size: 16
  normalize: standard
model: [flatten, {linear: 16}, relu, {linear: 4}]
loss: mse
optimizer: {adam: {lr: 0.01}}
metrics: [rmse]
epochs: 20
"""

TEXT = """\
name: prose
data:
  train: {text: prose.txt, level: char, context: 16}
  validation: {split: 0.2}
  batch_size: 16
model: [{embedding: 8}, {lstm: {hidden_size: 12}}, {linear: vocabulary}]
loss: cross_entropy
optimizer: {adam: {lr: 0.01}}
metrics: [bits_per_character]
epochs: 2
"""

PAIRS = """\
name: numbers
data:
  train: {pairs: pairs.tsv, level: word}
  validation: {split: 0.2}
  batch_size: 16
model:
  - encoder_decoder:
      encoder:
        - embedding: 16
        - sinusoidal_positions
        - transformer_encoder: {num_layers: 2, nhead: 2, dim_feedforward: 16, norm_first: true}
      decoder:
        - embedding: 16
        - sinusoidal_positions
        - transformer_decoder: {num_layers: 2, nhead: 2, dim_feedforward: 16, norm_first: true}
        - linear: vocabulary
loss: cross_entropy
optimizer: {adam: {lr: 0.01}}
metrics: [perplexity]
epochs: 2
"""

CONFIGS = {
    "circles": CIRCLES,
    "sine": SINE,
    "images": IMAGES,
    "binary": BINARY,
    "series": SERIES,
    "text": TEXT,
    "pairs": PAIRS,
}


def write_inputs(folder):
    """Writes the data and configs of all runs into a folder."""
    random = numpy.random.default_rng(4)
    labels = random.integers(0, 3, 160)
    images = random.integers(0, 60, (160, 1, 9, 9))
    for row, label in enumerate(labels):
        images[row, 0, :, :: label + 2] += 150
    numpy.savez(folder / "images.npz", x=images.astype("uint8"), y=labels)
    months = numpy.arange(120)
    units = 200 + 1.5 * months + 40 * numpy.sin(months * 2 * numpy.pi / 12)
    rows = "".join(f"{month},{value:.2f}\n" for month, value in zip(months, units))
    (folder / "sales.csv").write_text("month,units\n" + rows)
    (folder / "prose.txt").write_text("The quick brown fox jumps over the lazy dog. " * 30)
    words = [("one", "uno"), ("two", "dos"), ("three", "tres"), ("four", "cuatro")]
    chosen = random.integers(0, 4, (80, 3))
    pairs = [[words[index] for index in row] for row in chosen]
    lines = [" ".join(a for a, _ in row) + "\t" + " ".join(b for _, b in row) for row in pairs]
    (folder / "pairs.tsv").write_text("\n".join(lines) + "\n")
    for name, text in CONFIGS.items():
        (folder / f"{name}.yaml").write_text(text)
