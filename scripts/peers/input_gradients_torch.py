"""nnbench's attack and explanation in PyTorch: gradients with respect to images."""

import torch
from torch import nn
from torch.nn import functional

# Of Fashion-MNIST's training images.
MEAN, DEVIATION = 0.2860, 0.3530


class FashionCNN(nn.Module):
    """The network of docs/examples/configs/fashion-cnn.yaml, which normalises raw images itself."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(1, 32, 3, padding=1, bias=False),
            nn.BatchNorm2d(32),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(32, 64, 3, padding=1, bias=False),
            nn.BatchNorm2d(64),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Dropout(0.3),
            nn.Linear(64 * 7 * 7, 128),
            nn.ReLU(),
            nn.Linear(128, 10),
        )

    def forward(self, images):
        return self.layers((images - MEAN) / DEVIATION)


def ascend(network, clean, labels, iterations=40, radius=0.1, step=0.01):
    """Images after projected gradient descent in the norm linf, without a random start."""
    images = clean
    for _ in range(iterations):
        images = images.detach().requires_grad_()
        loss = functional.cross_entropy(network(images), labels, reduction="sum")
        (gradient,) = torch.autograd.grad(loss, images)
        with torch.no_grad():
            change = gradient.sign_().mul_(step).add_(images).sub_(clean).clamp_(-radius, radius)
            images = change.add_(clean).clamp_(0, 1)
    return images


def gauss_legendre(count):
    """Nodes in 0…1 and weights whose sum is 1 (Golub and Welsch, 1969)."""
    orders = torch.arange(1, count, dtype=torch.float64)
    off_diagonal = orders / torch.sqrt(4 * orders**2 - 1)
    nodes, vectors = torch.linalg.eigh(torch.diag(off_diagonal, 1) + torch.diag(off_diagonal, -1))
    return ((nodes + 1) / 2).float(), (vectors[0] ** 2).float()


def integrated_gradients(network, images, labels, rule, images_per_pass):
    """Attributions of images to the logits of labels, with a baseline of 0."""
    nodes, weights = (numbers.view(1, -1, 1, 1, 1) for numbers in rule)
    count = nodes.shape[1]
    attributions = []
    for part, chosen in zip(images.split(images_per_pass), labels.split(images_per_pass)):
        path = (part[:, None] * nodes).flatten(0, 1).requires_grad_()
        scores = network(path).gather(1, chosen.repeat_interleave(count)[:, None])
        (gradient,) = torch.autograd.grad(scores.sum(), path)
        mean = (gradient.view(len(part), count, *part.shape[1:]) * weights).sum(1)
        attributions.append(part * mean)
    return torch.cat(attributions)


# The number of images in a step.
WORKLOADS = {"pgd": 100, "integrated-gradients": 10}


def build(workload, channels_last=False, compiled=False, images_per_pass=1):
    """A function that runs one step and returns its result.

    Weights need no gradients. Images have one channel, for which both memory formats are the same
    bytes, so it is the format of the weights that selects the convolutions' format.
    """
    torch.manual_seed(0)
    count = WORKLOADS[workload]
    network = FashionCNN().eval().requires_grad_(False)
    images = torch.randint(0, 256, (count, 1, 28, 28)) / 255
    labels = torch.randint(0, 10, (count,))
    if channels_last:
        network = network.to(memory_format=torch.channels_last)
        images = images.contiguous(memory_format=torch.channels_last)
    if compiled:
        network = torch.compile(network)
    if workload == "pgd":
        return lambda: ascend(network, images, labels)
    rule = gauss_legendre(50)
    return lambda: integrated_gradients(network, images, labels, rule, images_per_pass)
