"""nnbench's networks in PyTorch, with their batches, losses and optimizers."""

import torch
from torch import nn
from torch.nn import functional


class ResidualBlock(nn.Module):
    """ReLU(f(x) + shortcut(x)), with a projection where the shape changes."""

    def __init__(self, channels_in, channels, stride):
        super().__init__()
        self.branch = nn.Sequential(
            nn.Conv2d(channels_in, channels, 3, stride, padding=1, bias=False),
            nn.BatchNorm2d(channels),
            nn.ReLU(),
            nn.Conv2d(channels, channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(channels),
        )
        self.shortcut = nn.Identity()
        if stride != 1 or channels_in != channels:
            self.shortcut = nn.Sequential(
                nn.Conv2d(channels_in, channels, 1, stride, bias=False), nn.BatchNorm2d(channels)
            )

    def forward(self, x):
        return functional.relu(self.branch(x) + self.shortcut(x))


def mlp():
    """784-512-256-10 with ReLU, batch 128, Adam."""
    model = nn.Sequential(
        nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 256), nn.ReLU(), nn.Linear(256, 10)
    )
    return model, (128, 784), functional.cross_entropy, torch.optim.Adam(model.parameters())


def lenet():
    """Two convolutions with pooling, two dense layers, batch 64, Adam."""
    model = nn.Sequential(
        nn.Conv2d(1, 32, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(64 * 7 * 7, 128),
        nn.ReLU(),
        nn.Linear(128, 10),
    )
    return model, (64, 1, 28, 28), functional.cross_entropy, torch.optim.Adam(model.parameters())


def resnet20():
    """ResNet-20 for pictures of 32×32, batch 32, SGD with momentum and weight decay."""
    layers = [nn.Conv2d(3, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16), nn.ReLU()]
    channels_in = 16
    for channels, stride in [(16, 1), (32, 2), (64, 2)]:
        for block in range(3):
            layers.append(ResidualBlock(channels_in, channels, stride if block == 0 else 1))
            channels_in = channels
    model = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))
    optimizer = torch.optim.SGD(model.parameters(), 0.1, momentum=0.9, weight_decay=1e-4)
    return model, (32, 3, 32, 32), functional.cross_entropy, optimizer


def sine():
    """1-10-1 with sigmoid, 100 points at once, SGD."""
    model = nn.Sequential(nn.Linear(1, 10), nn.Sigmoid(), nn.Linear(10, 1))
    return model, (100, 1), functional.mse_loss, torch.optim.SGD(model.parameters(), 0.1)


class Recurrent(nn.Module):
    """A recurrent layer and a dense layer on its last step."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer
        self.dense = nn.Linear(layer.hidden_size, 10)

    def forward(self, x):
        return self.dense(self.layer(x)[0][:, -1])


def recurrent(kind, features, hidden, steps, batch):
    """Some steps of a recurrent layer, the last one into dense 10, Adam."""
    model = Recurrent(kind(features, hidden, batch_first=True))
    optimizer = torch.optim.Adam(model.parameters())
    return model, (batch, steps, features), functional.cross_entropy, optimizer


NETWORKS = {
    "mlp": mlp,
    "lenet": lenet,
    "resnet20": resnet20,
    "sine": sine,
    "lstm": lambda: recurrent(nn.LSTM, 28, 128, steps=28, batch=128),
    "gru": lambda: recurrent(nn.GRU, 28, 128, steps=28, batch=128),
    "lstm512": lambda: recurrent(nn.LSTM, 64, 512, steps=100, batch=32),
    "gru16": lambda: recurrent(nn.GRU, 8, 16, steps=1000, batch=1),
}


def build(name):
    """Model, input, target, loss and optimizer of a workload."""
    torch.manual_seed(0)
    model, shape, loss, optimizer = NETWORKS[name]()
    if name == "sine":
        points = torch.linspace(-3.14, 3.14, 100)[:, None]
        return model, points, points.sin(), loss, optimizer
    return model, torch.randn(shape), torch.randint(0, 10, shape[:1]), loss, optimizer
