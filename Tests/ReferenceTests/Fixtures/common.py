"""Functions shared by all generators of reference fixtures.

A fixture file is a safetensors file with several examples:

    metadata `examples`               JSON object: example name -> options of the example
    `<example>/<name>`                given values: inputs, parameters, cotangents, labels
    `<example>/<dtype>/<name>`        PyTorch's results in float64 and in float32

Given floating-point numbers are exactly representable in float32 and stored as float32, so both
precisions start from the same values. Random numbers come from NumPy's frozen RandomState stream,
seeded by the example's name: adding an example changes no other.
"""

import json
import sys
import zlib
from pathlib import Path

import numpy
import torch
from safetensors.numpy import save_file
from torch import nn

torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)

DTYPES = {"float64": torch.float64, "float32": torch.float32}


def output_folder(script):
    """The folder to write to: the first argument, or the generator's own folder."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(script).resolve().parent
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def normal(seed, *shape, scale=1.0):
    """Normal numbers, rounded to float32, from any text as a seed."""
    state = numpy.random.RandomState(zlib.crc32(seed.encode()))
    return numpy.asarray(scale * state.standard_normal(shape), dtype=numpy.float32)


def uniform(seed, *shape, low=0.0, high=1.0):
    """Uniform numbers, rounded to float32, from any text as a seed."""
    state = numpy.random.RandomState(zlib.crc32(seed.encode()))
    return numpy.asarray(low + (high - low) * state.random_sample(shape), dtype=numpy.float32)


def integers(seed, *shape, below):
    """Integers in 0..<below, from any text as a seed."""
    state = numpy.random.RandomState(zlib.crc32(seed.encode()))
    return numpy.asarray(state.randint(0, below, size=shape), dtype=numpy.int64)


def tensor(array, dtype):
    """A torch tensor of a NumPy array; integers are not converted."""
    array = numpy.asarray(array)
    if array.dtype.kind in "iub":
        return torch.from_numpy(array.copy())
    return torch.tensor(array, dtype=DTYPES[dtype])


class Fixture:
    """Collects the examples of one file."""

    def __init__(self):
        self.tensors = {}
        self.examples = {}

    def example(self, name, **options):
        """Opens an example; options must be JSON values."""
        assert name not in self.examples, f"two examples are called {name}"
        self.examples[name] = options
        return Example(self, name)

    def save(self, path):
        """Writes the file; the bytes depend only on the examples."""
        # One metadata entry: the library writes several entries in random order.
        metadata = {"examples": json.dumps(self.examples)}
        save_file(dict(sorted(self.tensors.items())), path, metadata)
        path.chmod(0o644)
        print(f"{path.parent.name}/{path.name}: {len(self.examples)} examples, "
              f"{len(self.tensors)} tensors, {path.stat().st_size / 1024:.0f} KiB")


class Example:
    """One example of a fixture file."""

    def __init__(self, fixture, name):
        self.fixture = fixture
        self.name = name

    def given(self, name, array):
        """Stores a given value and returns it."""
        array = numpy.asarray(array)
        self.fixture.tensors[f"{self.name}/{name}"] = array.copy(order="C")
        return array

    def expected(self, dtype, name, value):
        """Stores a result of PyTorch."""
        array = value.detach().numpy() if isinstance(value, torch.Tensor) else numpy.asarray(value)
        if array.dtype.kind == "f":
            assert array.dtype == dtype, f"{self.name}: {name} is {array.dtype}, not {dtype}"
        self.fixture.tensors[f"{self.name}/{dtype}/{name}"] = array.copy(order="C")


class Residual(nn.Sequential):
    """Adds the input to the output of the layers."""

    def forward(self, value):
        return value + super().forward(value)


class Concat(nn.ModuleList):
    """Concatenates the outputs of several branches along an axis."""

    def __init__(self, branches, axis):
        super().__init__(branches)
        self.axis = axis

    def forward(self, value):
        return torch.cat([branch(value) for branch in self], dim=self.axis)


PLAIN = {
    "avg_pool2d": nn.AvgPool2d, "max_pool2d": nn.MaxPool2d, "relu": nn.ReLU,
    "adaptive_avg_pool2d": nn.AdaptiveAvgPool2d, "flatten": nn.Flatten, "sigmoid": nn.Sigmoid,
    "tanh": nn.Tanh, "leaky_relu": nn.LeakyReLU, "elu": nn.ELU, "gelu": nn.GELU, "silu": nn.SiLU,
    "softplus": nn.Softplus, "softmax": nn.Softmax, "log_softmax": nn.LogSoftmax,
    "layer_norm": nn.LayerNorm,
}
SIZED = {
    "linear": (nn.Linear, -1), "conv2d": (nn.Conv2d, 1),
    "batch_norm1d": (nn.BatchNorm1d, 1), "batch_norm2d": (nn.BatchNorm2d, 1),
}
SEQUENCE_OPTIONS = ("kernel_size", "stride", "padding", "dilation", "output_size",
                    "normalized_shape")


# The option of a layer that may be a bare value, with torch's name.
FIRST_OPTION = {"linear": "out_features", "max_pool2d": "kernel_size",
                "adaptive_avg_pool2d": "output_size"}


def spelled_out(layers):
    """The layer list with bare values replaced by named options, as torch requires."""
    result = []
    for layer in layers:
        if isinstance(layer, dict):
            name, options = next(iter(layer.items()))
            if name == "residual":
                options = spelled_out(options)
            elif not isinstance(options, dict):
                options = {FIRST_OPTION[name]: options}
            layer = {name: options}
        result.append(layer)
    return result


def build(layers, shape, kind=nn.Sequential):
    """The torch module of a config's layer list for an input of the given shape."""
    return build_sequence(layers, torch.zeros(shape, dtype=torch.float64), kind).train()


def build_sequence(layers, probe, kind=nn.Sequential):
    modules = []
    for layer in layers:
        module = build_layer(layer, probe).double().eval()
        probe = module(probe)
        modules.append(module)
    return kind(*modules)


def build_layer(layer, probe):
    name, options = (layer, {}) if isinstance(layer, str) else next(iter(layer.items()))
    if name == "residual":
        return build_sequence(options, probe, Residual)
    if name == "sequential":
        return build_sequence(options, probe)
    if name == "concat":
        branches = [build_sequence(branch, probe) for branch in options["branches"]]
        return Concat(branches, options["axis"])
    options = {key: tuple(value) if key in SEQUENCE_OPTIONS and isinstance(value, list) else value
               for key, value in options.items()}
    if name in SIZED:
        module, axis = SIZED[name]
        return module(probe.shape[axis], **options)
    return PLAIN[name](**options)


def randomize(module, seed):
    """Random values of typical size for parameters and buffers, exact in float32."""
    values = {}
    for name, value in module.state_dict().items():
        if name.endswith("num_batches_tracked"):
            values[name] = numpy.asarray(3, dtype=numpy.int64)
        elif name.endswith("running_var"):
            values[name] = uniform(seed + name, *value.shape, low=0.5, high=2)
        else:
            fan_in = value[0].numel() if value.dim() > 1 else 4
            values[name] = normal(seed + name, *value.shape, scale=fan_in ** -0.5)
    return values


def load(module, values, dtype):
    """The module in the given precision with the given state."""
    module = module.to(DTYPES[dtype])
    module.load_state_dict({name: tensor(value, dtype) for name, value in values.items()})
    return module
