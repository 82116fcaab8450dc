"""Makes a file of random bytes, and trains on it in a process whose memory is smaller.

    train.py SIZE RUN

SIZE is that of the file in GB, RUN the run folder.
"""

import random
import resource
import shutil
import struct
import subprocess
import sys
import time
from pathlib import Path

COLUMNS = 4000
TEST_ROWS = 25_000
LIMIT = 10**9
DATA = Path("data/large")
CONFIG = "docs/examples/configs/large.yaml"


def header(shape):
    """The start of an NPY file of bytes, version 1.0."""
    text = f"{{'descr': '|u1', 'fortran_order': False, 'shape': {shape}, }}"
    text = text.ljust(-(-(10 + len(text) + 1) // 64) * 64 - 11) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text.encode()


def make(folder, name, rows, seed):
    """Rows of random bytes; the class of a row is whether the first of them is at least 128."""
    generator = random.Random(seed)
    classes = bytes(value >= 128 for value in range(256))
    with open(folder / f"{name}-x.npy", "wb") as x, open(folder / f"{name}-y.npy", "wb") as y:
        x.write(header((rows, COLUMNS)))
        y.write(header((rows,)))
        for start in range(0, rows, 10_000):
            values = generator.randbytes(min(10_000, rows - start) * COLUMNS)
            x.write(values)
            y.write(values[::COLUMNS].translate(classes))


def make_all(rows):
    """Both files, whole or not at all."""
    file = DATA / "train-x.npy"
    if file.exists() and file.stat().st_size == len(header((rows, COLUMNS))) + rows * COLUMNS:
        return
    part = DATA.with_name("large.part")
    for folder in (part, DATA):
        shutil.rmtree(folder, ignore_errors=True)
    part.mkdir(parents=True)
    make(part, "train", rows, 1)
    make(part, "test", TEST_ROWS, 2)
    part.rename(DATA)


def main():
    size, out = int(sys.argv[1]), sys.argv[2]
    rows = size * 10**9 // COLUMNS
    make_all(rows)
    start = time.perf_counter()
    status = subprocess.run(
        [".build/release/nntrain", "train", CONFIG, "--run-dir", out],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (LIMIT, LIMIT))).returncode
    seconds = time.perf_counter() - start
    if status != 0:
        sys.exit(status)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    print(f"\n{rows:,} rows, {size} GB: {seconds:.0f} s for the whole command, "
          f"a peak of {peak / 10**6:.0f} MB in an address space of {LIMIT / 10**9:g} GB")


if __name__ == "__main__":
    main()
