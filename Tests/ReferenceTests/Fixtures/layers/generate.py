"""Outputs, gradients and buffers of every layer, computed by PyTorch.

Options: `config` (the layer list as in a config file), `training`.
Given: `input`, `cotangent` (of the output), `state.<name>` (parameters and buffers).
Expected: `output`, `grad.input`, `grad.<parameter>`, `after.<buffer>` (after the forward pass); for
examples named `…-nan`, only `output`.
"""

import copy
import sys
from pathlib import Path

import numpy

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from common import DTYPES, Fixture, build, load, normal, output_folder, randomize, tensor

FOLDER = output_folder(__file__)
SPECIAL = numpy.array(
    [0, -0.0, 1e-6, -1e-6, 0.5, -0.5, 1, -1, 3, -3, 20, -20, 100, -100, 1e4, -1e4, 1e-30, -1e-30],
    dtype=numpy.float32)
INFINITE = numpy.array([numpy.inf, -numpy.inf, 1, -1], dtype=numpy.float32)
NOT_A_NUMBER = numpy.array([numpy.nan, 1, -1], dtype=numpy.float32)


class Layers(Fixture):
    """A file of layer examples."""

    def add(self, name, shape, *config, training=True, values=None, gradients=True):
        """Adds one example: random input of the given shape unless values are given."""
        config = list(config)
        example = self.example(name, config=config, training=training)
        array = normal(name + "input", *shape) if values is None else values
        array = example.given("input", array)
        module = build(config, array.shape)
        state = randomize(module, name)
        for key, value in state.items():
            example.given(f"state.{key}", value)
        cotangent = None
        for dtype in DTYPES:
            copied = load(copy.deepcopy(module), state, dtype).train(training)
            source = tensor(array, dtype).requires_grad_()
            output = copied(source)
            if cotangent is None:
                cotangent = example.given("cotangent", normal(name + "cotangent", *output.shape))
            example.expected(dtype, "output", output)
            if not gradients:
                continue
            output.backward(tensor(cotangent, dtype))
            example.expected(dtype, "grad.input", source.grad)
            for key, parameter in copied.named_parameters():
                example.expected(dtype, f"grad.{key}", parameter.grad)
            for key, buffer in copied.named_buffers():
                example.expected(dtype, f"after.{key}", buffer)


def linear():
    file = Layers()
    file.add("bias", (5, 7), {"linear": {"out_features": 3}})
    file.add("no-bias", (5, 7), {"linear": {"out_features": 3, "bias": False}})
    file.add("three-axes", (2, 3, 7), {"linear": {"out_features": 5}})
    file.add("one-row", (1, 17), {"linear": {"out_features": 33}})
    file.add("one-feature", (9, 1), {"linear": {"out_features": 1}})
    file.add("wide", (33, 65), {"linear": {"out_features": 19}})
    file.save(FOLDER / "linear.safetensors")


