"""Writes the data of all kinds of runs, always the same, into folders next to this file."""

import io
import math
import pathlib
import random
import struct
import zipfile

here = pathlib.Path(__file__).parent
noise = random.Random(7)


def write(name: str, text: str) -> None:
    path = here / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")


def rows(head: str, lines: list[list[object]]) -> str:
    return "".join(",".join(map(str, line)) + "\n" for line in [head.split(","), *lines])


def near(value: float, spread: float = 0.5) -> str:
    return f"{value + noise.uniform(-spread, spread):.3f}"


def classes() -> None:
    names = ["rose", "tulip", '"daisy, white"']
    table = [[near(k % 3), near(30 - 7 * (k % 3), 5), names[k % 3]] for k in range(60)]
    write("classes/flowers.csv", rows("width,height,flower", table))
    write("classes/new.csv", rows("height,width", [[near(20, 12), near(1, 1)] for _ in range(6)]))


def regression() -> None:
    def line() -> list[str]:
        area, age = noise.uniform(20, 150), noise.uniform(0, 90)
        return [f"{area:.1f}", f"{age:.0f}", f"{900 + 13 * area - 2 * age + noise.gauss(0, 30):.0f}"]

    write("regression/rents.csv", rows("area,age,rent", [line() for _ in range(60)]))
    write("regression/new.csv", rows("area,age", [line()[:2] for _ in range(6)]))


def binary() -> None:
    def line() -> list[object]:
        x, y = noise.uniform(-2, 2), noise.uniform(-2, 2)
        return [f"{x:.3f}", f"{y:.3f}", int(x * y > 0)]

    write("binary/signs.csv", rows("x,y,same", [line() for _ in range(60)]))
    write("binary/new.csv", rows("x,y", [line()[:2] for _ in range(6)]))


def npy(shape: tuple[int, ...], kind: str, data: bytes) -> bytes:
    head = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}"
    head += " " * (-(10 + len(head) + 1) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head.encode() + data


def images() -> None:
    def pixels(label: int) -> bytes:
        bright = [y if label == 0 else x if label == 1 else x + y for y in range(8) for x in range(8)]
        return bytes(180 * (b % 3 == 0) + noise.randrange(60) for b in bright)

    labels = [k % 3 for k in range(48)]
    arrays = {
        "x.npy": npy((48, 1, 8, 8), "|u1", b"".join(map(pixels, labels))),
        "y.npy": npy((48,), "<i8", struct.pack("<48q", *labels)),
    }
    (here / "images").mkdir(exist_ok=True)
    (here / "images/new.npy").write_bytes(npy((3, 1, 8, 8), "|u1", b"".join(map(pixels, range(3)))))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in arrays.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    (here / "images/stripes.npz").write_bytes(buffer.getvalue())


def series() -> None:
    tides = [[k, f"{10 + 4 * math.sin(k / 2) + noise.gauss(0, 0.3):.3f}"] for k in range(80)]
    write("series/tides.csv", rows("hour,level", tides))


def text() -> None:
    words = ["the sea", "a wave", "the señor", "one gull"]
    verbs = ["rises", "falls", "comes back"]
    lines = [f"{noise.choice(words)} {noise.choice(verbs)}.\n" for _ in range(40)]
    write("text/lines.txt", "".join(lines))


def pairs() -> None:
    words = {"red": "rojo", "blue": "azul", "fish": "pez", "bird": "ave", "big": "gran"}

    def line() -> str:
        chosen = noise.choices(list(words), k=noise.randint(1, 3))
        return " ".join(chosen) + "\t" + " ".join(words[w] for w in chosen) + "\n"

    write("pairs/words.tsv", "".join(line() for _ in range(48)))
    write("pairs/test.tsv", "".join(line() for _ in range(8)))
    write("pairs/new.txt", "red fish\n\nbig blue bird\n")


def sequences() -> None:
    def line(k: int) -> str:
        steps = noise.randint(5, 9)
        turn = [1, -1][k % 2]
        channels = [
            ",".join(near(part(turn * t), 0.2) for t in range(steps)) for part in (math.cos, math.sin)
        ]
        return ":".join([*channels, ["left", "right"][k % 2]])

    head = "@problemName turns\n@univariate false\n@classLabel true left right\n@data\n"
    write("sequences/turns.ts", head + "".join(line(k) + "\n" for k in range(32)))
    write("sequences/test.ts", head + "".join(line(k) + "\n" for k in range(8)))


for make in [classes, regression, binary, images, series, text, pairs, sequences]:
    make()
(here / "named").mkdir(exist_ok=True)
