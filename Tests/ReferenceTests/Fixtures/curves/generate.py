"""Whole training runs of 50 steps, written by PyTorch.

Each run is a folder: `config.yaml` (for `nntrain train`, float64; float32 by
`--set dtype=float32`), `data.npz` (x, y), `initial.<dtype>.safetensors` (a state_dict for
`--init`) and `reference.safetensors` with one example, the run's name:
`<dtype>/losses` and `<dtype>/lr` per step, `<dtype>/grad_norm` before clipping, and
`<dtype>/final.<name>` for every entry of the state_dict after the last step.

75 samples in batches of 16 leave a last batch of 11: five steps an epoch, ten epochs.
"""

import copy
import json
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import numpy
import torch
from safetensors.numpy import save_file
from torch.nn import functional

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from common import (
    DTYPES, Fixture, build, integers, load, normal, output_folder, spelled_out, tensor)

FOLDER = output_folder(__file__)
SAMPLES, BATCH, EPOCHS, CLASSES, SIDE = 75, 16, 10, 7, 12
# Losses in float32 stay this close to those in float64, so a run does not amplify rounding.
AMPLIFICATION_LIMIT = 2e-5
SCHEDULES = {"cosine_annealing_lr": torch.optim.lr_scheduler.CosineAnnealingLR}
OPTIMIZERS = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam, "adamw": torch.optim.AdamW,
              "rmsprop": torch.optim.RMSprop}


def conv(channels, **options):
    return {"conv2d": {"out_channels": channels, "kernel_size": 3, "padding": 1, **options}}


def block(channels):
    """Two normalised convolutions around which the input is added."""
    return {"residual": [conv(channels, bias=False), {"batch_norm2d": {}}, "relu",
                         conv(channels, bias=False), {"batch_norm2d": {}}]}


RUNS = {
    "mlp": {
        "model": [{"flatten": {}}, {"linear": 23}, "relu", {"linear": 17}, "tanh",
                  {"linear": CLASSES}],
        "optimizer": {"sgd": {"lr": 0.02, "momentum": 0.9}},
    },
    "cnn": {
        "model": [conv(6, bias=False), {"batch_norm2d": {}}, "relu", {"max_pool2d": 2},
                  conv(9), "relu", {"max_pool2d": 2}, {"flatten": {}}, {"linear": 19}, "relu",
                  {"linear": CLASSES}],
        "optimizer": {"adam": {"lr": 0.003}},
    },
    "residual": {
        "model": [conv(5, bias=False), {"batch_norm2d": {}}, "relu", block(5), "relu",
                  {"max_pool2d": 2}, block(5), "relu", {"adaptive_avg_pool2d": 1},
                  {"flatten": {}}, {"linear": CLASSES}],
        "optimizer": {"sgd": {"lr": 0.05, "momentum": 0.9, "nesterov": True,
                              "weight_decay": 0.0005}},
    },
    "scheduled": {
        "model": [{"flatten": {}}, {"linear": 21}, "gelu", {"layer_norm": {"normalized_shape": 21}},
                  {"linear": CLASSES}],
        "optimizer": {"adamw": {"lr": 0.003, "weight_decay": 0.1}},
        "schedule": {"cosine_annealing_lr": {"T_max": EPOCHS, "eta_min": 0.001}},
        "clip_grad_norm": 0.5,
    },
}


def write_config(path, name, run):
    """Writes the run as a config; YAML's flow style is JSON."""
    lines = [f"name: {name}", "seed: 1", "dtype: float64", "data:",
             "  train: {npz: data.npz}", f"  batch_size: {BATCH}", "  shuffle: false",
             "  drop_last: false", "  normalize: none", "model:"]
    lines += [f"  - {json.dumps(layer)}" for layer in run["model"]]
    lines += ["loss: cross_entropy"]
    optional = ("optimizer", "schedule", "clip_grad_norm")
    lines += [f"{key}: {json.dumps(run[key])}" for key in optional if key in run]
    lines += [f"epochs: {EPOCHS}", "log: {every: 1}"]
    path.write_text("\n".join(lines) + "\n")