def conv2d():
    file = Layers()

    def add(name, shape, **options):
        file.add(name, shape, {"conv2d": {"out_channels": 4, "kernel_size": 3, **options}})

    add("plain", (2, 3, 7, 6))
    add("rectangular-kernel", (2, 3, 7, 6), kernel_size=[3, 2])
    add("stride-2", (2, 3, 9, 8), stride=2)
    add("stride-pair", (2, 2, 9, 8), stride=[1, 3])
    add("padding-1", (2, 3, 5, 7), padding=1)
    add("padding-pair", (2, 3, 5, 7), padding=[2, 0])
    add("padding-same", (2, 3, 5, 7), padding="same")
    add("padding-same-even-kernel", (2, 3, 5, 7), kernel_size=[2, 4], padding="same")
    add("padding-same-dilation", (2, 2, 7, 7), padding="same", dilation=2)
    add("padding-valid", (2, 3, 5, 7), padding="valid")
    add("dilation-2", (2, 3, 9, 8), dilation=2)
    add("dilation-pair-stride-padding", (1, 2, 11, 9), dilation=[2, 3], stride=2, padding=[1, 3])
    add("groups-2", (2, 4, 6, 5), groups=2)
    add("groups-2-stride-padding-dilation", (2, 6, 9, 9),
        groups=2, stride=2, padding=2, dilation=2)
    add("depthwise", (2, 4, 6, 5), groups=4, padding=1)
    add("depthwise-multiplier-2", (2, 3, 6, 5), out_channels=6, groups=3)
    add("one-by-one", (2, 5, 4, 3), kernel_size=1)
    add("one-by-one-stride-2", (2, 5, 5, 7), kernel_size=1, stride=2)
    add("no-bias", (2, 3, 5, 7), bias=False, padding=1)
    add("kernel-covers-input", (3, 2, 3, 5), kernel_size=[3, 5])
    add("kernel-beyond-input", (1, 1, 2, 2), kernel_size=5, padding=2)
    add("stride-skips-border", (1, 2, 8, 8), kernel_size=2, stride=3)
    add("one-channel-one-image", (1, 1, 5, 5), out_channels=1)
    add("five-by-five", (2, 3, 13, 11), kernel_size=5, padding=2, stride=2, out_channels=7)
    add("many-channels", (1, 17, 5, 3), out_channels=9, padding=1)
    file.save(FOLDER / "conv2d.safetensors")


def pooling():
    file = Layers()

    def maximum(name, shape, **options):
        file.add(f"max-{name}", shape, {"max_pool2d": {"kernel_size": 2, **options}})

    def average(name, shape, **options):
        file.add(f"avg-{name}", shape, {"avg_pool2d": {"kernel_size": 2, **options}})

    def adaptive(name, shape, size):
        file.add(f"adaptive-{name}", shape, {"adaptive_avg_pool2d": {"output_size": size}})

    for add in (maximum, average):
        add("plain", (2, 3, 6, 8))
        add("odd-size", (2, 3, 7, 5))
        add("stride-1", (2, 2, 5, 6), kernel_size=3, stride=1)
        add("pairs", (2, 2, 9, 8), kernel_size=[3, 2], stride=[2, 3], padding=[1, 0])
        add("padding", (2, 2, 7, 7), kernel_size=3, stride=2, padding=1)
        add("ceil-mode", (2, 2, 7, 8), kernel_size=3, stride=2, ceil_mode=True)
        add("ceil-mode-padding", (2, 2, 6, 7), kernel_size=3, stride=2, padding=1, ceil_mode=True)
        add("ceil-mode-last-window-in-padding", (1, 1, 5, 5), kernel_size=2, stride=3, padding=1,
            ceil_mode=True)
        add("gaps", (2, 2, 8, 8), kernel_size=2, stride=3)
        add("whole-picture", (2, 3, 3, 5), kernel_size=[3, 5])
    maximum("dilation", (2, 2, 9, 9), kernel_size=3, dilation=2)
    maximum("dilation-padding-ceil", (2, 2, 10, 9), kernel_size=3, stride=2, padding=1,
            dilation=[2, 1], ceil_mode=True)
    ties = numpy.tile(numpy.array([1, 1, 0, 1, -1], dtype=numpy.float32), (1, 2, 5, 1))
    file.add("max-ties", None, {"max_pool2d": {"kernel_size": 2, "stride": 1}}, values=ties)
    file.add("max-negative-with-padding", None,
             {"max_pool2d": {"kernel_size": 3, "stride": 2, "padding": 1}},
             values=-1 - numpy.abs(normal("negative", 1, 2, 5, 5)))
    average("count-exclude-pad", (2, 2, 7, 6), kernel_size=3, stride=2, padding=1,
            count_include_pad=False)
    average("count-exclude-pad-ceil", (2, 2, 6, 7), kernel_size=3, stride=2, padding=1,
            count_include_pad=False, ceil_mode=True)
    average("divisor-override", (2, 2, 5, 7), kernel_size=3, stride=2, padding=1,
            divisor_override=5)
    adaptive("one", (2, 3, 5, 7), 1)
    adaptive("odd", (2, 3, 7, 8), 3)
    adaptive("pair", (2, 2, 5, 9), [2, 4])
    adaptive("keep-height", (2, 2, 5, 7), [None, 3])
    adaptive("keep-width", (2, 2, 5, 7), [2, None])
    adaptive("larger-than-input", (1, 2, 3, 2), [5, 4])
    file.save(FOLDER / "pooling.safetensors")


