"""Images changed by the functions of torchvision's v2 transforms, in float64.

Each example holds `x` [C, H, W] and, as a result, `y`. Options: `config`, an augmentation as in a
config file whose ranges are single numbers; or `operation`, `sign` and `magnitude` of RandAugment; or
`corners`, the places [x, y] to which a perspective moves the corners, from the top left clockwise; or
`box` [top, left, height, width] of a crop that is enlarged. Where pixels are interpolated, zeros lie
outside the image: with a `fill` torchvision weights them twice. Where torchvision computes in float32,
hues are those of Python's colorsys, and coefficients of perspectives those of NumPy's solver.
"""

import colorsys
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy
import torch
from torchvision.transforms.v2 import InterpolationMode, RandAugment
from torchvision.transforms.v2 import functional as F

from common import Fixture, output_folder, tensor, uniform

# The tables of magnitudes, and numbers made of bytes, have the default type.
torch.set_default_dtype(torch.float64)

SIZES = [(3, 7, 5), (1, 6, 6), (3, 1, 1), (1, 9, 1), (1, 1, 8)]
LARGE = [(3, 20, 23)]
MODES = {"nearest": InterpolationMode.NEAREST, "bilinear": InterpolationMode.BILINEAR}


def hue(image, shift):
    """An image with another hue, computed in float64."""
    if image.shape[0] != 3:
        return image
    pixels = image.reshape(3, -1).T.tolist()
    turned = []
    for pixel in pixels:
        angle, saturation, value = colorsys.rgb_to_hsv(*pixel)
        turned.append(colorsys.hsv_to_rgb((angle + shift) % 1, saturation, value))
    result = torch.tensor(turned).T.reshape(image.shape)
    assert (result - F.adjust_hue(image, shift)).abs().max() < 1e-5
    return result


def perspective(image, corners, moved):
    """An image whose corners are moved, with coefficients in float64."""
    rows, right = [], []
    for (x, y), (u, v) in zip(moved, corners):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        right += [u, v]
    coefficients = numpy.linalg.solve(numpy.array(rows, float), numpy.array(right, float)).tolist()
    return F.perspective(
        image, None, None, InterpolationMode.BILINEAR, fill=None, coefficients=coefficients)


def levels(image):
    """Numbers of the 256 levels in float64."""
    return (image * 255).round() / 255


def jitter(**factors):
    """A color jitter of which one factor is set and the others change nothing."""
    return {"color_jitter": {name: [factor, factor] for name, factor in factors.items()}}


def warped(kind, size):
    """Rotations, affine maps and their results by name."""
    for mode, method in MODES.items():
        fill = 0.25 if mode == "nearest" else None
        options = {"interpolation": mode, "fill": fill or 0}
        for angle in (33.0, -124.5):
            yield (f"rotation {angle} {mode}",
                   {"random_rotation": {"degrees": [angle, angle]} | options},
                   lambda x, a=angle, m=method, f=fill: F.rotate(x, a, m, fill=f))
        for name, angle, scale, shear in (
                ("affine", 21.0, 0.8, [13.0, -7.0]), ("shear", 0.0, 1.0, [17.0, 0.0]),
                ("scale", 0.0, 1.3, [0.0, 0.0])):
            config = {"random_affine": {
                "degrees": [angle, angle], "scale": [scale, scale],
                "shear": [shear[0], shear[0], shear[1], shear[1]]} | options}
            yield (f"{name} {mode}", config,
                   lambda x, a=angle, s=scale, h=shear, m=method, f=fill: F.affine(
                       x, a, [0, 0], s, h, m, fill=f))


