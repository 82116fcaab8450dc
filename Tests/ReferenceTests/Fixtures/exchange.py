"""Exchanges weights with `nntrain`, both ways, and compares outputs.

usage: exchange.py PATH/TO/nntrain

For each network of `curves`: `nntrain` trains ten steps, PyTorch loads the run's
`model.safetensors` with `load_state_dict(strict=True)` and must have the same outputs as
`nntrain predict`; then PyTorch writes a state_dict, `nntrain` starts from it and must have the same
outputs as PyTorch.
"""

import itertools
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy
import torch
from safetensors.torch import load_file, save_file

from common import build, spelled_out

CURVES = Path(__file__).resolve().parent / "curves"
# Two implementations in float64 differ only by rounding.
LIMIT = 1e-11


def nntrain(program, *arguments):
    subprocess.run([program, *map(str, arguments)], check=True, stdout=subprocess.DEVNULL)


def network(name):
    """The torch module of a curve's config, in float64 and evaluation mode, and its inputs."""
    # The generator writes one layer per line, each as JSON.
    text = (CURVES / name / "config.yaml").read_text().split("model:\n")[1]
    lines = itertools.takewhile(lambda line: line.startswith("  - "), text.splitlines())
    layers = [json.loads(line[4:]) for line in lines]
    inputs = numpy.load(CURVES / name / "data.npz")["x"]
    return build(spelled_out(layers), inputs.shape).double(), inputs


def largest_difference(module, inputs, program, run, folder):
    numpy.save(folder / "inputs.npy", inputs)
    nntrain(program, "predict", run, "--input", folder / "inputs.npy", "--output",
            folder / "outputs.npy")
    with torch.no_grad():
        expected = module.eval()(torch.from_numpy(inputs).double()).numpy()
    actual = numpy.load(folder / "outputs.npy")
    assert actual.shape == expected.shape, (actual.shape, expected.shape)
    return numpy.abs(actual - expected).max() / numpy.abs(expected).max()


def main():
    program, worst = Path(sys.argv[1]).resolve(), 0.0
    for name in ["mlp", "cnn", "residual"]:
        config = CURVES / name / "config.yaml"
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            module, inputs = network(name)
            nntrain(program, "train", config, "--run-dir", folder / "ours", "--max-steps", 10)
            module.load_state_dict(load_file(folder / "ours/model.safetensors"), strict=True)
            there = largest_difference(module, inputs, program, folder / "ours", folder)

            torch.manual_seed(7)
            for value in module.parameters():
                torch.nn.init.normal_(value, std=0.3)
            save_file(module.state_dict(), folder / "theirs.safetensors")
            nntrain(program, "train", config, "--run-dir", folder / "theirs", "--max-steps", 0,
                    "--init", folder / "theirs.safetensors")
            back = largest_difference(module, inputs, program, folder / "theirs", folder)
        print(f"{name}: relative difference {there:.1e} in PyTorch, {back:.1e} in nntrain")
        worst = max(worst, there, back)
    if not worst <= LIMIT:
        sys.exit(f"error: outputs differ by {worst:.1e}, more than {LIMIT}")


main()
