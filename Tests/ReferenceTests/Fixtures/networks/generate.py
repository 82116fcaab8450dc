"""Networks that are not a chain, computed by PyTorch in float64: layers that are used twice, layers
with several inputs, and several losses.

`shared` and `merging`, with the sum of all outputs times their cotangents as the loss:

Options: `config` (as in a config file); `training` (whether batch norm uses the batch's
statistics).
Given: `input.<name>`, `state.<name>` (parameters and buffers), `cotangent.<output>`.
Expected: `output.<name>`; `grad.<parameter>`; `grad.input.<name>`; after a training step
`after.<buffer>`.

`losses`, steps of SGD on a weighted sum of losses, rows taken in order:

Options: `config`; `epochs`.
Given: `input.<name>`, `target.<name>`, `state.<name>`.
Expected, first axis the step: `total` and `loss.<name>` over all rows of the step, before its
update; `grad.<parameter>`, the gradient of the update; `parameter.<name>` after the step.
"""

import sys
from pathlib import Path

import numpy
import torch
from torch import nn
from torch.nn import functional

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from common import (Fixture, build_sequence, integers, normal, output_folder, randomize,
                    spelled_out, tensor)

FOLDER = output_folder(__file__)
KEYS = ("name", "from", "share")


def folded(function):
    """A function of two tensors, applied to any number of them from the left."""
    def combined(*values):
        result = values[0]
        for value in values[1:]:
            result = function(result, value)
        return result
    return combined


def dot(left, right, axis=-1, normalize=False):
    """Σ x·y along an axis, divided by both norms if asked for."""
    if normalize:
        return functional.cosine_similarity(left, right, dim=axis, eps=1e-12).unsqueeze(axis)
    return (left * right).sum(dim=axis, keepdim=True)


MERGING = {
    "add": folded(torch.add), "subtract": torch.subtract, "multiply": folded(torch.multiply),
    "average": lambda *values: sum(values) / len(values), "maximum": folded(torch.maximum),
    "minimum": folded(torch.minimum), "dot": dot,
    "concat": lambda *values, axis: torch.cat(values, dim=axis),
}


class Network(nn.Module):
    """The torch module of a config's `model`, which names its layers."""

    def __init__(self, model, inputs):
        super().__init__()
        self.model = model
        self.mergers = {}
        probes = {name: torch.zeros(value.shape, dtype=torch.float64)
                  for name, value in inputs.items()}
        for entry in model["layers"]:
            name = entry["name"]
            if "share" not in entry:
                kind, options = next((k, v) for k, v in entry.items() if k not in KEYS)
                if kind in MERGING and isinstance(entry["from"], list):
                    self.mergers[name] = (MERGING[kind], options)
                else:
                    self.add_module(name, self.layer(kind, options, probes[entry["from"]]))
            with torch.no_grad():
                probes[name] = self.apply_entry(entry, probes)

    @staticmethod
    def layer(kind, options, probe):
        if kind == "sequential":
            return build_sequence(spelled_out(options), probe)
        return build_sequence(spelled_out([{kind: options}]), probe)[0]

    def apply_entry(self, entry, values):
        name = entry["name"]
        if name in self.mergers:
            function, options = self.mergers[name]
            return function(*(values[source] for source in entry["from"]), **options)
        return getattr(self, entry.get("share", name))(values[entry["from"]])

    def forward(self, inputs):
        values = dict(inputs)
        for entry in self.model["layers"]:
            values[entry["name"]] = self.apply_entry(entry, values)
        return {name: values[name] for name in self.model["outputs"]}


def data(inputs, targets=None, **options):
    """The section `data` of a config."""
    source = {"npz": "rows.npz", "inputs": {name: name for name in inputs}}
    if targets:
        source["targets"] = {name: name for name in targets}
    return {"train": source, **options}


def add(file, name, model, inputs, training=False):
    """An example of outputs and gradients."""
    config = {"data": data(inputs), "model": model, "loss": "mse", "optimizer": "adam"}
    example = file.example(name, config=config, training=training)
    given = {key: example.given(f"input.{key}", value) for key, value in inputs.items()}
    network = Network(model, given)
    state = randomize(network, name)
    network.load_state_dict({key: tensor(value, "float64") for key, value in state.items()})
    network.train(training)
    for key, value in state.items():
        example.given(f"state.{key}", value)
    values = {key: tensor(value, "float64").requires_grad_() for key, value in given.items()}
    outputs = network(values)
    loss = 0
    for key, output in outputs.items():
        cotangent = example.given(f"cotangent.{key}", normal(name + key, *output.shape))
        loss = loss + (output * tensor(cotangent, "float64")).sum()
        example.expected("float64", f"output.{key}", output)
    loss.backward()
    for key, value in values.items():
        example.expected("float64", f"grad.input.{key}", value.grad)
    for key, parameter in network.named_parameters():
        example.expected("float64", f"grad.{key}", parameter.grad)
    if training:
        for key, buffer in network.named_buffers():
            example.expected("float64", f"after.{key}", buffer)


