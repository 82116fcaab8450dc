"""Whole training runs of 50 steps, computed by PyTorch; `curve.py` describes a run's folder.

75 samples in batches of 16 leave a last batch of 11: five steps per epoch, ten epochs.
"""

import sys
import zipfile
from io import BytesIO
from pathlib import Path

import numpy
import torch
from torch.nn import functional

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from common import build, integers, normal, output_folder, spelled_out, tensor
from curve import write_config, write_run

FOLDER = output_folder(__file__)
SAMPLES, BATCH, EPOCHS, CLASSES, SIDE = 75, 16, 10, 7, 12


def conv(channels, **options):
    return {"conv2d": {"out_channels": channels, "kernel_size": 3, "padding": 1, **options}}


def block(channels):
    """A residual block of two convolutions with batch normalization."""
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


def write_data(path, **arrays):
    """Writes an npz whose bytes contain no time stamp."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in arrays.items():
            buffer = BytesIO()
            numpy.lib.format.write_array(buffer, array, allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), buffer.getvalue(),
                             zipfile.ZIP_DEFLATED)


def generate(name, run):
    folder = FOLDER / name
    folder.mkdir(exist_ok=True)
    labels = integers("labels" + name, SAMPLES, below=CLASSES)
    patterns = normal("patterns", CLASSES, 1, SIDE, SIDE)
    # The seed's text stays as it is, since it determines the committed data.
    images = (0.5 * patterns[labels] + normal("pictures" + name, SAMPLES, 1, SIDE, SIDE)).astype(
        numpy.float32)
    write_config(folder / "config.yaml", name, run, source="{npz: data.npz}", batch=BATCH,
                 epochs=EPOCHS)
    write_data(folder / "data.npz", x=images, y=labels)

    torch.manual_seed(0)
    module = build(spelled_out(run["model"]), images[:2].shape)
    rows = [slice(start, start + BATCH) for start in range(0, SAMPLES, BATCH)]

    def batches(dtype):
        return [(tensor(images[some], dtype), tensor(labels[some], dtype)) for some in rows]

    write_run(folder, name, run, module, batches, EPOCHS, functional.cross_entropy)


for name, run in RUNS.items():
    generate(name, run)