def normalization():
    file = Layers()
    for name, shape in [("batch_norm1d", (5, 3)), ("batch_norm1d-length", (4, 3, 7)),
                        ("batch_norm2d", (3, 5, 4, 3))]:
        layer = name.split("-")[0]
        for training in (True, False):
            mode = "training" if training else "evaluation"
            for suffix, options in [
                ("", {}),
                ("-no-affine", {"affine": False}),
                ("-momentum-0.3", {"momentum": 0.3}),
                ("-cumulative", {"momentum": None}),
                ("-no-statistics", {"track_running_stats": False}),
                ("-eps", {"eps": 0.1}),
            ]:
                file.add(f"{name}{suffix}-{mode}", shape, {layer: options}, training=training)
    file.add("batch_norm2d-one-image", (1, 2, 3, 3), {"batch_norm2d": {}})
    file.add("batch_norm1d-large-mean", None, {"batch_norm1d": {}},
             values=8 + normal("large mean", 33, 3))
    file.add("layer_norm-one-axis", (3, 7), {"layer_norm": {"normalized_shape": [7]}})
    file.add("layer_norm-three-axes", (2, 3, 7), {"layer_norm": {"normalized_shape": [7]}})
    file.add("layer_norm-two-axes", (2, 3, 5), {"layer_norm": {"normalized_shape": [3, 5]}})
    file.add("layer_norm-picture", (2, 3, 4, 5), {"layer_norm": {"normalized_shape": [3, 4, 5]}})
    file.add("layer_norm-no-affine", (3, 7),
             {"layer_norm": {"normalized_shape": [7], "elementwise_affine": False}})
    file.add("layer_norm-no-bias", (3, 7), {"layer_norm": {"normalized_shape": [7], "bias": False}})
    file.add("layer_norm-eps", (3, 7), {"layer_norm": {"normalized_shape": [7], "eps": 0.1}})
    file.save(FOLDER / "normalization.safetensors")


def activations():
    file = Layers()
    for name, layer in {
        "sigmoid": "sigmoid",
        "tanh": "tanh",
        "relu": "relu",
        "leaky_relu": "leaky_relu",
        "leaky_relu-0.2": {"leaky_relu": {"negative_slope": 0.2}},
        "elu": "elu",
        "elu-1.5": {"elu": {"alpha": 1.5}},
        "gelu": "gelu",
        "gelu-tanh": {"gelu": {"approximate": "tanh"}},
        "silu": "silu",
        "softplus": "softplus",
        "softplus-beta-threshold": {"softplus": {"beta": 2.5, "threshold": 4}},
    }.items():
        file.add(name, (3, 11), layer)
        file.add(f"{name}-special", None, layer, values=SPECIAL)
    for name in ("sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus"):
        file.add(f"{name}-infinite", None, name, values=INFINITE)
        file.add(f"{name}-nan", None, name, values=NOT_A_NUMBER, gradients=False)
    for name in ("softmax", "log_softmax"):
        file.add(f"{name}-last", (3, 7), {name: {"dim": -1}})
        file.add(f"{name}-first", (3, 7), {name: {"dim": 0}})
        file.add(f"{name}-middle", (2, 5, 3), {name: {"dim": 1}})
        file.add(f"{name}-picture", (2, 5, 3, 2), {name: {"dim": 1}})
        file.add(f"{name}-one-class", (3, 1), {name: {"dim": 1}})
        file.add(f"{name}-extreme", None, {name: {"dim": 1}}, values=numpy.array(
            [[1e4, -1e4, 0], [100, -100, 99], [-1e4, -1e4, -1e4], [88, 89, -104]],
            dtype=numpy.float32))
    file.save(FOLDER / "activations.safetensors")