def shared():
    """One layer for several inputs, and one that is applied again to its own output."""
    file = Fixture()
    tower = [{"linear": 7}, "tanh", {"layer_norm": {"normalized_shape": 7}}, {"linear": 3}]
    add(file, "tower", {
        "inputs": ["a", "p", "n"],
        "layers": [{"name": "anchor", "from": "a", "sequential": tower},
                   {"name": "positive", "from": "p", "share": "anchor"},
                   {"name": "negative", "from": "n", "share": "anchor"}],
        "outputs": ["anchor", "positive", "negative"],
    }, {key: normal("tower." + key, 5, 6) for key in "apn"})
    add(file, "linear-again", {
        "inputs": ["input"],
        "layers": [{"name": "start", "from": "input", "linear": 4},
                   {"name": "first", "from": "start", "tanh": {}},
                   {"name": "core", "from": "first", "linear": 4},
                   {"name": "second", "from": "core", "tanh": {}},
                   {"name": "again", "from": "second", "share": "core"}],
        "outputs": ["again"],
    }, {"input": normal("linear-again", 3, 2)})
    convolution = {"out_channels": 2, "kernel_size": 3, "padding": 1}
    for training in (False, True):
        add(file, "convolution-training" if training else "convolution", {
            "inputs": ["left", "right"],
            "layers": [{"name": "conv", "from": "left", "conv2d": convolution},
                       {"name": "norm", "from": "conv", "batch_norm2d": {}},
                       {"name": "active", "from": "norm", "relu": {}},
                       {"name": "other", "from": "right", "share": "conv"},
                       {"name": "other_norm", "from": "other", "share": "norm"},
                       {"name": "deeper", "from": "active", "share": "conv"}],
            "outputs": ["other_norm", "deeper"],
        }, {key: normal("conv." + key, 3, 2, 5, 4) for key in ("left", "right")}, training)
    file.save(FOLDER / "shared.safetensors")


def merging():
    """An image and a table, joined by each layer that takes several inputs."""
    file = Fixture()
    image, table = normal("image", 3, 1, 4, 5), normal("table", 3, 4)

    def join(name, layer, sources=("trunk", "side"), table=table):
        add(file, name, {
            "inputs": ["image", "table"],
            "layers": [
                {"name": "trunk", "from": "image",
                 "sequential": [{"conv2d": {"out_channels": 2, "kernel_size": 3}}, "sigmoid",
                                "flatten", {"linear": 4}]},
                {"name": "side", "from": "table", "sequential": [{"linear": 4}, "tanh"]},
                {"name": "column", "from": "table", "linear": 1},
                {"name": "joined", "from": list(sources), **layer},
                {"name": "head", "from": "joined", "linear": 2}],
            "outputs": ["head", "joined", "side", "column"],
        }, {"image": image, "table": table})

    for kind in ("add", "multiply", "average", "maximum", "minimum"):
        join(kind, {kind: {}})
        join(kind + "-of-three", {kind: {}}, ("trunk", "side", "table"))
    join("subtract", {"subtract": {}})
    join("add-column", {"add": {}}, ("trunk", "column"))
    join("dot", {"dot": {}})
    join("dot-cosine", {"dot": {"axis": 1, "normalize": True}})
    join("concat", {"concat": {"axis": 1}})
    join("concat-of-three", {"concat": {"axis": -1}}, ("table", "trunk", "side"))
    # Integers, so that elements tie.
    for kind in ("maximum", "minimum"):
        add(file, kind + "-ties", {
            "inputs": ["x", "y"],
            "layers": [{"name": "joined", "from": ["x", "y"], kind: {}}], "outputs": ["joined"],
        }, {key: integers(key, 4, 5, below=3).astype(numpy.float32) for key in "xy"})
    file.save(FOLDER / "merging.safetensors")


def triplet_margin(tensors, options):
    return functional.triplet_margin_loss(
        tensors["anchor"], tensors["positive"], tensors["negative"], **options)


def gaussian_kl(tensors, options):
    mean, log_variance = tensors["mean"], tensors["log_variance"]
    return (0.5 * (mean ** 2 + log_variance.exp() - 1 - log_variance)).sum(dim=1).mean()


