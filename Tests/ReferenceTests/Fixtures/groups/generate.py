"""Training with frozen parameters, groups of parameters, clipping and accumulated gradients, by
PyTorch.

The network is linear(7), tanh, linear(6), tanh, linear(4) with a cross-entropy that has class
weights and ignores label 3. Rows are taken in order; an update follows `accumulate` batches, or
what is left of an epoch, with the gradient of the mean loss over all their rows: PyTorch computes
it from one batch of these rows, whatever their division. The norm of the gradients of all groups
together is clipped.

Options: `config` (as in a config file), `epochs`.
Given: `x` [N, 5], `y` [N] int64; `parameter.<name>` before the first step.
Expected: `losses` per step, each before its update; `norms` before clipping; `parameter.<name>`
after each step (first axis the step).
"""

import sys
from fnmatch import fnmatchcase
from pathlib import Path

import numpy
import torch
from torch import nn

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from common import DTYPES, Fixture, integers, normal, output_folder, tensor

FOLDER = output_folder(__file__)
ROWS = 37
SHAPES = {"0.weight": (7, 5), "0.bias": (7,), "2.weight": (6, 7), "2.bias": (6,),
          "4.weight": (4, 6), "4.bias": (4,)}
WEIGHT = [0.5, 1, 2, 1.5]
OPTIMIZERS = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW, "sgd": torch.optim.SGD,
              "rmsprop": torch.optim.RMSprop}
X = normal("groups.x", ROWS, 5)
Y = integers("groups.y", ROWS, below=4)
# No label of the second batch counts.
Y_WITH_GAP = numpy.where((numpy.arange(ROWS) >= 8) & (numpy.arange(ROWS) < 16), 3, Y)


def make_optimizers(config, trained):
    """An optimizer for each group, as `optimizer` and its `groups` in a config say."""
    kind, options = next((k, v) for k, v in config["optimizer"].items() if k in OPTIMIZERS)
    left, optimizers = dict(trained), []
    for group in config["optimizer"].get("groups", []):
        own = next(((k, v) for k, v in group.items() if k in OPTIMIZERS), None)
        replaced = {k: v for k, v in group.items() if k != "parameters"}
        group_kind, group_options = own or (kind, {**options, **replaced})
        names = [name for name in left if fnmatchcase(name, group["parameters"])]
        assert names, group
        optimizers.append(OPTIMIZERS[group_kind]([left.pop(name) for name in names],
                                                 **group_options, foreach=False))
    return optimizers + [OPTIMIZERS[kind](list(left.values()), **options, foreach=False)]


def train(config, y, epochs, start, dtype):
    network = nn.Sequential(nn.Linear(5, 7), nn.Tanh(), nn.Linear(7, 6), nn.Tanh(),
                            nn.Linear(6, 4)).to(DTYPES[dtype])
    network.load_state_dict({name: tensor(value, dtype) for name, value in start.items()})
    for name, parameter in network.named_parameters():
        frozen = any(fnmatchcase(name, pattern) for pattern in config["freeze"])
        parameter.requires_grad_(not frozen)
    trained = {name: p for name, p in network.named_parameters() if p.requires_grad}
    optimizers = make_optimizers(config, trained)
    loss_of = nn.CrossEntropyLoss(
        weight=tensor(numpy.array(WEIGHT, dtype=numpy.float32), dtype), ignore_index=3)
    losses, norms, history = [], [], {name: [] for name in SHAPES}
    size = config["data"]["batch_size"] * config["accumulate"]
    for _ in range(epochs):
        for first in range(0, ROWS, size):
            rows = slice(first, first + size)
            network.zero_grad()
            loss = loss_of(network(tensor(X[rows], dtype)), torch.from_numpy(y[rows]))
            loss.backward()
            norm = nn.utils.clip_grad_norm_(
                trained.values(), config["clip_grad_norm"], foreach=False)
            losses.append(loss.item())
            norms.append(norm.item())
            for optimizer in optimizers:
                optimizer.step()
            for name, parameter in network.named_parameters():
                history[name].append(parameter.detach().numpy().copy())
    return losses, norms, history


def add(file, name, optimizer, freeze, accumulate, epochs, y=Y):
    config = {
        "data": {"train": {"npz": "rows.npz"}, "batch_size": 8},
        "model": [{"linear": 7}, "tanh", {"linear": 6}, "tanh", {"linear": 4}],
        "loss": {"cross_entropy": {"weight": WEIGHT, "ignore_index": 3}},
        "optimizer": optimizer, "freeze": freeze, "accumulate": accumulate,
        "clip_grad_norm": 0.4,
    }
    example = file.example(name, config=config, epochs=epochs)
    example.given("x", X)
    example.given("y", y)
    start = {key: example.given(f"parameter.{key}", normal("groups." + key, *shape, scale=0.4))
             for key, shape in SHAPES.items()}
    for dtype in DTYPES:
        losses, norms, history = train(config, y, epochs, start, dtype)
        example.expected(dtype, "losses", numpy.array(losses, dtype=dtype))
        example.expected(dtype, "norms", numpy.array(norms, dtype=dtype))
        for key, value in history.items():
            example.expected(dtype, f"parameter.{key}", numpy.stack(value))
        print(f"  {name} {dtype}: loss {losses[0]:.3f} → {losses[-1]:.3f}, norms "
              f"{min(norms):.2f} … {max(norms):.2f}")


file = Fixture()
add(file, "groups",
    {"adamw": {"lr": 0.02, "weight_decay": 0.1},
     "groups": [{"parameters": "[24].bias", "sgd": {"lr": 0.3, "momentum": 0.9}}]},
    freeze=["0.*"], accumulate=2, epochs=6)
# Three optimizers, one of them with other options; updates of 8 + 8 + 8 and of 8 + 5 rows.
add(file, "uneven",
    {"adam": {"lr": 0.02, "weight_decay": 0.05},
     "groups": [{"parameters": "[02].bias", "weight_decay": 0, "lr": 0.05},
                {"parameters": "0.weight",
                 "sgd": {"lr": 0.2, "momentum": 0.8, "nesterov": True, "weight_decay": 0.01}},
                {"parameters": "2.weight", "rmsprop": {"lr": 0.01, "centered": True}}]},
    freeze=["4.bias"], accumulate=3, epochs=4, y=Y_WITH_GAP)
add(file, "one-batch",
    {"sgd": {"lr": 0.3, "momentum": 0.9},
     "groups": [{"parameters": "4.*", "lr": 0.1, "momentum": 0.5, "weight_decay": 0.1}]},
    freeze=["2.bias"], accumulate=1, epochs=2)
file.save(FOLDER / "groups.safetensors")
