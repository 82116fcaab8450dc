"""FGSM and PGD on trained-like networks, computed by PyTorch in float64 and evaluation mode: a
convolutional network with batch norm on images, and an LSTM on series.

Inputs are normalised by the network, (x − mean) / std per channel; perturbations are in the unit of
raw inputs, in a ball of radius eps, and in the range of the inputs.

Options: `layers` (as in a config file); `norm`, `eps`, `step_size`, `steps`.
Given: `input`, `labels`, `mean`, `std`, `state.<name>` (parameters and buffers).
Expected: `fgsm`; `pgd`; `loss` of the clean inputs, [N]; `gradient` of their sum with respect to
the raw inputs; `loss.pgd`.
"""

import sys
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from common import (Fixture, build, integers, output_folder, randomize, spelled_out, tensor, uniform)

FOLDER = output_folder(__file__)


class LastStep(nn.LSTM):
    """An LSTM that returns the output of the last step."""

    def forward(self, values):
        return super().forward(values)[0][:, -1]


def network(layers, inputs):
    if "lstm" not in layers[0]:
        return build(spelled_out(layers), inputs.shape).double()
    size = layers[0]["lstm"]["hidden_size"]
    rest = build(spelled_out(layers[1:]), (len(inputs), size))
    return nn.Sequential(LastStep(inputs.shape[2], size, batch_first=True), *rest).double()


def lengths(values):
    """The Euclidean norm of each example, of a shape that broadcasts."""
    return values.flatten(1).norm(dim=1).reshape([-1] + [1] * (values.dim() - 1))


def direction(gradient, norm):
    return gradient.sign() if norm == "linf" else gradient / lengths(gradient)


def projected(change, norm, eps):
    if norm == "linf":
        return change.clamp(-eps, eps)
    return change * (eps / lengths(change)).clamp(max=1)


def attack(loss, clean, low, high, norm, eps, step_size, steps):
    x = clean.clone()
    for _ in range(steps):
        x = x.detach().requires_grad_()
        gradient, = torch.autograd.grad(loss(x).sum(), x)
        change = projected(x.detach() + step_size * direction(gradient, norm) - clean, norm, eps)
        x = torch.minimum(torch.maximum(clean + change, low), high)
    return x.detach()


def bounds(clean, channels):
    """The smallest and the largest value of each channel, of the shape of the inputs."""
    others = [axis for axis in range(clean.dim()) if axis != channels]
    low = clean.amin(dim=others, keepdim=True).expand_as(clean)
    return low, clean.amax(dim=others, keepdim=True).expand_as(clean)


def add(file, name, layers, inputs, classes, channels, norm, eps, step_size, steps):
    example = file.example(
        name, layers=layers, norm=norm, eps=eps, step_size=step_size, steps=steps)
    raw = tensor(example.given("input", inputs), "float64")
    labels = torch.tensor(example.given("labels", integers(name + "l", len(inputs), below=classes)))
    count = inputs.shape[channels]
    shape = [count if axis == channels else 1 for axis in range(1, inputs.ndim)]
    mean = tensor(example.given("mean", uniform(name + "m", count, low=0.2, high=0.6)), "float64")
    std = tensor(example.given("std", uniform(name + "s", count, low=0.3, high=0.9)), "float64")
    module = network(layers, inputs)
    state = randomize(module, name)
    module.load_state_dict({key: tensor(value, "float64") for key, value in state.items()})
    module.eval()
    for key, value in state.items():
        example.given(f"state.{key}", value)

    def loss(x):
        output = module((x - mean.reshape(shape)) / std.reshape(shape))
        return functional.cross_entropy(output, labels.long(), reduction="none")

    low, high = bounds(raw, channels)
    x = raw.clone().requires_grad_()
    losses = loss(x)
    gradient, = torch.autograd.grad(losses.sum(), x)
    example.expected("float64", "loss", losses)
    example.expected("float64", "gradient", gradient)
    example.expected("float64", "fgsm", attack(loss, raw, low, high, norm, eps, eps, 1))
    pgd = attack(loss, raw, low, high, norm, eps, step_size, steps)
    example.expected("float64", "pgd", pgd)
    example.expected("float64", "loss.pgd", loss(pgd))


CNN = [
    {"conv2d": {"out_channels": 4, "kernel_size": 3, "padding": 1}}, "batch_norm2d", "relu",
    {"max_pool2d": 2}, {"conv2d": {"out_channels": 5, "kernel_size": 2}}, "tanh", "flatten",
    {"linear": 4},
]
LSTM = [{"lstm": {"hidden_size": 6, "return": "last"}}, {"linear": 3}]

file = Fixture()
for norm, eps, step_size in [("linf", 0.1, 0.025), ("l2", 0.8, 0.2)]:
    add(file, f"cnn-{norm}", CNN, uniform("images", 6, 2, 8, 7), 4, 1, norm, eps, step_size, 7)
    add(file, f"lstm-{norm}", LSTM, uniform("series", 5, 9, 3), 3, 2, norm, eps, step_size, 7)
file.save(FOLDER / "attacks.safetensors")
