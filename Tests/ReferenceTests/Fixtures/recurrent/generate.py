"""Outputs, final states and all gradients of recurrent networks, computed by PyTorch.

Options: `config` (one layer as in a config file), `names` (of the parameters, in order).
Given: `input` [N, T, features], `parameters` (all, flat, in the order of `names`), `h0` and `c0` if
there are initial states, `lengths` if sequences have different lengths, `cotangent` (of `result`).
Expected: `result` (output, last h and last c, each flat, concatenated), `grad.input`,
`grad.parameters`, `grad.h0`, `grad.c0`; only in float64, to keep the files small.

PyTorch's GRU applies its reset gate after the matrix product; the other variant is a plain loop here.
`…-last` examples have the output of the last step instead of all.
"""

import sys
from pathlib import Path

import numpy
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from common import Fixture, normal, output_folder, tensor

FOLDER = output_folder(__file__)
MODULES = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}


class ResetBefore(nn.GRU):
    """GRU that applies its reset gate before the matrix product, step by step."""

    def forward(self, packed, initial):
        values, lengths = packed
        batch, steps = values.shape[:2]
        directions = 2 if self.bidirectional else 1
        last = []
        for layer in range(self.num_layers):
            outputs = []
            for direction in range(directions):
                suffix = f"_l{layer}" + ("_reverse" if direction else "")
                state = initial[layer * directions + direction]
                result = [None] * steps
                for step in reversed(range(steps)) if direction else range(steps):
                    valid = (lengths > step)[:, None]
                    fresh = self.step(values[:, step], state, suffix)
                    state = torch.where(valid, fresh, state)
                    result[step] = torch.where(valid, fresh, torch.zeros_like(fresh))
                outputs.append(torch.stack(result, 1))
                last.append(state)
            values = torch.cat(outputs, 2)
        return values, torch.stack(last)

    def step(self, x, h, suffix):
        part = {name: getattr(self, name + suffix).chunk(3) for name in ("weight_ih", "weight_hh")}
        bias = [0, 0, 0]
        if self.bias:
            both = getattr(self, "bias_ih" + suffix) + getattr(self, "bias_hh" + suffix)
            bias = both.chunk(3)
        x_part = [x @ weight.T + b for weight, b in zip(part["weight_ih"], bias)]
        r = torch.sigmoid(x_part[0] + h @ part["weight_hh"][0].T)
        z = torch.sigmoid(x_part[1] + h @ part["weight_hh"][1].T)
        n = torch.tanh(x_part[2] + (r * h) @ part["weight_hh"][2].T)
        return (1 - z) * n + z * h


class Recurrent(Fixture):
    """A file of examples of one kind of layer."""

    def add(self, name, kind, rows=3, steps=5, features=4, ragged=False, initial=False, **options):
        """Adds one example; `options` are those of a config file."""
        example = self.example(name, config=[{kind: options}])
        arguments = {
            key: value for key, value in options.items() if key not in ("return", "reset")}
        before = options.get("reset") == "before"
        module = (ResetBefore if before else MODULES[kind])(
            features, batch_first=True, **arguments).double()
        names = [key for key, _ in module.named_parameters()]
        self.examples[name]["names"] = names
        hidden = options["hidden_size"]
        width = options.get("proj_size") or hidden
        count = options.get("num_layers", 1) * (2 if options.get("bidirectional") else 1)
        values = {
            key: normal(name + key, *value.shape, scale=hidden ** -0.5)
            for key, value in module.named_parameters()}
        example.given("parameters", numpy.concatenate([values[key].ravel() for key in names]))
        module.load_state_dict({key: tensor(value, "float64") for key, value in values.items()})
        source = tensor(
            example.given("input", normal(name + "input", rows, steps, features)), "float64")
        source.requires_grad_()
        shapes = {"h0": width, "c0": hidden} if kind == "lstm" else {"h0": width}
        states = [torch.zeros(count, rows, size, dtype=torch.float64) for size in shapes.values()]
        if initial:
            states = [
                tensor(example.given(key, normal(name + key, count, rows, size)), "float64")
                for key, size in shapes.items()]
        states = [state.requires_grad_() for state in states]
        lengths = torch.full((rows,), steps)
        if ragged:
            lengths = torch.tensor([steps - 2 * row % steps for row in range(1, rows + 1)])
            example.given("lengths", lengths.numpy().astype(numpy.int32))
        output, last = self.run(module, source, states, lengths, before)
        if options.get("return") == "last":
            directions = 2 if options.get("bidirectional") else 1
            output = torch.cat(list(last[0][-directions:]), 1)
        result = torch.cat([value.flatten() for value in (output, *last)])
        cotangent = example.given("cotangent", normal(name + "cotangent", *result.shape))
        result.backward(tensor(cotangent, "float64"))
        example.expected("float64", "result", result)
        example.expected("float64", "grad.input", source.grad)
        gradients = [value.grad.flatten() for _, value in module.named_parameters()]
        example.expected("float64", "grad.parameters", torch.cat(gradients))
        for key, state in zip(shapes, states):
            if initial:
                example.expected("float64", f"grad.{key}", state.grad)

    @staticmethod
    def run(module, source, states, lengths, before):
        if before:
            output, last = module((source, lengths), states[0])
            return output, (last,)
        packed = pack_padded_sequence(source, lengths, batch_first=True, enforce_sorted=False)
        output, last = module(packed, tuple(states) if len(states) > 1 else states[0])
        output, _ = pad_packed_sequence(output, batch_first=True, total_length=source.shape[1])
        return output, last if isinstance(last, tuple) else (last,)

    def add_all(self, kind, layers=(1, 2, 3), **options):
        """Layer counts, directions, equal and different lengths; other options vary in turn."""
        for count in layers:
            for both in (False, True):
                for ragged in (False, True):
                    words = [str(count), "both" if both else "one", "ragged" if ragged else "equal"]
                    turn = count + both + ragged
                    # Many layers of few units: the files stay small.
                    self.add(
                        "-".join(words), kind, rows=3 if count < 3 else 2, steps=5 if count < 3 else 3,
                        features=3 if count < 3 else 1,
                        hidden_size=3 if count < 3 else 2, num_layers=count, bidirectional=both,
                        bias=turn % 3 != 0, ragged=ragged, initial=turn % 2 == 0, **options)


def main():
    for kind in MODULES:
        file = Recurrent()
        file.add_all(kind)
        file.add("wide", kind, rows=9, steps=3, hidden_size=17 if kind != "lstm" else 11, features=1, ragged=True, initial=True)
        file.add("one", kind, rows=1, steps=1, features=1, hidden_size=1)
        file.add("last", kind, hidden_size=3, ragged=True, **{"return": "last"})
        file.add("last-both", kind, hidden_size=2, num_layers=2, ragged=True, bidirectional=True,
                 **{"return": "last"})
        if kind == "rnn":
            file.add("relu", kind, hidden_size=5, nonlinearity="relu", num_layers=2)
            file.add("relu-ragged", kind, hidden_size=5, nonlinearity="relu", bidirectional=True,
                     ragged=True, initial=True)
        if kind == "lstm":
            file.add("projected", kind, hidden_size=5, proj_size=3)
            file.add("projected-ragged", kind, hidden_size=3, proj_size=2, num_layers=2,
                     bidirectional=True, ragged=True, initial=True)
        file.save(FOLDER / f"{kind}.safetensors")
    file = Recurrent()
    file.add_all("gru", layers=(1, 3), reset="before")
    file.add("wide", "gru", rows=2, steps=3, hidden_size=9, features=1, reset="before")
    file.save(FOLDER / "gru_reset_before.safetensors")


main()