def cross_entropy(tensors, options):
    options = {**options, "weight": torch.tensor(options["weight"], dtype=torch.float64)}
    return functional.cross_entropy(tensors["output"], tensors["target"], **options)


LOSSES = {
    "cross_entropy": cross_entropy, "triplet_margin": triplet_margin, "gaussian_kl": gaussian_kl,
    "mse": lambda tensors, options: functional.mse_loss(tensors["output"], tensors["target"]),
}


def losses():
    """One tower for three inputs, with four heads and four losses."""
    file = Fixture()
    rows, epochs = 15, 3
    model = {
        "inputs": ["a", "p", "n"],
        "layers": [
            {"name": "anchor", "from": "a", "sequential": [{"linear": 6}, "tanh", {"linear": 5}]},
            {"name": "positive", "from": "p", "share": "anchor"},
            {"name": "negative", "from": "n", "share": "anchor"},
            {"name": "digit", "from": "anchor", "linear": 4},
            {"name": "size", "from": "anchor", "linear": 2},
            {"name": "mean", "from": "positive", "linear": 3},
            {"name": "log_variance", "from": "positive", "linear": 3}],
        "outputs": ["digit", "size", "anchor", "positive", "negative", "mean", "log_variance"],
    }
    loss = [
        {"cross_entropy": {"weight": [0.5, 1, 2, 1.5], "ignore_index": 3}, "output": "digit",
         "target": "digit"},
        {"mse": {}, "output": "size", "target": "size", "weight": 0.3},
        {"triplet_margin": {"margin": 1.5, "swap": True}, "weight": 0.25},
        {"gaussian_kl": {}, "weight": 0.125},
    ]
    inputs = {key: normal("losses." + key, rows, 4) for key in "apn"}
    targets = {"digit": integers("losses.digit", rows, below=4),
               "size": normal("losses.size", rows, 2)}
    for name, accumulate in (("weighted", 1), ("weighted-accumulated", 2)):
        config = {"data": data(inputs, targets, batch_size=6), "model": model, "loss": loss,
                  "accumulate": accumulate, "optimizer": {"sgd": {"lr": 0.125}}}
        example = file.example(name, config=config, epochs=epochs)
        network = Network(model, inputs)
        state = randomize(network, "losses")
        network.load_state_dict({key: tensor(value, "float64") for key, value in state.items()})
        for key, value in inputs.items():
            example.given(f"input.{key}", value)
        for key, value in targets.items():
            example.given(f"target.{key}", value)
        for key, value in state.items():
            example.given(f"state.{key}", value)
        history = train(network, config, inputs, targets, rows, epochs)
        for key, steps in history.items():
            example.expected("float64", key, numpy.stack(steps))
        print(f"  {name}: {[round(float(total), 3) for total in history['total']]}")
    file.save(FOLDER / "losses.safetensors")


def objective(network, losses_, inputs, targets, rows):
    """The weighted sum of the losses of some rows, and each of them."""
    outputs = network({key: tensor(value[rows], "float64") for key, value in inputs.items()})
    parts, total = {}, 0
    for loss in losses_:
        kind, options = next((k, v) for k, v in loss.items() if k in LOSSES)
        tensors, name = outputs, loss.get("output", kind)
        if "output" in loss:
            tensors = {"output": outputs[name],
                       "target": tensor(targets[loss["target"]][rows], "float64")}
        parts[name] = LOSSES[kind](tensors, options)
        total = total + loss.get("weight", 1) * parts[name]
    return total, parts


def train(network, config, inputs, targets, rows, epochs):
    """What each step of training gives, by name."""
    optimizer = torch.optim.SGD(network.parameters(), **config["optimizer"]["sgd"], foreach=False)
    # The batches of an update are one, since each loss is the mean over all their rows.
    size, history = config["data"]["batch_size"] * config["accumulate"], {}

    def keep(name, value):
        history.setdefault(name, []).append(numpy.array(value.detach().numpy()))

    steps = [slice(first, min(first + size, rows)) for first in range(0, rows, size)]
    for step in steps * epochs:
        network.zero_grad()
        total, parts = objective(network, config["loss"], inputs, targets, step)
        keep("total", total)
        for name, value in parts.items():
            keep(f"loss.{name}", value)
        total.backward()
        for name, parameter in network.named_parameters():
            keep(f"grad.{name}", parameter.grad)
        optimizer.step()
        for name, parameter in network.named_parameters():
            keep(f"parameter.{name}", parameter)
    return history


shared()
merging()
losses()
