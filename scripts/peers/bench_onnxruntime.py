"""Times forward passes of ONNX Runtime; prints a JSON object."""

import argparse

import numpy
import onnxruntime

from measuring import report, times_of

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("workload", help="the name to report")
parser.add_argument("file", help="the ONNX file")
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--seconds", type=float, default=8)
options = parser.parse_args()

settings = onnxruntime.SessionOptions()
settings.intra_op_num_threads = options.threads
session = onnxruntime.InferenceSession(
    options.file, settings, providers=["CPUExecutionProvider"]
)
entry = session.get_inputs()[0]
random = numpy.random.default_rng(0)
numbers = (
    random.integers(0, 96, entry.shape)
    if "int" in entry.type
    else random.standard_normal(entry.shape, dtype=numpy.float32)
)
feed = {entry.name: numbers}


def step(count):
    for _ in range(count):
        session.run(None, feed)


times = times_of(step, options.seconds)
report(options.workload, "onnxruntime", onnxruntime.__version__, times)
