"""Gains, fans, bounds and standard deviations of initializers, as in PyTorch.

`gains`: Expected in float64, for each nonlinearity, its `calculate_gain`.
Other examples: Options `config`, the initializer and its options, or the layer whose default
initializer is used (`linear`, `conv2d`). Given: `shape` of the weight. Expected in float64: `fan_in`,
`fan_out`, `std` and, for uniform distributions, `bound`; `bias_bound` for layers. Every number is
checked against draws by PyTorch itself before it is written.
"""

import math
import sys
from pathlib import Path

import numpy
import torch
from torch import nn
from torch.nn import init

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from common import Fixture, output_folder

FOLDER = output_folder(__file__)
SHAPES = {"linear": (5, 7), "square": (8, 8), "conv": (6, 3, 3, 2), "grouped-conv": (8, 2, 5, 5)}
DRAWS = 400
torch.manual_seed(0)
file = Fixture()


def agree(draw, bound, std):
    """Checks bound and standard deviation against draws by PyTorch."""
    values = torch.stack([draw().detach() for _ in range(DRAWS)])
    assert abs(values.std().item() / std - 1) < 0.02
    if bound is not None:
        assert 0.99 * bound < values.abs().max().item() <= bound * (1 + 1e-6)


def add(name, config, shape, bound, std, draw, bias_bound=None):
    """Adds one example; bound is None for a normal distribution."""
    agree(draw, bound, std)
    fan_in, fan_out = init._calculate_fan_in_and_fan_out(torch.empty(shape))
    example = file.example(name, config=config)
    example.given("shape", numpy.array(shape, dtype=numpy.int64))
    numbers = {"fan_in": fan_in, "fan_out": fan_out, "std": std, "bound": bound,
               "bias_bound": bias_bound}
    for key, value in numbers.items():
        if value is not None:
            example.expected("float64", key, numpy.array(value, dtype=numpy.float64))


def xavier(label, shape, gain):
    fan_in, fan_out = init._calculate_fan_in_and_fan_out(torch.empty(shape))
    std = gain * math.sqrt(2 / (fan_in + fan_out))
    add(f"xavier_uniform-{label}-gain-{gain}", {"xavier_uniform": {"gain": gain}}, shape,
        math.sqrt(3) * std, std, lambda: init.xavier_uniform_(torch.empty(shape), gain))
    add(f"xavier_normal-{label}-gain-{gain}", {"xavier_normal": {"gain": gain}}, shape,
        None, std, lambda: init.xavier_normal_(torch.empty(shape), gain))


def kaiming(label, shape, options):
    fan = init._calculate_correct_fan(torch.empty(shape), options.get("mode", "fan_in"))
    gain = init.calculate_gain(options.get("nonlinearity", "leaky_relu"), options.get("a", 0))
    std = gain / math.sqrt(fan)
    suffix = "-".join([label] + [f"{key}-{value}" for key, value in options.items()])
    add(f"kaiming_uniform-{suffix}", {"kaiming_uniform": options}, shape,
        math.sqrt(3) * std, std, lambda: init.kaiming_uniform_(torch.empty(shape), **options))
    add(f"kaiming_normal-{suffix}", {"kaiming_normal": options}, shape,
        None, std, lambda: init.kaiming_normal_(torch.empty(shape), **options))


def layer_default(name, config, make):
    weight = make().weight
    fan_in, _ = init._calculate_fan_in_and_fan_out(weight)
    bound = 1 / math.sqrt(fan_in)
    agree(lambda: make().bias, bound, bound / math.sqrt(3))
    add(name, config, tuple(weight.shape), bound, bound / math.sqrt(3), lambda: make().weight,
        bias_bound=bound)


gains = file.example("gains")
for nonlinearity in ("linear", "conv2d", "sigmoid", "tanh", "relu", "leaky_relu", "selu"):
    gains.expected("float64", nonlinearity,
                   numpy.array(init.calculate_gain(nonlinearity), dtype=numpy.float64))
gains.expected("float64", "leaky_relu-0.2",
               numpy.array(init.calculate_gain("leaky_relu", 0.2), dtype=numpy.float64))

for label, shape in SHAPES.items():
    for gain in (1.0, 2.5):
        xavier(label, shape, gain)
    for options in [
        {},
        {"mode": "fan_out"},
        {"nonlinearity": "relu"},
        {"mode": "fan_out", "nonlinearity": "tanh"},
        {"a": 0.2},
        {"a": math.sqrt(5)},
    ]:
        kaiming(label, shape, options)

layer_default("default-linear", {"linear": {"out_features": 5}}, lambda: nn.Linear(7, 5))
layer_default("default-conv2d", {"conv2d": {"out_channels": 6, "kernel_size": [3, 2]}},
              lambda: nn.Conv2d(3, 6, (3, 2)))
layer_default("default-conv2d-groups",
              {"conv2d": {"out_channels": 8, "kernel_size": 5, "groups": 4}},
              lambda: nn.Conv2d(8, 8, 5, groups=4))
file.save(FOLDER / "initializers.safetensors")