def composition():
    file = Layers()
    file.add("flatten", (2, 3, 4, 5), {"flatten": {}})
    file.add("flatten-start-2", (2, 3, 4, 5), {"flatten": {"start_dim": 2}})
    file.add("flatten-start-end", (2, 3, 4, 5), {"flatten": {"start_dim": 1, "end_dim": 2}})
    file.add("flatten-all", (2, 3, 4), {"flatten": {"start_dim": 0}})
    block = [{"conv2d": {"out_channels": 3, "kernel_size": 3, "padding": 1, "bias": False}},
             {"batch_norm2d": {}}, "relu",
             {"conv2d": {"out_channels": 3, "kernel_size": 3, "padding": "same"}}]
    file.add("residual-linear", (4, 5), {"residual": [{"linear": {"out_features": 5}}, "tanh"]})
    file.add("residual-block", (2, 3, 5, 4), {"residual": block}, "relu")
    file.add("residual-nested", (3, 5),
             {"residual": [{"linear": {"out_features": 5}},
                           {"residual": ["sigmoid", {"linear": {"out_features": 5}}]}]})
    file.add("sequential-nested", (3, 5),
             {"sequential": [{"linear": {"out_features": 4}}, "elu"]},
             {"sequential": [{"sequential": [{"linear": {"out_features": 2}}]}]})
    file.add("concat-channels", (2, 3, 5, 4), {"concat": {"axis": 1, "branches": [
        [{"conv2d": {"out_channels": 2, "kernel_size": 1}}, "relu"],
        [{"conv2d": {"out_channels": 5, "kernel_size": 3, "padding": 1}}],
        [{"max_pool2d": {"kernel_size": 3, "stride": 1, "padding": 1}}]]}})
    file.add("concat-last-axis", (3, 4), {"concat": {"axis": -1, "branches": [
        [{"linear": {"out_features": 1}}], [{"linear": {"out_features": 3}}, "tanh"]]}},
        {"linear": {"out_features": 2}})
    file.add("concat-batch", (2, 3), {"concat": {"axis": 0, "branches": [
        [{"linear": {"out_features": 2}}], [{"linear": {"out_features": 2}}]]}})
    deep = [
        {"conv2d": {"out_channels": 4, "kernel_size": 3, "padding": "same", "bias": False}},
        {"batch_norm2d": {}}, {"leaky_relu": {"negative_slope": 0.1}},
        {"max_pool2d": {"kernel_size": 2}},
        {"residual": [
            {"conv2d": {"out_channels": 4, "kernel_size": 3, "padding": 1, "groups": 2}}, "silu"]},
        {"concat": {"axis": 1, "branches": [
            [{"conv2d": {"out_channels": 2, "kernel_size": 1}}],
            [{"avg_pool2d": {"kernel_size": 3, "stride": 1, "padding": 1}}]]}},
        # Nonlinearities between a bias and the next normalization keep the bias's gradient from
        # vanishing.
        "tanh", {"adaptive_avg_pool2d": {"output_size": [2, 3]}},
        {"flatten": {}}, {"linear": {"out_features": 11, "bias": False}},
        {"batch_norm1d": {"momentum": 0.3, "eps": 0.1}}, {"gelu": {"approximate": "tanh"}},
        {"layer_norm": {"normalized_shape": [11]}}, {"linear": {"out_features": 5}},
        {"log_softmax": {"dim": 1}}]
    for training in (True, False):
        mode = "training" if training else "evaluation"
        file.add(f"deep-{mode}", (9, 2, 9, 11), *deep, training=training)
    file.save(FOLDER / "composition.safetensors")


for generate in (linear, conv2d, pooling, normalization, activations, composition):
    generate()
