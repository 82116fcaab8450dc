"""Writes a workload's network in evaluation mode to an ONNX file."""

import argparse

import torch

import networks_torch

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("workload", choices=networks_torch.NETWORKS)
parser.add_argument("batch", type=int)
parser.add_argument("file")
options = parser.parse_args()

model, inputs, *_ = networks_torch.build(options.workload)
sample = networks_torch.sample(options.workload, (options.batch, *inputs.shape[1:]))
torch.onnx.export(model.eval(), (sample,), options.file, dynamo=False, opset_version=17)
