"""Writes the image files of the tests and what Pillow reads from them.

    python generate.py      with Pillow 12 and numpy, in any folder

files/               one image per kind of file
decoded.npz          NAME/rgb [H, W, 3] and NAME/grey [H, W]: upright, transparency over white;
                     NAME/black [H, W, 3]: over black
resized.npz          NAME/source and its results: see `sizes`. Pillow 13 resizes the rows of some
                     images first, so that levels differ by 1.
orientations.npz     1 to 8: the image of files/orientation-N.*, upright

16-bit levels are divided by 257 and rounded, since Pillow clips or truncates them. libpng's grey
levels of 1, 2 and 4 bits, and maxval of Netpbm, are those of Pillow.
"""

import io
import pathlib
import struct
import zlib

import numpy as np
from PIL import Image, ImageOps, PngImagePlugin

here = pathlib.Path(__file__).parent
files = here / "files"
files.mkdir(exist_ok=True)
for old in files.iterdir():
    old.unlink()
random = np.random.default_rng(1)
decoded = {}


def noise(height, width, channels=3):
    """Smooth colours with some noise, so that lossy formats keep them roughly."""
    y, x = np.mgrid[0:height, 0:width]
    waves = [np.sin((i + 1) * x / 5 + y / (3 + i)) for i in range(channels)]
    values = np.stack(waves, -1) * 90 + 128 + random.integers(-20, 20, (height, width, channels))
    return values.clip(0, 255).astype(np.uint8).squeeze()


def over(image, level):
    """The image without transparency."""
    rgba = image.convert("RGBA")
    ground = Image.new("RGB", image.size, (level,) * 3)
    ground.paste(rgba.convert("RGB"), mask=rgba.getchannel("A"))
    return ground


def keep(name, data, has_alpha=False, upright=None, grey=None):
    """Writes a file and records what it holds."""
    (files / name).write_bytes(data)
    if upright is None:
        upright = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    if has_alpha:
        decoded[f"{name}/black"] = np.asarray(over(upright, 0))
        upright = over(upright, 255)
    rgb = upright.convert("RGB")
    decoded[f"{name}/rgb"] = np.asarray(rgb)
    decoded[f"{name}/grey"] = np.asarray(rgb.convert("L"))


def saved(image, form, **options):
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, bits, colour, rows, before=b"", interlace=0):
    """A PNG file of rows of bytes; Pillow writes neither 2-bit grey nor 16-bit colours."""
    data = zlib.compress(b"".join(b"\0" + row for row in rows))
    header = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, interlace)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + before
        + chunk(b"IDAT", data)
        + chunk(b"IEND", b"")
    )


def adam7(pixels):
    """The rows of the seven passes of an interlaced image [H, W, C]."""
    for y, x, dy, dx in [
        (0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2),
        (1, 0, 2, 1),
    ]:
        part = pixels[y::dy, x::dx]
        if part.shape[1]:
            yield from (row.tobytes() for row in part)


rgb = Image.fromarray(noise(9, 13))
grey = Image.fromarray(noise(9, 13, 1))
alpha = noise(9, 13, 1)
alpha[:3] = 0
alpha[3:5] = 255
rgba = Image.fromarray(np.dstack([np.asarray(rgb), alpha]))
la = Image.fromarray(np.dstack([np.asarray(grey), alpha]), "LA")

# PNG
keep("rgb.png", saved(rgb, "PNG"))
keep("grey.png", saved(grey, "PNG"))
keep("rgba.png", saved(rgba, "PNG"), has_alpha=True)
keep("grey-alpha.png", saved(la, "PNG"), has_alpha=True)
keep("bits-1.png", saved(grey.convert("1"), "PNG"))
palette = rgb.quantize(16)
keep("palette.png", saved(palette, "PNG"))
keep("palette-2.png", saved(rgb.quantize(4), "PNG", bits=2))
keep("palette-transparent.png", saved(palette, "PNG", transparency=bytes([0, 128, 255])),
     has_alpha=True)
keep("grey-transparent.png", saved(grey, "PNG", transparency=int(np.asarray(grey)[2, 2])),
     has_alpha=True)
