"""Balanced class weights by scikit-learn, and a training with them by PyTorch.

Examples `weights-*`. Given: `labels`. Expected: `weights`, of the classes that occur, in order.
Example `training`: a linear classifier, all rows in one batch, SGD. Options: `epochs`, `lr`.
Given: `x`, `y`, `0.weight`, `0.bias`. Expected: `losses` of the epochs, `0.weight`, `0.bias`.
"""

import sys
from pathlib import Path

import numpy
import torch
from sklearn.utils.class_weight import compute_class_weight
from torch.nn import functional

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from common import DTYPES, Fixture, integers, normal, output_folder, tensor

FOLDER = output_folder(__file__)


def balanced(labels):
    return compute_class_weight("balanced", classes=numpy.unique(labels), y=labels)


def weights(file):
    for name, labels in [
        ("two", numpy.array([0] * 9 + [1])),
        ("one-class", numpy.zeros(5, dtype=numpy.int64)),
        ("gap", numpy.array([0, 0, 3, 3, 3, 1, 0])),
        ("many", integers("many", 997, below=7) ** 2 % 11),
    ]:
        example = file.example(f"weights-{name}")
        example.given("labels", labels.astype(numpy.int64))
        example.expected("float64", "weights", balanced(labels))


def training(file):
    epochs, rate = 5, 0.5
    example = file.example("training", epochs=epochs, lr=rate)
    x = example.given("x", normal("balance x", 13, 4))
    y = example.given("y", numpy.array([0, 0, 1, 0, 0, 2, 0, 0, 0, 1, 0, 0, 1]))
    start = {"0.weight": normal("balance weight", 3, 4), "0.bias": normal("balance bias", 3)}
    for name, value in start.items():
        example.given(name, value)
    for dtype in DTYPES:
        parameters = {name: tensor(value, dtype).requires_grad_() for name, value in start.items()}
        class_weights = torch.tensor(balanced(y), dtype=DTYPES[dtype])
        optimizer = torch.optim.SGD(parameters.values(), lr=rate)
        losses = []
        for _ in range(epochs):
            output = functional.linear(tensor(x, dtype), parameters["0.weight"], parameters["0.bias"])
            loss = functional.cross_entropy(output, tensor(y, dtype), weight=class_weights)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.detach())
        example.expected(dtype, "losses", torch.stack(losses))
        for name, value in parameters.items():
            example.expected(dtype, name, value)


fixture = Fixture()
weights(fixture)
training(fixture)
fixture.save(FOLDER / "balance.safetensors")
