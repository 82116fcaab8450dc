"""Twenty steps of every optimizer with every option, computed by PyTorch.

Options: `config` (the optimizer as in a config file).
Given: `parameter.<name>` before the first step; `gradient.<name>`, whose first axis is the step.
Expected: `parameter.<name>` after each step (first axis the step); `state.<name>.<key>` after the
last step, with keys as in PyTorch's optimizer state.
"""

import sys
from pathlib import Path

import numpy
import torch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from common import DTYPES, Fixture, normal, output_folder, tensor

FOLDER = output_folder(__file__)
STEPS = 20
SHAPES = {"weight": (3, 5), "bias": (7,)}
CLASSES = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam, "adamw": torch.optim.AdamW,
           "rmsprop": torch.optim.RMSprop, "adagrad": torch.optim.Adagrad}


def gradients(name):
    """Gradients per step: mostly of typical size, some zero, tiny or large."""
    values = normal(name + "gradient", STEPS, *SHAPES[name])
    flat = values.reshape(STEPS, -1)
    flat[:, 0] = 0
    flat[:, 1] *= 1e-6
    flat[:, 2] *= 1e4
    flat[4] = 0
    return values


def generate(name, variants):
    file = Fixture()
    for label, options in variants.items():
        example = file.example(label, config={name: options})
        start = {key: example.given(f"parameter.{key}", normal(key, *shape))
                 for key, shape in SHAPES.items()}
        all_gradients = {key: example.given(f"gradient.{key}", gradients(key)) for key in SHAPES}
        for dtype in DTYPES:
            parameters = {key: tensor(value, dtype).requires_grad_()
                          for key, value in start.items()}
            arguments = {key: tuple(value) if isinstance(value, list) else value
                         for key, value in options.items()}
            optimizer = CLASSES[name](parameters.values(), foreach=False, **arguments)
            history = {key: [] for key in SHAPES}
            for step in range(STEPS):
                for key, parameter in parameters.items():
                    parameter.grad = tensor(all_gradients[key][step], dtype)
                optimizer.step()
                for key, parameter in parameters.items():
                    history[key].append(parameter.detach().numpy().copy())
            for key, parameter in parameters.items():
                example.expected(dtype, f"parameter.{key}", numpy.stack(history[key]))
                for entry, value in optimizer.state[parameter].items():
                    if value is not None:
                        value = value.to(DTYPES[dtype]) if entry == "step" else value
                        example.expected(dtype, f"state.{key}.{entry}", value)
    file.save(FOLDER / f"{name}.safetensors")


ADAM = {
    "defaults": {},
    "lr": {"lr": 0.05},
    "betas": {"lr": 0.01, "betas": [0.8, 0.95]},
    "no-momentum": {"lr": 0.01, "betas": [0.0, 0.99]},
    "eps": {"lr": 0.01, "eps": 1e-3},
    "weight_decay": {"lr": 0.01, "weight_decay": 0.1},
    "amsgrad": {"lr": 0.01, "amsgrad": True},
    "maximize": {"lr": 0.01, "maximize": True},
    "all": {"lr": 0.02, "betas": [0.85, 0.97], "eps": 1e-4, "weight_decay": 0.05, "amsgrad": True,
            "maximize": True},
}
generate("sgd", {
    "plain": {"lr": 0.1},
    "momentum": {"lr": 0.1, "momentum": 0.9},
    "momentum-dampening": {"lr": 0.1, "momentum": 0.9, "dampening": 0.3},
    "nesterov": {"lr": 0.1, "momentum": 0.9, "nesterov": True},
    "weight_decay": {"lr": 0.1, "weight_decay": 0.1},
    "maximize": {"lr": 0.1, "maximize": True},
    "momentum-weight_decay-maximize":
        {"lr": 0.1, "momentum": 0.8, "weight_decay": 0.1, "maximize": True},
    "momentum-dampening-weight_decay":
        {"lr": 0.1, "momentum": 0.8, "dampening": 0.5, "weight_decay": 0.1},
    "nesterov-weight_decay": {"lr": 0.1, "momentum": 0.8, "nesterov": True, "weight_decay": 0.1},
})
generate("adam", ADAM)
generate("adamw", {**ADAM, "no-weight_decay": {"lr": 0.01, "weight_decay": 0.0}})
generate("rmsprop", {
    "defaults": {},
    "alpha": {"lr": 0.02, "alpha": 0.9},
    "eps": {"eps": 1e-3},
    "weight_decay": {"weight_decay": 0.1},
    "momentum": {"momentum": 0.9},
    "centered": {"centered": True, "alpha": 0.9, "eps": 1e-4},
    "maximize": {"maximize": True},
    "centered-momentum": {"centered": True, "momentum": 0.5, "alpha": 0.9, "eps": 1e-4},
    "all": {"lr": 0.02, "alpha": 0.95, "eps": 1e-4, "weight_decay": 0.05, "momentum": 0.8,
            "centered": True, "maximize": True},
})
generate("adagrad", {
    "defaults": {},
    "lr_decay": {"lr": 0.1, "lr_decay": 0.1},
    "weight_decay": {"lr": 0.1, "weight_decay": 0.1},
    "initial_accumulator_value": {"lr": 0.1, "initial_accumulator_value": 0.5},
    "eps": {"lr": 0.1, "eps": 1e-3},
    "maximize": {"lr": 0.1, "maximize": True},
    "all": {"lr": 0.2, "lr_decay": 0.05, "weight_decay": 0.05, "initial_accumulator_value": 0.1,
            "eps": 1e-4, "maximize": True},
})