def functions(size):
    """All examples with a config, by name."""
    channels, height, width = size
    yield from warped("warp", size)
    yield "horizontal", {"random_horizontal_flip": {"p": 1}}, F.horizontal_flip
    yield "vertical", {"random_vertical_flip": {"p": 1}}, F.vertical_flip
    for mode in ("constant", "edge", "reflect", "symmetric"):
        widths = [2, 1, 1, 2]
        reach = 2 if mode == "reflect" else 1 if mode == "symmetric" else 0
        if reach and min(height, width) < 2 + reach - 1:
            continue
        yield (f"pad {mode}",
               {"pad": {"padding": widths, "padding_mode": mode, "fill": 0.75}},
               lambda x, m=mode: F.pad(x, widths, fill=0.75, padding_mode=m))
    for factor in (0.0, 0.4, 1.7):
        yield (f"brightness {factor}", jitter(brightness=factor),
               lambda x, f=factor: F.adjust_brightness(x, f))
        yield (f"contrast {factor}", jitter(contrast=factor),
               lambda x, f=factor: F.adjust_contrast(x, f))
        yield (f"saturation {factor}", jitter(saturation=factor),
               lambda x, f=factor: F.adjust_saturation(x, f))
    for shift in (-0.5, -0.2, 0.37, 0.5):
        yield f"hue {shift}", jitter(hue=shift), lambda x, s=shift: hue(x, s)
    for kernel, sigma in ((1, 0.5), (3, 0.7), (5, 2.0)):
        # PyTorch mirrors a border only once.
        if kernel // 2 < min(height, width):
            yield (f"blur {kernel} {sigma}",
                   {"gaussian_blur": {"kernel_size": kernel, "sigma": [sigma, sigma]}},
                   lambda x, k=kernel, s=sigma: F.gaussian_blur(x, [k, k], [s, s]))


def operations(size):
    """RandAugment's operations with their magnitudes."""
    policy = RandAugment()
    names = {"ShearX": "shearX", "ShearY": "shearY", "TranslateX": "translateX",
             "TranslateY": "translateY", "Rotate": "rotate", "Brightness": "brightness",
             "Color": "color", "Contrast": "contrast", "Sharpness": "sharpness",
             "Posterize": "posterize", "Solarize": "solarize", "AutoContrast": "autoContrast",
             "Equalize": "equalize", "Identity": "identity"}
    for operation, (magnitudes, signed) in policy._AUGMENTATION_SPACE.items():
        table = magnitudes(31, size[1], size[2])
        for level in (0, 9, 29):
            # Of numbers torchvision rounds even the 256 levels of the least magnitude.
            if operation == "Posterize" and level == 0:
                continue
            for sign in (1, -1) if signed else (1,):
                value = 0.0 if table is None else float(table[level]) * sign
                yield (f"{names[operation]} {level} {sign}",
                       {"operation": names[operation], "sign": sign, "magnitude": level},
                       lambda x, o=operation, v=value: policy._apply_image_or_video_transform(
                           x, o, v, interpolation=InterpolationMode.NEAREST, fill={}))


def main():
    fixture = Fixture()

    def add(name, size, options, function):
        example = fixture.example(f"{name} {'x'.join(map(str, size))}", **options)
        x = example.given("x", uniform(name, *size))
        if options.get("operation") == "equalize":
            # Of some of the 256 levels, so that rounding to them is the same everywhere.
            x = example.given("x", (x * 9).round().astype("float32") * 17 / 255)
        y = function(tensor(x, "float64"))
        if options.get("operation") == "equalize":
            y = levels(y)
        example.expected("float64", "y", y.double())

    for size in SIZES:
        for name, config, function in functions(size):
            add(name, size, {"config": config}, function)
    for size in SIZES[:2] + LARGE:
        height, width = size[1:]
        for name, options, function in operations(size):
            # Fewer pixels than levels stay as they are, and other operations need no large images.
            if (options["operation"] == "equalize") != (size in LARGE):
                continue
            add(name, size, options, function)
        if size in LARGE:
            continue
        right, bottom = width - 1, height - 1
        corners = [[0, 0], [right, 0], [right, bottom], [0, bottom]]
        moved = [[1, 0], [right - 1, 2], [right, bottom - 1], [1, bottom - 2]]
        add("perspective", size, {"corners": moved}, lambda x: perspective(x, corners, moved))
        box = [1, 2, height - 3, width - 3]
        add("resized crop", size, {"box": box},
            lambda x: F.resized_crop(x, *box, [height, width], antialias=True))
    fixture.save(output_folder(__file__) / "augmentation.safetensors")


main()