def write_data(path, **arrays):
    """Writes an npz whose bytes carry no time of day."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in arrays.items():
            buffer = BytesIO()
            numpy.lib.format.write_array(buffer, array, allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), buffer.getvalue(),
                             zipfile.ZIP_DEFLATED)


def train(module, run, pictures, labels, dtype):
    """Trains in place; returns loss, learning rate and gradient norm of each step."""
    name, options = next(iter(run["optimizer"].items()))
    optimizer = OPTIMIZERS[name](module.parameters(), foreach=False, **options)
    scheduler = None
    if "schedule" in run:
        schedule, arguments = next(iter(run["schedule"].items()))
        scheduler = SCHEDULES[schedule](optimizer, **arguments)
    losses, rates, norms = [], [], []
    for _ in range(EPOCHS):
        for start in range(0, SAMPLES, BATCH):
            rows = slice(start, start + BATCH)
            optimizer.zero_grad()
            loss = functional.cross_entropy(
                module(tensor(pictures[rows], dtype)), tensor(labels[rows], dtype))
            loss.backward()
            norm = torch.nn.utils.clip_grad_norm_(
                module.parameters(), run.get("clip_grad_norm", float("inf")), foreach=False)
            losses.append(loss.item())
            rates.append(optimizer.param_groups[0]["lr"])
            norms.append(norm.item())
            optimizer.step()
        if scheduler:
            scheduler.step()
    return {"losses": losses, "lr": rates, "grad_norm": norms}


def generate(name, run):
    folder = FOLDER / name
    folder.mkdir(exist_ok=True)
    labels = integers("labels" + name, SAMPLES, below=CLASSES)
    patterns = normal("patterns", CLASSES, 1, SIDE, SIDE)
    pictures = (0.5 * patterns[labels] + normal("pictures" + name, SAMPLES, 1, SIDE, SIDE)).astype(
        numpy.float32)
    write_config(folder / "config.yaml", name, run)
    write_data(folder / "data.npz", x=pictures, y=labels)

    torch.manual_seed(0)
    module = build(spelled_out(run["model"]), pictures[:2].shape)
    initial = {}
    for key, value in module.state_dict().items():
        if value.is_floating_point() and value.dim() and not key.endswith(("_mean", "_var")):
            scale = value[0].numel() ** -0.5 if value.dim() > 1 else 0.05
            bias = 1 if value.dim() == 1 and key.endswith("weight") else 0
            initial[key] = bias + normal(name + key, *value.shape, scale=scale)
            initial[key] = initial[key].astype(numpy.float32)
        else:
            initial[key] = value.numpy().astype(
                numpy.float32 if value.is_floating_point() else numpy.int64)

    file = Fixture()
    example = file.example(name)
    curves = {}
    for dtype in DTYPES:
        path = folder / f"initial.{dtype}.safetensors"
        save_file({key: value.astype(dtype) if value.dtype.kind == "f" else value
                   for key, value in sorted(initial.items())}, path, {"format": "pt"})
        path.chmod(0o644)
        trained = load(copy.deepcopy(module), initial, dtype).train()
        curves[dtype] = train(trained, run, pictures, labels, dtype)
        for key, values in curves[dtype].items():
            example.expected(dtype, key, numpy.array(values, dtype=dtype))
        for key, value in trained.state_dict().items():
            example.expected(dtype, f"final.{key}", value)
    file.save(folder / "reference.safetensors")

    exact, rounded = (numpy.array(curves[dtype]["losses"]) for dtype in DTYPES)
    drift = numpy.max(numpy.abs(exact - rounded) / exact)
    print(f"  loss {exact[0]:.3f} → {exact[-1]:.3f}, float32 against float64 {drift:.1e}")
    assert drift < AMPLIFICATION_LIMIT, f"{name} amplifies rounding: {drift:.1e}"


for name, run in RUNS.items():
    generate(name, run)
