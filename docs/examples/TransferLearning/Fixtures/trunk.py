"""Writes trunk.safetensors: a trunk that PyTorch has trained to tell where a stripe is."""

from collections import OrderedDict
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn

torch.manual_seed(1)


def stripes(count):
    """Images [N, 1, 12, 12] of a stripe among noise, and its row (0 to 11) or column (12 to 23)."""
    labels = torch.arange(count) % 24
    images = torch.rand(count, 1, 12, 12) * 0.5
    for image, label in zip(images, labels):
        if label < 12:
            image[0, label] += 1
        else:
            image[0, :, label - 12] += 1
    return images, labels


trunk = nn.Sequential(
    nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.Conv2d(16, 16, 3, padding=1), nn.ReLU(),
    nn.MaxPool2d(2))
model = nn.Sequential(OrderedDict(trunk=trunk, flat=nn.Flatten(), head=nn.Linear(576, 24)))
images, labels = stripes(960)
optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
for epoch in range(30):
    for rows in torch.randperm(len(images)).split(48):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(images[rows]), labels[rows]).backward()
        optimizer.step()
accuracy = (model(images).argmax(1) == labels).float().mean().item()
weights = {name: tensor for name, tensor in model.state_dict().items() if name.startswith("trunk.")}
save_file(weights, Path(__file__).parent / "trunk.safetensors")
print(f"accuracy {accuracy:.3f}")
