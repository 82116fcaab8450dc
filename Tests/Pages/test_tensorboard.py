"""Event files, read back with TensorBoard's own reader."""

import csv
import io
import json
import math
import struct

import numpy
import pytest
from PIL import Image
from tensorboard.backend.event_processing import event_accumulator, event_file_loader

CONFIG = """\
name: stripes
seed: 3
data:
  train: {{blobs: {{samples: 90, classes: 3}}}}
  validation: {{split: 0.2}}
  batch_size: 16
  normalize: standard
model:
  - linear: 36
  - reshape: [1, 6, 6]
  - conv2d: {{out_channels: 5, kernel_size: 3, padding: same}}
  - relu
  - flatten
  - linear: 3
loss: cross_entropy
optimizer: {{adam: {{lr: 0.01}}}}
schedule: {{exponential_lr: {{gamma: 0.9}}}}
metrics: [accuracy]
epochs: {epochs}
log: {{every: 2, tensorboard: true}}
"""


def table(path):
    with open(path, newline="") as file:
        return [
            {name: float(value) if value else None for name, value in row.items()}
            for row in csv.DictReader(file)
        ]


def weights_of(path):
    """The float32 tensors of a safetensors file."""
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        begin, end = (8 + length + offset for offset in entry["data_offsets"])
        tensors[name] = numpy.frombuffer(data[begin:end], "<f4").reshape(entry["shape"])
    return tensors


def events(folder):
    everything = {
        event_accumulator.SCALARS: 0,
        event_accumulator.HISTOGRAMS: 0,
        event_accumulator.IMAGES: 0,
        event_accumulator.TENSORS: 0,
    }
    reader = event_accumulator.EventAccumulator(str(folder), size_guidance=everything)
    reader.Reload()
    return reader


def as_float32(number):
    return struct.unpack("f", struct.pack("f", number))[0]


def check_scalars(reader, folder):
    """Every number of both tables, at its step, and nothing else."""
    steps, epochs = table(folder / "steps.csv"), table(folder / "metrics.csv")
    expected = {}
    for row in steps:
        for column in ("loss", "lr", "grad_norm"):
            expected.setdefault(f"steps/{column}", []).append((int(row["step"]), row[column]))
    per_epoch = 5  # 72 training rows in batches of 16
    for row in epochs:
        for column, value in row.items():
            if column != "epoch" and value is not None:
                expected.setdefault(f"metrics/{column}", []).append(
                    (int(row["epoch"]) * per_epoch, value)
                )
    assert set(reader.Tags()["scalars"]) == set(expected)
    for tag, points in expected.items():
        found = [(event.step, event.value) for event in reader.Scalars(tag)]
        assert found == [(step, as_float32(value)) for step, value in points], tag
    assert len(steps) == len(epochs) * per_epoch // 2


@pytest.fixture(scope="module")
def run(run_nntrain, tmp_path_factory):
    folder = tmp_path_factory.mktemp("tensorboard")
    (folder / "stripes.yaml").write_text(CONFIG.format(epochs=4))
    run_nntrain(
        "train", folder / "stripes.yaml", "--run-dir", folder / "run", "--no-report", "--quiet"
    )
    return folder / "run"


def test_scalars(run):
    check_scalars(events(run), run)


def test_histograms(run):
    reader = events(run)
    weights = weights_of(run / "model.safetensors")
    assert set(reader.Tags()["histograms"]) == {f"weights/{name}" for name in weights}
    # The saved weights are those of the best epoch by validation loss.
    epochs = table(run / "metrics.csv")
    best = min(epochs, key=lambda row: row["val_loss"])["epoch"]
    for name, tensor in weights.items():
        history = reader.Histograms(f"weights/{name}")
        assert [event.step for event in history] == [5, 10, 15, 20]
        found = next(event for event in history if event.step == best * 5).histogram_value
        numbers = tensor.astype("float64").ravel()
        assert found.num == numbers.size
        assert found.min == numbers.min() and found.max == numbers.max()
        assert math.isclose(found.sum, numbers.sum(), rel_tol=1e-9, abs_tol=1e-12)
        assert math.isclose(found.sum_squares, (numbers**2).sum(), rel_tol=1e-9)
        limits, counts = list(found.bucket_limit), list(found.bucket)
        assert len(limits) == len(counts) and sum(counts) == numbers.size
        assert limits == sorted(limits) and limits[-1] == numbers.max()
        # Each bucket counts values from the previous limit, inclusive, to its own, exclusive; the
        # last one includes its limit. Rounding may move a number to the next bucket.
        for index, limit in enumerate(limits[:-1]):
            below = sum(counts[: index + 1])
            slack = 1e-9 * (numbers.max() - numbers.min())
            assert (numbers < limit - slack).sum() <= below <= (numbers < limit + slack).sum()


