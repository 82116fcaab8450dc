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
    """ResNet-20 for images of 32×32, batch 32, SGD with momentum and weight decay."""
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
    """1-10-1 with sigmoid, batch of 100 points, SGD."""
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


class Block(nn.Module):
    """A pre-norm transformer layer."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm1 = nn.LayerNorm(width)
        self.packed = nn.Linear(width, 3 * width)
        self.projection = nn.Linear(width, width)
        self.norm2 = nn.LayerNorm(width)
        self.linear1 = nn.Linear(width, 4 * width)
        self.linear2 = nn.Linear(4 * width, width)

    def forward(self, x, past=None, start=0):
        """With `past`, keys and values of the steps before `start`, to which those of x are added."""
        rows, steps, width = x.shape
        packed = self.packed(self.norm1(x)).view(rows, steps, 3, self.heads, width // self.heads)
        parts = packed.permute(2, 0, 3, 1, 4)
        query, key, value = parts
        if past is not None:
            past[:, :, :, start : start + steps] = parts[1:]
            key, value = past[:, :, :, : start + steps]
        # A single step attends to all keys.
        causal = past is None or steps > 1
        seen = functional.scaled_dot_product_attention(query, key, value, is_causal=causal)
        x = x + self.projection(seen.transpose(1, 2).reshape(rows, steps, width))
        hidden = functional.gelu(self.linear1(self.norm2(x)), approximate="tanh")
        return x + self.linear2(hidden)


class GPT(nn.Module):
    """A small language model over characters."""

    def __init__(self, characters=96, steps=128, width=128, heads=4, layers=4):
        super().__init__()
        self.characters = nn.Embedding(characters, width)
        self.positions = nn.Embedding(steps, width)
        self.layers = nn.Sequential(*[Block(width, heads) for _ in range(layers)])
        self.norm = nn.LayerNorm(width)
        self.scores = nn.Linear(width, characters, bias=False)

    def forward(self, x):
        embedded = self.characters(x) + self.positions(torch.arange(x.shape[1]))
        return self.scores(self.norm(self.layers(embedded)))

    def empty_past(self):
        """An empty cache of keys and values [2, N, heads, steps, depth] of each layer, for one text."""
        steps, width = self.positions.weight.shape
        heads = self.layers[0].heads
        return [torch.zeros(2, 1, heads, steps, width // heads) for _ in self.layers]

    def advance(self, x, past, start):
        """The scores after the last of some tokens that follow `start` others."""
        embedded = self.characters(x) + self.positions.weight[start : start + x.shape[1]]
        for layer, kept in zip(self.layers, past):
            embedded = layer(embedded, kept, start)
        return self.scores(self.norm(embedded[:, -1:]))


def next_token(output, target):
    return functional.cross_entropy(output.flatten(0, 1), target.flatten())


def gpt():
    """4 layers of width 128 with 4 heads, 96 characters, context 128, batch 16, AdamW."""
    model = GPT()
    return model, (16, 128), next_token, torch.optim.AdamW(model.parameters(), 3e-4)


NETWORKS = {
    "mlp": mlp,
    "lenet": lenet,
    "resnet20": resnet20,
    "sine": sine,
    "lstm": lambda: recurrent(nn.LSTM, 28, 128, steps=28, batch=128),
    "gru": lambda: recurrent(nn.GRU, 28, 128, steps=28, batch=128),
    "lstm512": lambda: recurrent(nn.LSTM, 64, 512, steps=100, batch=32),
    "gru16": lambda: recurrent(nn.GRU, 8, 16, steps=1000, batch=1),
    "gpt": gpt,
}


def sample(name, shape):
    """Random inputs of a workload: numbers, or characters."""
    return torch.randint(0, 96, shape) if name == "gpt" else torch.randn(shape)


def build(name):
    """Model, input, target, loss and optimizer of a workload."""
    torch.manual_seed(0)
    model, shape, loss, optimizer = NETWORKS[name]()
    if name == "sine":
        points = torch.linspace(-3.14, 3.14, 100)[:, None]
        return model, points, points.sin(), loss, optimizer
    target = torch.randint(0, 96, shape) if name == "gpt" else torch.randint(0, 10, shape[:1])
    return model, sample(name, shape), target, loss, optimizer
