"""Values and gradients of every loss, computed by PyTorch.

Options: `config` (the loss as in a config file; tensors such as class weights are lists).
Given: `input`, `target`, `cotangent` (of the output; 1 if the output is a scalar).
Expected: `output`, `grad.input`.
"""

import sys
from pathlib import Path

import numpy
import torch
from torch.nn import functional

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from common import DTYPES, Fixture, integers, normal, output_folder, tensor, uniform

FOLDER = output_folder(__file__)
REDUCTIONS = ("none", "mean", "sum")
IGNORED = -100
EXTREME = numpy.array([[100, -100, 0], [1e4, -1e4, 9999], [-1e4, -1e4, -1e4], [88, -104, 0.5]],
                      dtype=numpy.float32)


def squared_error(source, target, reduction):
    """½ (target − source)², which PyTorch has only without the factor ½."""
    values = 0.5 * (target - source) ** 2
    return {"none": values, "mean": values.mean(), "sum": values.sum()}[reduction]


def reduced(values, reduction, divisor=None):
    """The values, their sum, or their sum divided by `divisor`, by default their number."""
    if reduction == "none":
        return values
    return values.sum() if reduction == "sum" else values.sum() / (divisor or values.numel())


def focal(source, target, reduction, gamma=2, weight=None, ignore_index=IGNORED):
    """(1 - p)^gamma times the cross entropy; the mean divides by that of cross_entropy."""
    ignored = target == ignore_index
    plain = functional.cross_entropy(source, target, reduction="none", ignore_index=ignore_index)
    weighted = functional.cross_entropy(source, target, weight=weight, reduction="none",
                                        ignore_index=ignore_index)
    values = (-torch.expm1(-plain)) ** gamma * weighted
    shares = torch.ones_like(source[0]) if weight is None else weight
    count = (shares[target[~ignored]] if weight is not None else (~ignored).to(source)).sum()
    return reduced(values, reduction, count)


def sigmoid_focal(source, target, reduction, alpha=0.25, gamma=2):
    """torchvision.ops.sigmoid_focal_loss of torchvision 0.2x, line by line."""
    p = torch.sigmoid(source)
    ce_loss = functional.binary_cross_entropy_with_logits(source, target, reduction="none")
    p_t = p * target + (1 - p) * (1 - target)
    loss = ce_loss * ((1 - p_t) ** gamma)
    if alpha is not None and alpha >= 0:
        alpha_t = alpha * target + (1 - alpha) * (1 - target)
        loss = alpha_t * loss
    return reduced(loss, reduction)


def quantile(source, target, reduction, quantiles):
    """The pinball loss of outputs [N, ..., K * Q], by its definition with a maximum."""
    distance = target.unsqueeze(-1) - source.reshape(*target.shape, len(quantiles))
    values = torch.maximum(quantiles * distance, (quantiles - 1) * distance)
    return reduced(values.reshape(source.shape), reduction)


FUNCTIONS = {
    "quantile": quantile,
    "focal": focal,
    "sigmoid_focal": sigmoid_focal,
    "squared_error": squared_error,
    "mse": functional.mse_loss,
    "l1": functional.l1_loss,
    "smooth_l1": functional.smooth_l1_loss,
    "huber": functional.huber_loss,
    "bce": functional.binary_cross_entropy,
    "bce_with_logits": functional.binary_cross_entropy_with_logits,
    "cross_entropy": functional.cross_entropy,
    "nll": functional.nll_loss,
    "kl_div": functional.kl_div,
}


class Losses(Fixture):
    """A file of loss examples."""

    def add(self, name, loss, source, target, reductions=REDUCTIONS, **options):
        """Adds one example for each reduction."""
        for reduction in reductions:
            self.add_one(f"{name}-{reduction}", loss, source, target,
                         {**options, "reduction": reduction})

    def add_one(self, name, loss, source, target, options):
        example = self.example(name, config={loss: options})
        source = example.given("input", source)
        target = example.given("target", target)
        cotangent = None
        for dtype in DTYPES:
            value = tensor(source, dtype).requires_grad_()
            arguments = {key: tensor(numpy.array(option, dtype=numpy.float32), dtype)
                         if isinstance(option, list) else option
                         for key, option in options.items()}
            output = FUNCTIONS[loss](value, tensor(target, dtype), **arguments)
            if cotangent is None:
                cotangent = example.given(
                    "cotangent", normal(name + "cotangent", *output.shape) if output.dim()
                    else numpy.array(1, dtype=numpy.float32))
            output.backward(tensor(cotangent, dtype))
            example.expected(dtype, "output", output)
            example.expected(dtype, "grad.input", value.grad)


def distributions(seed, *shape, axis=1):
    """Random probabilities that sum to 1 along an axis, up to float32 rounding.

    Computed in float64: the last bits of PyTorch's float32 softmax depend on the processor.
    """
    logits = torch.from_numpy(normal(seed, *shape)).double()
    return torch.softmax(logits, dim=axis).float().numpy()