keep("rgb-transparent.png", saved(rgb, "PNG", transparency=tuple(map(int, np.asarray(rgb)[4, 4]))),
     has_alpha=True)
levels = random.integers(0, 4, (5, 7))
packed = np.packbits(
    np.unpackbits(levels.astype(np.uint8)[..., None], axis=-1)[..., -2:].reshape(5, -1), axis=-1)
keep("bits-2.png", png(7, 5, 2, 0, [row.tobytes() for row in packed]))
levels = random.integers(0, 16, (5, 7)).astype(np.uint8)
padded = np.pad(levels, ((0, 0), (0, 1)))
keep("bits-4.png", png(7, 5, 4, 0, [(row[::2] << 4 | row[1::2]).tobytes() for row in padded]))
deep = random.integers(0, 65536, (9, 13, 4))
deep[0, :8, 0] = [0, 1, 127, 128, 129, 385, 386, 65535]
shallow = Image.fromarray(np.rint(deep / 257).astype(np.uint8))
big = deep.astype(">u2")
keep("grey-16.png", png(13, 9, 16, 0, [row.tobytes() for row in big[..., 0]]),
     upright=shallow.getchannel("R"))
keep("rgb-16.png", png(13, 9, 16, 2, [row.tobytes() for row in big[..., :3]]),
     upright=shallow.convert("RGB"))
keep("rgba-16.png", png(13, 9, 16, 6, [row.tobytes() for row in big]), has_alpha=True,
     upright=shallow)
keep("grey-alpha-16.png", png(13, 9, 16, 4, [row.tobytes() for row in big[..., [0, 3]]]),
     has_alpha=True, upright=Image.merge("LA", [shallow.getchannel("R"), shallow.getchannel("A")]))
keep("interlaced.png", png(13, 9, 8, 2, adam7(np.asarray(rgb)), interlace=1))
keep("interlaced-narrow.png", png(1, 7, 8, 2, adam7(noise(7, 1).reshape(7, 1, 3)), interlace=1))
keep("gamma.png", png(13, 9, 8, 2, [row.tobytes() for row in np.asarray(rgb)],
                      before=chunk(b"gAMA", struct.pack(">I", 100000))))
keep("gamma-16.png", png(13, 9, 16, 0, [row.tobytes() for row in big[..., 0]],
                         before=chunk(b"gAMA", struct.pack(">I", 220000))),
     upright=shallow.getchannel("R"))
keep("pixel.png", saved(Image.new("RGB", (1, 1), (7, 200, 90)), "PNG"))
keep("row.png", saved(Image.fromarray(noise(1, 7)[None]), "PNG"))
keep("column.png", saved(Image.fromarray(noise(7, 1)[:, None]), "PNG"))

# JPEG: 21 × 17, so that blocks are cut.
photo = Image.fromarray(noise(17, 21))
for name, options in {
    "420": {"subsampling": 2}, "422": {"subsampling": 1}, "444": {"subsampling": 0},
    "progressive": {"progressive": True}, "restart": {"restart_marker_blocks": 1},
    "optimized": {"optimize": True, "quality": 30},
}.items():
    keep(f"{name}.jpg", saved(photo, "JPEG", **options))
keep("grey.jpg", saved(Image.fromarray(noise(17, 21, 1)), "JPEG"))
keep("cmyk.jpg", saved(Image.fromarray(noise(17, 21, 4), "CMYK"), "JPEG"))
keep("pixel.jpg", saved(Image.new("RGB", (1, 1), (200, 30, 60)), "JPEG"))
keep("extraneous.jpg", saved(photo, "JPEG")[:-2] + b"\x11\x22\xff\xd9")

# WebP
keep("lossy.webp", saved(photo, "WEBP", quality=70))
keep("lossless.webp", saved(rgb, "WEBP", lossless=True))
keep("alpha.webp", saved(rgba, "WEBP", lossless=True, exact=True), has_alpha=True)
keep("lossy-alpha.webp", saved(rgba, "WEBP", quality=60, exact=True), has_alpha=True)

# BMP
keep("24.bmp", saved(rgb, "BMP"))
keep("grey.bmp", saved(grey, "BMP"))
keep("1.bmp", saved(grey.convert("1"), "BMP"))
keep("palette.bmp", saved(palette, "BMP"))
keep("32.bmp", saved(rgba, "BMP"), has_alpha=True)


