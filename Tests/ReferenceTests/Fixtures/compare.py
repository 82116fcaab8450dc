"""Compares two trees of fixtures: `compare.py COMMITTED FRESH`; exit status 1 if they differ.

Names, shapes, types and options must be equal; numbers may differ by the rounding of another CPU's
order of summation.
"""

import sys
from pathlib import Path

import numpy
from safetensors import safe_open

# Relative to the largest number of the tensor. Rounding is 1e-16 and 6e-8; a training run amplifies it.
TOLERANCES = {"float64": 1e-10, "float32": 5e-5}
TEXTS = (".yaml", ".txt", ".tsv", ".csv", ".ts")
KINDS = (".safetensors", ".npz", *TEXTS)


def contents(path):
    """The contents of a file: its text, or options and tensors."""
    if path.suffix in TEXTS:
        return path.read_text(), {}
    if path.suffix == ".npz":
        with numpy.load(path) as archive:
            return None, dict(archive)
    with safe_open(path, framework="numpy") as file:
        return file.metadata(), {name: file.get_tensor(name) for name in file.keys()}


def difference(committed, fresh):
    """Why two tensors differ, or None."""
    if committed.dtype != fresh.dtype or committed.shape != fresh.shape:
        return (f"{committed.dtype}{list(committed.shape)} became "
                f"{fresh.dtype}{list(fresh.shape)}")
    if committed.dtype.name not in TOLERANCES:
        return None if numpy.array_equal(committed, fresh) else "integers differ"
    finite = numpy.isfinite(committed)
    if not numpy.array_equal(committed[~finite], fresh[~finite], equal_nan=True):
        return "NaN or infinity at other positions"
    if not finite.any():
        return None
    error = numpy.max(numpy.abs(committed[finite] - fresh[finite]))
    limit = TOLERANCES[committed.dtype.name] * numpy.max(numpy.abs(committed[finite]))
    return None if error <= limit else f"differs by {error:.3g}, allowed {limit:.3g}"


def differences(committed, fresh):
    """All differences between two trees, one line each."""
    # Files in the folder itself belong to the generators.
    trees = [{str(path.relative_to(folder))
              for path in folder.glob("*/**/*") if path.suffix in KINDS}
             for folder in (committed, fresh)]
    for name in sorted(trees[0] ^ trees[1]):
        yield f"{name}: only {'committed' if name in trees[0] else 'fresh'}"
    for name in sorted(trees[0] & trees[1]):
        (old_options, old), (new_options, new) = (
            contents(folder / name) for folder in (committed, fresh))
        if old_options != new_options:
            yield f"{name}: options differ"
        for key in sorted(old.keys() ^ new.keys()):
            yield f"{name}: {key} only {'committed' if key in old else 'fresh'}"
        for key in sorted(old.keys() & new.keys()):
            reason = difference(old[key], new[key])
            if reason:
                yield f"{name}: {key} {reason}"


if __name__ == "__main__":
    lines = list(differences(Path(sys.argv[1]), Path(sys.argv[2])))
    print("\n".join(lines) if lines else "every fixture matches PyTorch's results")
    sys.exit(1 if lines else 0)