def log_probabilities(seed, *shape, axis=1):
    logits = torch.from_numpy(normal(seed, *shape, scale=2)).double()
    return torch.log_softmax(logits, dim=axis).float().numpy()


def regression():
    file = Losses()
    for name, options in [("squared_error", {}), ("mse", {}), ("l1", {}),
                          ("smooth_l1", {}), ("smooth_l1", {"beta": 0.25}),
                          ("smooth_l1", {"beta": 0.0}), ("huber", {}), ("huber", {"delta": 0.4})]:
        label = "-".join([name] + [f"{key}-{value}" for key, value in options.items()])
        file.add(label, name, normal(label, 5, 7), normal(label + "target", 5, 7), **options)
        file.add(f"{label}-equal-and-far", name,
                 numpy.array([0, 1, 1e4, -1e4, 2, 0.5], dtype=numpy.float32),
                 numpy.array([0, 1, -1e4, 1e4, 1, 1.5], dtype=numpy.float32), **options)
    file.add("mse-one-element", "mse", normal("one", 1, 1), normal("other", 1, 1))
    file.save(FOLDER / "regression.safetensors")


def binary():
    file = Losses()
    logits = normal("logits", 5, 3, scale=2)
    targets = uniform("targets", 5, 3)
    labels = integers("labels", 5, 3, below=2).astype(numpy.float32)
    probabilities = uniform("probabilities", 5, 3, low=0.01, high=0.99)
    weight = [0.5, 2, 1.25]
    file.add("bce", "bce", probabilities, targets)
    file.add("bce-labels", "bce", probabilities, labels)
    file.add("bce-weight", "bce", probabilities, targets, weight=weight)
    # At 0 and 1 the logarithm is clamped to -100, and so is the loss.
    file.add("bce-certain", "bce", numpy.array([0, 1, 0, 1, 1e-30, 0.5], dtype=numpy.float32),
             numpy.array([0, 1, 1, 0, 1, 0.5], dtype=numpy.float32))
    file.add("bce_with_logits", "bce_with_logits", logits, targets)
    file.add("bce_with_logits-weight", "bce_with_logits", logits, targets, weight=weight)
    file.add("bce_with_logits-pos_weight", "bce_with_logits", logits, labels,
             pos_weight=[3, 0.25, 1])
    file.add("bce_with_logits-both-weights", "bce_with_logits", logits, targets, weight=weight,
             pos_weight=[3, 0.25, 1])
    extreme_labels = numpy.tile(numpy.array([0, 1, 0.25], dtype=numpy.float32), (4, 1))
    file.add("bce_with_logits-extreme", "bce_with_logits", EXTREME, extreme_labels)
    file.add("bce_with_logits-extreme-pos_weight", "bce_with_logits", EXTREME, extreme_labels,
             pos_weight=[3, 0.25, 1])
    file.save(FOLDER / "binary.safetensors")


def cross_entropy():
    file = Losses()
    weight = [0.5, 2, 0, 1.25]
    for shape_name, shape in [("rows", (7, 4)), ("pictures", (2, 4, 3, 5)), ("lengths", (3, 4, 5))]:
        logits = normal(shape_name, *shape, scale=2)
        label_shape = shape[:1] + shape[2:]
        labels = integers(shape_name + "labels", *label_shape, below=4)
        ignoring = labels.copy()
        ignoring.flat[::3] = IGNORED
        soft = distributions(shape_name + "soft", *shape)
        for name, target, options in [
            ("labels", labels, {}),
            ("labels-weight", labels, {"weight": weight}),
            ("labels-smoothing", labels, {"label_smoothing": 0.1}),
            ("labels-smoothing-weight", labels, {"label_smoothing": 0.3, "weight": weight}),
            ("labels-ignore", ignoring, {}),
            ("labels-ignore-class-2", labels, {"ignore_index": 2}),
            ("labels-ignore-weight-smoothing", ignoring,
             {"weight": weight, "label_smoothing": 0.2}),
            ("distributions", soft, {}),
            ("distributions-weight", soft, {"weight": weight}),
            ("distributions-smoothing", soft, {"label_smoothing": 0.1}),
            ("distributions-smoothing-weight", soft, {"label_smoothing": 0.3, "weight": weight}),
        ]:
            file.add(f"{shape_name}-{name}", "cross_entropy", logits, target, **options)
    for label in range(3):
        file.add(f"extreme-label-{label}", "cross_entropy", EXTREME,
                 numpy.full(4, label, dtype=numpy.int64))
    file.add("extreme-smoothing", "cross_entropy", EXTREME, numpy.array([0, 1, 2, 0]),
             label_smoothing=0.1)
    file.add("extreme-distributions", "cross_entropy", EXTREME, distributions("extreme", 4, 3))
    file.add("one-class", "cross_entropy", normal("one class", 3, 1), numpy.zeros(3, numpy.int64))
    file.add("one-row", "cross_entropy", normal("one row", 1, 17), numpy.array([16]))
    # PyTorch divides by zero examples: NaN for the mean, zero for the sum.
    file.add("all-ignored", "cross_entropy", normal("all ignored", 3, 4),
             numpy.full(3, IGNORED, dtype=numpy.int64))
    file.save(FOLDER / "cross_entropy.safetensors")


