"""Writes sine.safetensors: data, initial weights and the losses of 10 steps of PyTorch's L-BFGS."""

import math
from pathlib import Path

import torch
from safetensors.torch import save_file

torch.manual_seed(1)
torch.set_default_dtype(torch.float64)
x = torch.linspace(-math.pi, math.pi, 64).unsqueeze(1)
y = torch.sin(x)
model = torch.nn.Sequential(torch.nn.Linear(1, 16), torch.nn.Tanh(), torch.nn.Linear(16, 1))
tensors = {"x": x, "y": y} | {name: tensor.clone() for name, tensor in model.state_dict().items()}
optimizer = torch.optim.LBFGS(
    model.parameters(), lr=1, max_iter=4, line_search_fn="strong_wolfe")


def closure():
    optimizer.zero_grad()
    loss = torch.nn.functional.mse_loss(model(x), y)
    loss.backward()
    return loss


tensors["losses"] = torch.stack([optimizer.step(closure).detach() for _ in range(10)])
save_file(tensors, Path(__file__).parent / "sine.safetensors")
print(tensors["losses"])
