"""NumPy's ``.npz`` files without NumPy: a zip of one-dimensional number arrays."""

from __future__ import annotations

import ast
import io
import struct
import zipfile

from pydynamo_manifests.errors import InputError

__all__ = ["read_npz"]

_FORMATS = {"f8": "d", "f4": "f", "i8": "q", "i4": "i", "u8": "Q", "u4": "I"}
_MAGIC = b"\x93NUMPY"


def read_npz(content: bytes, source: str) -> dict[str, list[float]]:
    """Return the arrays of a file by name.

    Raises:
        InputError: It is no such file, or holds something else than numbers.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = [n for n in archive.namelist() if n.endswith(".npy")]
            return {n.removesuffix(".npy"): _array(archive.read(n), f"{source}: {n}") for n in names}
    except (zipfile.BadZipFile, struct.error, EOFError) as e:
        raise InputError(f"{source} is no readable .npz file: {e}") from None


def _array(data: bytes, source: str) -> list[float]:
    if not data.startswith(_MAGIC):
        raise InputError(f"{source} is no NumPy array")
    wide = data[6] > 1
    size = struct.unpack_from("<I" if wide else "<H", data, 8)[0]
    start = 8 + (4 if wide else 2)
    header = ast.literal_eval(data[start : start + size].decode("latin-1"))
    order, kind = header["descr"][0], header["descr"][1:]
    if kind not in _FORMATS:
        raise InputError(f"{source} holds {header['descr']}, not numbers")
    count = 1
    for n in header["shape"]:
        count *= n
    return list(
        struct.unpack_from(f"{'>' if order == '>' else '<'}{count}{_FORMATS[kind]}", data, start + size)
    )