def likelihood():
    file = Losses()
    weight = [0.5, 2, 0, 1.25]
    for shape_name, shape in [("rows", (7, 4)), ("pictures", (2, 4, 3, 5))]:
        source = log_probabilities("nll" + shape_name, *shape)
        labels = integers("nll labels" + shape_name, *(shape[:1] + shape[2:]), below=4)
        ignoring = labels.copy()
        ignoring.flat[1::3] = IGNORED
        file.add(f"nll-{shape_name}", "nll", source, labels)
        file.add(f"nll-{shape_name}-weight", "nll", source, labels, weight=weight)
        file.add(f"nll-{shape_name}-ignore", "nll", source, ignoring)
        file.add(f"nll-{shape_name}-ignore-class-1-weight", "nll", source, labels,
                 ignore_index=1, weight=weight)
    reductions = REDUCTIONS + ("batchmean",)
    source = log_probabilities("kl", 5, 7)
    target = distributions("kl target", 5, 7)
    file.add("kl_div", "kl_div", source, target, reductions)
    file.add("kl_div-log_target", "kl_div", source, log_probabilities("kl log", 5, 7), reductions,
             log_target=True)
    with_zeros = target.copy()
    with_zeros[::2, 1:3] = 0
    file.add("kl_div-zero-target", "kl_div", source, with_zeros, reductions)
    file.add("kl_div-three-axes", "kl_div", log_probabilities("kl three", 2, 3, 5),
             distributions("kl three target", 2, 3, 5), reductions)
    file.save(FOLDER / "likelihood.safetensors")


def focal_losses():
    file = Losses()
    weight = [0.5, 2, 0, 1.25]
    for shape_name, shape in [("rows", (7, 4)), ("lengths", (3, 4, 5))]:
        logits = normal("focal" + shape_name, *shape, scale=2)
        labels = integers("focal labels" + shape_name, *(shape[:1] + shape[2:]), below=4)
        ignoring = labels.copy()
        ignoring.flat[::3] = IGNORED
        file.add(f"focal-{shape_name}", "focal", logits, labels)
        file.add(f"focal-{shape_name}-gamma-0", "focal", logits, labels, gamma=0)
        file.add(f"focal-{shape_name}-gamma-half", "focal", logits, labels, gamma=0.5)
        file.add(f"focal-{shape_name}-weight", "focal", logits, labels, weight=weight, gamma=1.5)
        file.add(f"focal-{shape_name}-ignore", "focal", logits, ignoring, weight=weight)
        file.add(f"focal-{shape_name}-ignore-class-2", "focal", logits, labels, ignore_index=2)
    file.add("focal-one-row", "focal", normal("focal one row", 1, 17), numpy.array([16]))
    for name, shape in [("table", (5, 3)), ("one", (1, 1)), ("images", (2, 3, 2, 3))]:
        logits = normal("sigmoid focal" + name, *shape, scale=2)
        hard = integers("sigmoid focal labels" + name, *shape, below=2).astype(numpy.float32)
        soft = uniform("sigmoid focal soft" + name, *shape)
        file.add(f"sigmoid_focal-{name}", "sigmoid_focal", logits, hard)
        file.add(f"sigmoid_focal-{name}-soft", "sigmoid_focal", logits, soft)
        file.add(f"sigmoid_focal-{name}-no-alpha", "sigmoid_focal", logits, hard, alpha=None,
                 gamma=1.5)
        file.add(f"sigmoid_focal-{name}-gamma-0", "sigmoid_focal", logits, soft, alpha=0.75,
                 gamma=0)
    file.save(FOLDER / "focal.safetensors")


def quantiles():
    file = Losses()
    # Levels that are exact in binary, so that both precisions have the same.
    for levels in ([0.5], [0.125, 0.5, 0.875], [0.25, 0.75]):
        for name, shape in [("row", (5, 1)), ("columns", (3, 4)), ("steps", (2, 3, 2))]:
            label = f"quantile-{name}-{len(levels)}"
            wide = shape[:-1] + (shape[-1] * len(levels),)
            file.add(label, "quantile", normal(label, *wide), normal(label + "target", *shape),
                     quantiles=levels)
    # At a distance of 0 the gradient is the mean of both sides.
    file.add("quantile-equal-and-far", "quantile",
             numpy.array([[2, 2, 2, 1e4, -1e4, 0]], dtype=numpy.float32),
             numpy.array([[2, 0]], dtype=numpy.float32), quantiles=[0.125, 0.5, 0.875])
    file.save(FOLDER / "quantile.safetensors")


for generate in (regression, binary, cross_entropy, likelihood, focal_losses, quantiles):
    generate()
