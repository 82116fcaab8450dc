"""Trains lenet on Fashion-MNIST for one epoch with PyTorch and prints the accuracy on the test set.

The same as `nntrain train scripts/peers/lenet.yaml`: reads the compressed files, normalises, 64
images per step, Adam.
"""

import argparse
import gzip

import numpy
import torch
from torch.nn import functional

import networks_torch

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("folder", help="where the IDX files are")
parser.add_argument("--threads", type=int, default=2)
options = parser.parse_args()


def read(name, header):
    """The bytes of a compressed IDX file after its header."""
    with gzip.open(f"{options.folder}/{name}-ubyte.gz") as file:
        return torch.from_numpy(numpy.frombuffer(file.read(), numpy.uint8, offset=header).copy())


def load(part):
    """Images from 0 to 1, and labels."""
    images = read(f"{part}-images-idx3", 16).reshape(-1, 1, 28, 28).float() / 255
    return images, read(f"{part}-labels-idx1", 8).long()


torch.set_num_threads(options.threads)
torch.manual_seed(0)
images, labels = load("train")
test_images, test_labels = load("t10k")
mean, deviation = images.mean(), images.std(correction=0)
images = (images - mean) / deviation
test_images = (test_images - mean) / deviation

model, _, _, _, optimizer = networks_torch.build("lenet")
model.train()
for batch in torch.randperm(len(labels)).split(64):
    optimizer.zero_grad(set_to_none=True)
    functional.cross_entropy(model(images[batch]), labels[batch]).backward()
    optimizer.step()

model.eval()
right = 0
with torch.inference_mode():
    for batch, expected in zip(test_images.split(1000), test_labels.split(1000)):
        right += int((model(batch).argmax(1) == expected).sum())
print(f"accuracy {right / len(test_labels):.4f}")