def bitmap(width, height, bits, data, compression=0, masks=b"", colours=b""):
    header = struct.pack("<IiiHHIIiiII", 40, width, height, 1, bits, compression, 0, 0, 0,
                         len(colours) // 4, 0)
    start = 14 + len(header) + len(masks) + len(colours)
    return (b"BM" + struct.pack("<IHHI", start + len(data), 0, 0, start) + header + masks + colours
            + data)


short = random.integers(0, 32768, (5, 4)).astype("<u2")
keep("555.bmp", bitmap(4, -5, 16, short.tobytes()))
full = random.integers(0, 65536, (5, 4)).astype("<u2")
keep("565.bmp", bitmap(4, 5, 16, full.tobytes(), 3, struct.pack("<III", 0xF800, 0x7E0, 0x1F)))
unused = random.integers(0, 256, (5, 3, 4)).astype(np.uint8)
keep("32-unused.bmp", bitmap(3, 5, 32, unused.tobytes()))
nibbles = random.integers(0, 16, (3, 4)).astype(np.uint8)
keep("4.bmp", bitmap(5, 3, 4, nibbles.tobytes(),
                     colours=random.integers(0, 256, (16, 4)).astype(np.uint8).tobytes()))

# Netpbm
keep("rgb.ppm", saved(rgb, "PPM"))
keep("grey.pgm", saved(grey, "PPM"))
keep("bits.pbm", saved(grey.convert("1"), "PPM"))
keep("text.ppm", b"P3 # colours\n2 2 # size\n7\n0 1 2  3 4 5\n6 7 0 1 2 3")
keep("text.pgm", b"P2\n3 1\n255\n0 128 255\n")
keep("text.pbm", b"P1\n#c\n3 2\n1 0 1\n010")
keep("maxval.pgm", b"P5 4 1 6\n" + bytes([0, 1, 3, 6]))
keep("16.pgm", b"P5 4 1 65535\n" + np.array([0, 128, 129, 65535], ">u2").tobytes(),
     upright=Image.fromarray(np.array([[0, 0, 1, 255]], np.uint8)))

np.savez_compressed(here / "decoded.npz", **decoded)

# Orientations, in JPEG, PNG and WebP.
upright = {}
small = Image.fromarray(noise(10, 6))
for value in range(1, 9):
    for form, name, options in [("PNG", "png", {}), ("WEBP", "webp", {"lossless": True}),
                                ("JPEG", "jpg", {"quality": 95})]:
        exif = Image.Exif()
        exif[0x0112] = value
        data = saved(small, form, exif=exif.tobytes(), **options)
        (files / f"orientation-{value}.{name}").write_bytes(data)
        upright[f"{name}-{value}"] = np.asarray(
            ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB"))
np.savez_compressed(here / "orientations.npz", **upright)

# Sizes: NAME/stretch-HxW, NAME/crop-HxW, NAME/pad-HxW (over black).
sizes = [(1, 1), (1, 7), (7, 1), (5, 5), (8, 3), (13, 9), (9, 13), (40, 21)]
sources = {
    "rgb": noise(9, 13), "grey": noise(13, 9, 1), "pixel": noise(1, 1).reshape(1, 1, 3),
    "row": noise(1, 31).reshape(1, 31, 3), "column": noise(17, 1, 1).reshape(17, 1),
    "extreme": random.choice(np.array([0, 255], np.uint8), (37, 53)),
}
resized = {}
for name, source in sources.items():
    resized[f"{name}/source"] = source
    image = Image.fromarray(source)
    for height, width in sizes:
        size, to = (width, height), f"{height}x{width}"
        resized[f"{name}/stretch-{to}"] = np.asarray(image.resize(size, Image.BILINEAR))
        resized[f"{name}/crop-{to}"] = np.asarray(ImageOps.fit(image, size, Image.BILINEAR))
        try:
            padded = ImageOps.pad(image, size, Image.BILINEAR, color="black")
            resized[f"{name}/pad-{to}"] = np.asarray(padded)
        except ValueError:
            pass  # Pillow leaves no row or column of a very narrow image.
np.savez_compressed(here / "resized.npz", **resized)
