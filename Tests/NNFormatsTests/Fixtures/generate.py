"""Writes the fixture files next to this script with NumPy, safetensors and gzip.

    python generate.py

Every array holds i * 3 - 5 for i = 0, 1, … in row-major order (Booleans: i % 3 == 0; unsigned
types: i * 3), so that the tests can state what they expect in closed form.
"""

import gzip
import io
import pathlib
import struct
import zipfile

import numpy as np
import safetensors.numpy

folder = pathlib.Path(__file__).parent


def values(dtype, shape):
    count = int(np.prod(shape))
    dtype = np.dtype(dtype)
    index = np.arange(count)
    if dtype.kind == "b":
        numbers = index % 3 == 0
    elif dtype.kind == "u":
        numbers = index * 3
    else:
        numbers = index * 3 - 5
    return numbers.astype(dtype).reshape(shape)


# NPY: every type in both byte orders, both memory orders, all versions.
for code in ["b1", "u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f2", "f4", "f8"]:
    orders = "|" if code[1] == "1" else "<>"
    for order in orders:
        end = {"|": "any", "<": "little", ">": "big"}[order]
        np.save(folder / f"{code}_{end}.npy", values(order + code, (2, 3)))
np.save(folder / "fortran.npy", np.asfortranarray(values("<f4", (2, 3, 5))))
np.save(folder / "fortran_big.npy", np.asfortranarray(values(">i2", (3, 4))))
np.save(folder / "scalar.npy", values("<f8", ()))
np.save(folder / "empty.npy", values("<f4", (3, 0, 2)))
np.save(folder / "vector.npy", values("<i8", (7,)))
np.save(folder / "objects.npy", np.array([1, "a", None], dtype=object), allow_pickle=True)
np.save(folder / "text.npy", np.array(["a", "bc"]))
np.save(folder / "complex.npy", np.array([1j, 2]))
np.save(folder / "structured.npy", np.zeros(2, dtype=[("a", "<f4"), ("b", "<i4")]))
for version in [(2, 0), (3, 0)]:
    with open(folder / f"version{version[0]}.npy", "wb") as file:
        np.lib.format.write_array(file, values("<f4", (2, 3)), version=version)

# Half precision: every exponent with interesting fractions, as bits and as float32.
bits = np.array(
    [s << 15 | e << 10 | f for s in (0, 1) for e in range(31) for f in (0, 1, 511, 1023)]
    + [0x7C00, 0xFC00],
    dtype=np.uint16,
)
np.save(folder / "half.npy", bits.view(np.float16))
np.save(folder / "half_as_single.npy", bits.view(np.float16).astype(np.float32))

# NPZ.
arrays = {"x": values("<f4", (4, 3)), "y": values("<i8", (4,)), "mask": values("?", (2, 2))}
np.savez(folder / "stored.npz", **arrays)
np.savez_compressed(folder / "deflated.npz", **arrays)
with zipfile.ZipFile(folder / "bzip2.npz", "w", zipfile.ZIP_BZIP2) as archive:
    buffer = io.BytesIO()
    np.save(buffer, arrays["x"])
    info = zipfile.ZipInfo("x.npy", date_time=(1980, 1, 1, 0, 0, 0))
    archive.writestr(info, buffer.getvalue(), compress_type=zipfile.ZIP_BZIP2)

# safetensors.
tensors = {
    "weight": values("<f4", (2, 3)),
    "bias": values("<f8", (3,)),
    "labels": values("<i4", (5,)),
    "tokens": values("<i8", (2, 2)),
    "pixels": values("u1", (3,)),
    "mask": values("?", (4,)),
    "scalar": values("<f4", ()),
    "empty": values("<f4", (0, 4)),
}
safetensors.numpy.save_file(tensors, folder / "types.safetensors", metadata={"format": "pt"})
safetensors.numpy.save_file({}, folder / "nothing.safetensors")
safetensors.numpy.save_file(
    {
        "half": values("<f2", (3,)),
        "i8": values("i1", (3,)),
        "i16": values("<i2", (3,)),
        "u16": values("<u2", (3,)),
        "u32": values("<u4", (3,)),
        "u64": values("<u8", (3,)),
    },
    folder / "converted.safetensors",
)

# IDX: magic 0 0 type rank, extents, numbers, all big-endian.
idx_types = {"u1": 0x08, "i1": 0x09, "i2": 0x0B, "i4": 0x0C, "f4": 0x0D, "f8": 0x0E}
for code, number in idx_types.items():
    array = values(">" + code, (2, 3))
    header = struct.pack(">BBBB2I", 0, 0, number, array.ndim, *array.shape)
    (folder / f"{code}.idx").write_bytes(header + array.tobytes())
content = (folder / "u1.idx").read_bytes()
(folder / "u1.idx.gz").write_bytes(gzip.compress(content, mtime=0))
(folder / "members.idx.gz").write_bytes(
    gzip.compress(content[:9], mtime=0) + gzip.compress(content[9:], mtime=0) + bytes(16)
)