def test_no_filter_images_of_points(run):
    """The first weights are those of a dense layer on points."""
    assert events(run).Tags()["images"] == []


def test_filters(run_nntrain, tmp_path):
    random = numpy.random.default_rng(1)
    numpy.savez(
        tmp_path / "images.npz",
        x=random.integers(0, 256, (40, 1, 8, 8)).astype("uint8"),
        y=random.integers(0, 2, 40),
    )
    (tmp_path / "images.yaml").write_text(
        "data: {train: {npz: images.npz}, batch_size: 20}\n"
        "model: [{conv2d: {out_channels: 5, kernel_size: 3}}, relu, flatten, {linear: 2}]\n"
        "loss: cross_entropy\noptimizer: {sgd: {lr: 0.1}}\nepochs: 2\nlog: {tensorboard: true}\n"
    )
    run = tmp_path / "run"
    run_nntrain("train", tmp_path / "images.yaml", "--run-dir", run, "--no-report", "--quiet")
    reader = events(run)
    assert reader.Tags()["images"] == ["filters/0.weight"]
    images = reader.Images("filters/0.weight")
    assert [event.step for event in images] == [2, 4]
    last = images[-1]
    image = Image.open(io.BytesIO(last.encoded_image_string))
    image.load()
    assert (last.width, last.height) == image.size
    pixels = numpy.asarray(image.convert("L")).astype(int)
    weights = weights_of(run / "model.safetensors")["0.weight"].astype("float64")
    scale = (pixels.shape[1] - 1) // 3 // 3  # three columns of filters three weights wide
    greatest = abs(weights).max()
    for index in range(5):
        top, left = (index // 3) * (3 * scale + 1) + 1, (index % 3) * (3 * scale + 1) + 1
        for y in range(3):
            for x in range(3):
                pixel = pixels[top + y * scale + scale // 2, left + x * scale + scale // 2]
                assert abs(pixel - (128 + 127 * weights[index, 0, y, x] / greatest)) <= 1


def test_config_as_text(run):
    reader = events(run)
    assert "config" in reader.Tags()["tensors"]
    (event,) = reader.Tensors("config")
    assert reader.SummaryMetadata("config").plugin_data.plugin_name == "text"
    text = event.tensor_proto.string_val[0].decode()
    lines = [line[4:] for line in text.split("\n")]
    assert "\n".join(lines) == (run / "config.yaml").read_text()


def test_resumed_run_repeats_nothing(run_nntrain, tmp_path):
    """Killed after its checkpoint and resumed: as if it had never stopped."""
    config = tmp_path / "stripes.yaml"
    config.write_text(CONFIG.format(epochs=4))
    run = tmp_path / "run"
    common = ["train", config, "--run-dir", run, "--no-report", "--quiet"]
    run_nntrain(*common, "--max-steps", 13)
    # As after a crash: the last state is gone, the events are not.
    newest = max((run / "checkpoints").glob("step-*.safetensors"), key=lambda file: file.stat().st_mtime)
    newest.unlink()
    run_nntrain(*common, "--resume")
    files = sorted(run.glob("events.out.tfevents.*"))
    assert len(files) == 2
    check_scalars(events(run), run)
    steps = [event.step for event in events(run).Histograms("weights/0.weight")]
    assert steps == [5, 10, 15, 20]


def test_files_are_whole(run):
    """The framing, read by TensorBoard's strict loader."""
    (path,) = run.glob("events.out.tfevents.*")
    found = list(event_file_loader.RawEventFileLoader(str(path)).Load())
    # Version, config, ten logged steps, four epochs with their figures and their weights.
    assert len(found) == 2 + 10 + 4 + 4
    assert sum(len(record) + 16 for record in found) == path.stat().st_size
