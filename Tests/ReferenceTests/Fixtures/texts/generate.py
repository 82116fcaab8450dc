"""Pooled vectors of tokens, computed by PyTorch's EmbeddingBag, with the gradient of the vectors.

Options: `mode`.
Given: `tokens` [N, T], padded with 0; `lengths` [N]; `weight` [V, C]; `cotangent` [N, C].
Expected: `output` [N, C], `grad.weight` [V, C].
"""

import sys
from pathlib import Path

import numpy
import torch
from torch.nn import functional

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from common import DTYPES, Fixture, integers, normal, output_folder, tensor

FOLDER = output_folder(__file__)


def add(file, mode, name, lengths, vocabulary, width):
    name = f"{mode}-{name}"
    example = file.example(name, mode=mode)
    lengths = numpy.asarray(lengths, dtype=numpy.int64)
    tokens = integers(name, len(lengths), int(lengths.max()), below=vocabulary)
    tokens[numpy.arange(tokens.shape[1])[None] >= lengths[:, None]] = 0
    example.given("tokens", tokens.astype(numpy.int32))
    example.given("lengths", lengths.astype(numpy.int32))
    weight = example.given("weight", normal(name + "weight", vocabulary, width))
    cotangent = example.given("cotangent", normal(name + "cotangent", len(lengths), width))
    flat = numpy.concatenate([row[:length] for row, length in zip(tokens, lengths)])
    offsets = numpy.concatenate([[0], numpy.cumsum(lengths)[:-1]])
    for dtype in DTYPES:
        source = tensor(weight, dtype).requires_grad_()
        output = functional.embedding_bag(
            torch.from_numpy(flat), source, torch.from_numpy(offsets), mode=mode)
        output.backward(tensor(cotangent, dtype))
        example.expected(dtype, "output", output)
        example.expected(dtype, "grad.weight", source.grad)


if __name__ == "__main__":
    file = Fixture()
    for mode in ["mean", "sum", "max"]:
        add(file, mode, "several", [3, 1, 5, 2, 5], 11, 4)
        add(file, mode, "one-step", [1, 1], 3, 1)
        add(file, mode, "one-row", [7], 5, 9)
        add(file, mode, "long", [33, 70, 1], 23, 17)
    file.save(FOLDER / "pooling.safetensors")
