"""Clipped gradients, computed by PyTorch.

Options: `config`, {"clip_grad_norm": {"max_norm", "norm_type"}} (norm_type a number or "inf") or
{"clip_grad_value": {"clip_value"}}.
Given: `gradient.<name>`. Expected: `gradient.<name>` after clipping and `norm`, the total norm
before it.
"""

import sys
from pathlib import Path

import numpy
import torch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from common import DTYPES, Fixture, normal, output_folder, tensor

FOLDER = output_folder(__file__)
SHAPES = {"weight": (3, 5), "bias": (7,), "scale": ()}
file = Fixture()


def add(name, config, factor=1.0):
    """Adds one example with normally distributed gradients times a factor."""
    example = file.example(name, config=config)
    given = {key: example.given(f"gradient.{key}", normal("clip" + key, *shape, scale=factor))
             for key, shape in SHAPES.items()}
    for dtype in DTYPES:
        parameters = {key: torch.zeros(SHAPES[key], dtype=DTYPES[dtype], requires_grad=True)
                      for key in SHAPES}
        for key, parameter in parameters.items():
            parameter.grad = tensor(given[key], dtype)
        if "clip_grad_value" in config:
            torch.nn.utils.clip_grad_value_(
                parameters.values(), **config["clip_grad_value"], foreach=False)
        else:
            options = dict(config["clip_grad_norm"])
            options["norm_type"] = float(options["norm_type"])
            norm = torch.nn.utils.clip_grad_norm_(parameters.values(), **options, foreach=False)
            example.expected(dtype, "norm", norm)
        for key, parameter in parameters.items():
            example.expected(dtype, f"gradient.{key}", parameter.grad)


for norm_type in (2, 1, "inf", 3):
    for name, factor in [("clipped", 1), ("below", 1e-3), ("zero", 0), ("large", 1e6)]:
        add(f"norm-{norm_type}-{name}",
            {"clip_grad_norm": {"max_norm": 0.75, "norm_type": norm_type}}, factor)
for name, factor in [("clipped", 1), ("below", 1e-3), ("large", 1e6)]:
    add(f"value-{name}", {"clip_grad_value": {"clip_value": 0.5}}, factor)
file.save(FOLDER / "clipping.safetensors")
