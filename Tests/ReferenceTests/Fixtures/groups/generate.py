"""Training with frozen parameters, two optimizers, clipping and accumulated gradients, by PyTorch.

The network is linear(7), tanh, linear(6), tanh, linear(4) with a cross-entropy that has class
weights and ignores label 3. `0.*` is frozen; biases are updated by SGD with momentum, all other
parameters by AdamW; the gradient is clipped by the norm of both together. Rows are taken in order,
in batches of 8; an update follows two batches, or what is left of an epoch, with the gradient of
the mean loss over all their rows.

Options: `batch`, `accumulate`, `epochs`.
Given: `x` [N, 5], `y` [N] int64; `parameter.<name>` before the first step; `weight` [4].
Expected: `losses` per step, each before its update; `norms` before clipping; `parameter.<name>`
after each step (first axis the step).
"""

import sys
from pathlib import Path

import numpy
import torch
from torch import nn

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from common import DTYPES, Fixture, integers, normal, output_folder, tensor

FOLDER = output_folder(__file__)
ROWS, BATCH, ACCUMULATE, EPOCHS = 37, 8, 2, 6
SHAPES = {"0.weight": (7, 5), "0.bias": (7,), "2.weight": (6, 7), "2.bias": (6,),
          "4.weight": (4, 6), "4.bias": (4,)}
WEIGHT = numpy.array([0.5, 1, 2, 1.5], dtype=numpy.float32)

file = Fixture()
example = file.example("groups", batch=BATCH, accumulate=ACCUMULATE, epochs=EPOCHS)
x = example.given("x", normal("groups.x", ROWS, 5))
y = example.given("y", integers("groups.y", ROWS, below=4))
example.given("weight", WEIGHT)
start = {name: example.given(f"parameter.{name}", normal("groups." + name, *shape, scale=0.4))
         for name, shape in SHAPES.items()}
for dtype in DTYPES:
    network = nn.Sequential(nn.Linear(5, 7), nn.Tanh(), nn.Linear(7, 6), nn.Tanh(),
                            nn.Linear(6, 4)).to(DTYPES[dtype])
    network.load_state_dict({name: tensor(value, dtype) for name, value in start.items()})
    for parameter in network[0].parameters():
        parameter.requires_grad_(False)
    trained = {name: p for name, p in network.named_parameters() if p.requires_grad}
    optimizers = [
        torch.optim.AdamW([p for name, p in trained.items() if name.endswith("weight")], lr=0.02,
                          weight_decay=0.1, foreach=False),
        torch.optim.SGD([p for name, p in trained.items() if name.endswith("bias")], lr=0.3,
                        momentum=0.9, foreach=False),
    ]
    loss_of = nn.CrossEntropyLoss(weight=tensor(WEIGHT, dtype), ignore_index=3)
    losses, norms, history = [], [], {name: [] for name in SHAPES}
    for _ in range(EPOCHS):
        for first in range(0, ROWS, BATCH * ACCUMULATE):
            rows = slice(first, first + BATCH * ACCUMULATE)
            network.zero_grad()
            loss = loss_of(network(tensor(x[rows], dtype)), torch.from_numpy(y[rows]))
            loss.backward()
            norm = nn.utils.clip_grad_norm_(trained.values(), 0.4, foreach=False)
            losses.append(loss.item())
            norms.append(norm.item())
            for optimizer in optimizers:
                optimizer.step()
            for name, parameter in network.named_parameters():
                history[name].append(parameter.detach().numpy().copy())
    example.expected(dtype, "losses", numpy.array(losses, dtype=dtype))
    example.expected(dtype, "norms", numpy.array(norms, dtype=dtype))
    for name, value in history.items():
        example.expected(dtype, f"parameter.{name}", numpy.stack(value))
    print(f"  {dtype}: loss {losses[0]:.3f} → {losses[-1]:.3f}, norms {min(norms):.2f} … "
          f"{max(norms):.2f}")
file.save(FOLDER / "groups.safetensors")
