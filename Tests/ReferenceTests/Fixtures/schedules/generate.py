"""Learning rates of every schedule, computed by PyTorch.

Options: `config` (the schedule as in a config file), `lr` (the optimizer's learning rate).
Expected in float64: `lr`, the rate of each of 30 steps as PyTorch chains it, and `closed_form`, the
same from PyTorch's closed form where it has one (they differ by rounding; past T_max a chained cosine
follows the closed form).
"""

import functools
import sys
from pathlib import Path

import numpy
import torch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from common import Fixture, output_folder

FOLDER = output_folder(__file__)
STEPS = 30
CLASSES = {
    "step_lr": torch.optim.lr_scheduler.StepLR,
    "multi_step_lr": torch.optim.lr_scheduler.MultiStepLR,
    "exponential_lr": torch.optim.lr_scheduler.ExponentialLR,
    "cosine_annealing_lr": torch.optim.lr_scheduler.CosineAnnealingLR,
    "linear_lr": torch.optim.lr_scheduler.LinearLR,
    "one_cycle_lr": functools.partial(
        torch.optim.lr_scheduler.OneCycleLR, cycle_momentum=False),
}


def rates(schedule, options, rate, closed_form):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=rate)
    scheduler = CLASSES[schedule](optimizer, **options)
    values = []
    for _ in range(STEPS):
        chained = scheduler.get_last_lr()[0]
        values.append(scheduler._get_closed_form_lr()[0] if closed_form else chained)
        optimizer.step()
        scheduler.step()
    return numpy.array(values, dtype=numpy.float64)


file = Fixture()
for name, schedule, rate, options in [
    ("step_lr", "step_lr", 0.1, {"step_size": 7}),
    ("step_lr-gamma", "step_lr", 0.3, {"step_size": 1, "gamma": 0.9}),
    ("multi_step_lr", "multi_step_lr", 0.1, {"milestones": [3, 11, 12]}),
    ("multi_step_lr-gamma-repeated", "multi_step_lr", 0.3,
     {"milestones": [5, 5, 20], "gamma": 0.5}),
    ("exponential_lr", "exponential_lr", 0.1, {"gamma": 0.9}),
    ("cosine_annealing_lr", "cosine_annealing_lr", 0.1, {"T_max": 30}),
    ("cosine_annealing_lr-eta_min", "cosine_annealing_lr", 0.1, {"T_max": 29, "eta_min": 0.01}),
    ("cosine_annealing_lr-beyond", "cosine_annealing_lr", 0.1, {"T_max": 7, "eta_min": 0.001}),
    ("cosine_annealing_lr-one", "cosine_annealing_lr", 0.1, {"T_max": 1}),
    ("linear_lr", "linear_lr", 0.1, {}),
    ("linear_lr-warm-up", "linear_lr", 0.1, {"start_factor": 0.01, "total_iters": 10}),
    ("linear_lr-decay", "linear_lr", 0.1,
     {"start_factor": 1.0, "end_factor": 0.1, "total_iters": 13}),
    ("one_cycle_lr", "one_cycle_lr", 0.3, {"max_lr": 0.1, "total_steps": STEPS}),
    ("one_cycle_lr-linear", "one_cycle_lr", 0.3,
     {"max_lr": 0.5, "total_steps": STEPS, "pct_start": 0.45, "anneal_strategy": "linear",
      "div_factor": 10.0, "final_div_factor": 100.0}),
    ("one_cycle_lr-three-phases", "one_cycle_lr", 0.3,
     {"max_lr": 0.5, "total_steps": STEPS, "pct_start": 0.4, "three_phase": True}),
]:
    example = file.example(name, config={schedule: options}, lr=rate)
    example.expected("float64", "lr", rates(schedule, options, rate, closed_form=False))
    if hasattr(CLASSES[schedule], "_get_closed_form_lr"):
        example.expected("float64", "closed_form", rates(schedule, options, rate, closed_form=True))
file.save(FOLDER / "schedules.safetensors")
