"""Functions shared by the generators of whole training runs.

Each run is a folder: `config.yaml` (for `nntrain train`, float64; float32 by
`--set dtype=float32`), its data, `initial.<dtype>.safetensors` (a state_dict for `--init`) and
`reference.safetensors` with one example, the run's name: `<dtype>/losses` and `<dtype>/lr` per
step, `<dtype>/grad_norm` before clipping, and `<dtype>/final.<name>` for every entry of the
state_dict after the last step.
"""

import copy
import json

import numpy
import torch
from safetensors.numpy import save_file

from common import DTYPES, Fixture, load, normal

# Losses and final weights in float32 stay this close to those in float64: a run does not amplify
# rounding.
AMPLIFICATION_LIMIT = 2e-5
SCHEDULES = {"cosine_annealing_lr": torch.optim.lr_scheduler.CosineAnnealingLR}
OPTIMIZERS = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam, "adamw": torch.optim.AdamW,
              "rmsprop": torch.optim.RMSprop}


def write_config(path, name, run, *, source, batch, epochs, loss="cross_entropy"):
    """Writes the run as a config; YAML's flow style is JSON."""
    lines = [f"name: {name}", "seed: 1", "dtype: float64", "data:",
             f"  train: {source}", f"  batch_size: {batch}", "  shuffle: false",
             "  drop_last: false", "  normalize: none", "model:"]
    lines += [f"  - {json.dumps(layer)}" for layer in run["model"]]
    lines += [f"loss: {loss}"]
    optional = ("optimizer", "schedule", "clip_grad_norm")
    lines += [f"{key}: {json.dumps(run[key])}" for key in optional if key in run]
    lines += [f"epochs: {epochs}", "log: {every: 1}"]
    path.write_text("\n".join(lines) + "\n")


def first_weights(module, name):
    """The initial state of a run, exact in float32."""
    initial = {}
    for key, value in module.state_dict().items():
        if value.is_floating_point() and value.dim() and not key.endswith(("_mean", "_var")):
            scale = value[0].numel() ** -0.5 if value.dim() > 1 else 0.05
            bias = 1 if value.dim() == 1 and key.endswith("weight") else 0
            initial[key] = bias + normal(name + key, *value.shape, scale=scale)
            initial[key] = initial[key].astype(numpy.float32)
        else:
            initial[key] = value.numpy().astype(
                numpy.float32 if value.is_floating_point() else numpy.int64)
    return initial


def train(module, run, batches, epochs, loss_of):
    """Trains in place; returns loss, learning rate and gradient norm of each step."""
    name, options = next(iter(run["optimizer"].items()))
    optimizer = OPTIMIZERS[name](module.parameters(), foreach=False, **options)
    scheduler = None
    if "schedule" in run:
        schedule, arguments = next(iter(run["schedule"].items()))
        scheduler = SCHEDULES[schedule](optimizer, **arguments)
    losses, rates, norms = [], [], []
    for _ in range(epochs):
        for inputs, targets in batches:
            optimizer.zero_grad()
            loss = loss_of(module(inputs), targets)
            loss.backward()
            norm = torch.nn.utils.clip_grad_norm_(
                module.parameters(), run.get("clip_grad_norm", float("inf")), foreach=False)
            losses.append(loss.item())
            rates.append(optimizer.param_groups[0]["lr"])
            norms.append(norm.item())
            optimizer.step()
        if scheduler:
            scheduler.step()
    return {"losses": losses, "lr": rates, "grad_norm": norms}


def relative_difference(expected, found):
    """The largest difference, relative to the largest number of the tensor."""
    return ((expected - found.double()).abs().max() / expected.abs().max()).item()


def write_run(folder, name, run, module, batches, epochs, loss_of):
    """Trains in both precisions and writes the initial states and the results.

    `batches(dtype)` returns the inputs and targets of every step of an epoch.
    """
    initial = first_weights(module, name)
    file = Fixture()
    example = file.example(name)
    curves, weights = {}, {}
    for dtype in DTYPES:
        path = folder / f"initial.{dtype}.safetensors"
        save_file({key: value.astype(dtype) if value.dtype.kind == "f" else value
                   for key, value in sorted(initial.items())}, path, {"format": "pt"})
        path.chmod(0o644)
        trained = load(copy.deepcopy(module), initial, dtype).train()
        curves[dtype] = train(trained, run, batches(dtype), epochs, loss_of)
        for key, values in curves[dtype].items():
            example.expected(dtype, key, numpy.array(values, dtype=dtype))
        for key, value in trained.state_dict().items():
            example.expected(dtype, f"final.{key}", value)
        weights[dtype] = trained.state_dict()
    file.save(folder / "reference.safetensors")

    exact, rounded = (numpy.array(curves[dtype]["losses"]) for dtype in DTYPES)
    drift = numpy.max(numpy.abs(exact - rounded) / exact)
    moved = max(relative_difference(weights["float64"][key], value)
                for key, value in weights["float32"].items() if value.is_floating_point())
    print(f"  {len(exact)} steps, loss {exact[0]:.3f} → {exact[-1]:.3f}, "
          f"float32 against float64: losses {drift:.1e}, weights {moved:.1e}")
    assert max(drift, moved) < AMPLIFICATION_LIMIT, f"{name} amplifies rounding"
