"""Attributions of captum 0.9 for small networks, in float64.

Each example holds `config` (the layers as in a config file), `x` [N, …], the class of each row as
`targets`, `state.…` and what captum returns for each method. `noise` [S, N, …] are the noises of
`smoothgrad`, whose mean of captum's Saliency is taken here, since torch's random numbers cannot be
drawn elsewhere.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import torch
from captum.attr import (
    GuidedBackprop, InputXGradient, IntegratedGradients, LayerAttribution, LayerGradCam, Occlusion,
    Saliency)
from torch import nn

from common import Fixture, integers, normal, output_folder, tensor

# Captum's Occlusion adds up in the default type; it and IntegratedGradients round the sums or the
# quadrature weights to float32 with `.float()`, which stay in float64 here.
torch.set_default_dtype(torch.float64)
torch.Tensor.float = torch.Tensor.double

TABLE = [{"linear": 5}, "tanh", {"linear": 3}]
RECTIFIED = [{"linear": 6}, "relu", {"linear": 4}, "relu", {"linear": 3}]
IMAGE = [{"conv2d": {"out_channels": 3, "kernel_size": 3}}, "relu",
         {"conv2d": {"out_channels": 4, "kernel_size": 2}}, "relu", "flatten", {"linear": 3}]


def network(name):
    if name == "table":
        return nn.Sequential(nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, 3))
    if name == "rectified":
        return nn.Sequential(
            nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 4), nn.ReLU(), nn.Linear(4, 3))
    return nn.Sequential(
        nn.Conv2d(2, 3, 3), nn.ReLU(), nn.Conv2d(3, 4, 2), nn.ReLU(), nn.Flatten(),
        nn.Linear(4 * 3 * 4, 3))


def add(fixture, name, layers, shape, windows):
    """Adds a network; `windows` are the shapes and strides of occlusion."""
    model = network(name).double()
    example = fixture.example(name, config={"model": layers}, windows=windows)
    for key, value in model.state_dict().items():
        given = example.given(f"state.{key}", normal(f"{name} {key}", *value.shape, scale=0.6))
        value.copy_(tensor(given, "float64"))
    x = tensor(example.given("x", normal(f"{name} x", *shape)), "float64")
    targets = torch.from_numpy(
        example.given("targets", integers(f"{name} targets", shape[0], below=3)))

    def expect(key, value):
        example.expected("float64", key, value)

    expect("saliency", Saliency(model).attribute(x, target=targets))
    expect("gradient_x_input", InputXGradient(model).attribute(x, target=targets))
    attributions, delta = IntegratedGradients(model).attribute(
        x, target=targets, return_convergence_delta=True)
    expect("integrated_gradients", attributions)
    # A difference of sums: further digits are their rounding errors.
    expect("integrated_gradients.delta", torch.round(delta, decimals=12))
    noise = tensor(example.given("noise", normal(f"{name} noise", 5, *shape, scale=0.3)), "float64")
    expect("smoothgrad", torch.stack(
        [Saliency(model).attribute(x + one, target=targets) for one in noise]).mean(0))
    for index, (window, stride) in enumerate(windows):
        expect(f"occlusion.{index}", Occlusion(model).attribute(
            x, sliding_window_shapes=tuple(window), strides=tuple(stride), target=targets,
            baselines=0.25))
    if name != "table":
        expect("guided_backprop", GuidedBackprop(model).attribute(x, target=targets))
    if name == "image":
        cam = LayerGradCam(model, model[2]).attribute(x, target=targets)
        expect("grad_cam.layer", cam)
        expect("grad_cam", LayerAttribution.interpolate(cam, shape[2:]))


def main():
    fixture = Fixture()
    add(fixture, "table", TABLE, (3, 4), [([1], [1]), ([3], [2])])
    add(fixture, "rectified", RECTIFIED, (3, 4), [([2], [2])])
    add(fixture, "image", IMAGE, (2, 2, 6, 7), [
        ([2, 2, 2], [2, 2, 2]), ([1, 3, 3], [1, 2, 3])])
    fixture.save(output_folder(__file__) / "explanations.safetensors")


if __name__ == "__main__":
    main()
