"""Steps of L-BFGS on the regression y = sin(x), computed by PyTorch in float64.

The network is linear(16), tanh, linear(1); the loss is the mean squared error over all rows, which
form one batch.

Options: `config` (the optimizer as in a config file), `steps`.
Given: `x` [N, 1], `y` [N, 1]; `parameter.<name>` before the first step.
Expected: `losses` [steps], each before its step; `parameter.<name>` after each step (first axis the
step); `evaluations`, the number of evaluations over all steps.

Options are chosen so that a run does not amplify rounding: it is repeated with initial parameters
that are changed by one part in 10¹⁵, as much as another order of sums changes them.
"""

import sys
from pathlib import Path

import numpy
import torch
from torch import nn

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from common import Fixture, normal, output_folder, tensor

FOLDER = output_folder(__file__)
ROWS, WIDTH, STEPS = 40, 16, 30
AMPLIFICATION_LIMIT = 5e-11

X = numpy.linspace(-3, 3, ROWS).astype(numpy.float32).reshape(ROWS, 1)
Y = numpy.sin(X).astype(numpy.float32)
START = {
    "0.weight": normal("lbfgs.0.weight", WIDTH, 1), "0.bias": normal("lbfgs.0.bias", WIDTH),
    "2.weight": normal("lbfgs.2.weight", 1, WIDTH, scale=0.25),
    "2.bias": normal("lbfgs.2.bias", 1, scale=0.25),
}


def run(options, change=0.0):
    network = nn.Sequential(nn.Linear(1, WIDTH), nn.Tanh(), nn.Linear(WIDTH, 1)).double()
    network.load_state_dict(
        {name: tensor(value, "float64") * (1 + change) for name, value in START.items()})
    optimizer = torch.optim.LBFGS(network.parameters(), **options)
    x, y = tensor(X, "float64"), tensor(Y, "float64")

    def closure():
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(network(x), y)
        loss.backward()
        return loss

    losses, history = [], {name: [] for name in START}
    for _ in range(STEPS):
        losses.append(optimizer.step(closure).item())
        for name, parameter in network.named_parameters():
            history[name].append(parameter.detach().numpy().copy())
    state = optimizer.state[next(network.parameters())]
    return losses, {name: numpy.stack(steps) for name, steps in history.items()}, state


file = Fixture()
for label, options in {
    "line-search": {"line_search_fn": "strong_wolfe"},
    "no-line-search": {"lr": 0.1, "max_iter": 3},
    "short-history": {"line_search_fn": "strong_wolfe", "max_iter": 2, "history_size": 3},
    "few-evaluations": {"line_search_fn": "strong_wolfe", "max_iter": 4, "max_eval": 3},
    "long-steps": {"line_search_fn": "strong_wolfe", "max_iter": 2, "lr": 30},
}.items():
    losses, history, state = run(options)
    _, changed, _ = run(options, 1e-15)
    rounding = max(abs(changed[name] - history[name]).max() for name in history)
    example = file.example(label, config={"lbfgs": options}, steps=STEPS)
    for name, value in [("x", X), ("y", Y)] + [(f"parameter.{n}", v) for n, v in START.items()]:
        example.given(name, value)
    example.expected("float64", "losses", numpy.array(losses))
    example.expected("float64", "evaluations", numpy.array(state["func_evals"]))
    assert rounding < AMPLIFICATION_LIMIT, f"{label} amplifies rounding: {rounding:.1e}"
    for name, value in history.items():
        example.expected("float64", f"parameter.{name}", value)
    print(f"  {label}: loss {losses[0]:.3g} → {losses[-1]:.3g}, "
          f"{state['func_evals']} evaluations, rounding {rounding:.1e}")
file.save(FOLDER / "lbfgs.safetensors")
