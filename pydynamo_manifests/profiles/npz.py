"""NumPy's ``.npz`` files without NumPy: a zip of one-dimensional number arrays."""

from __future__ import annotations

import io
import math
import re
import struct
import zipfile
import zlib

from pydynamo_manifests.errors import InputError

__all__ = ["read_npz"]

_FORMATS = {"f8": "d", "f4": "f", "i8": "q", "i4": "i", "u8": "Q", "u4": "I"}
_HEAD = re.compile(
    rb"\x93NUMPY.{4,6}\{'descr': ?'(?P<order>[<>|=]?)(?P<kind>[A-Za-z]\d*)', ?'fortran_order': ?(?:True|False), ?"
    rb"'shape': ?\((?P<shape>[\d, ]*)\),? ?\} *\n?",
    re.DOTALL,
)
"""The header of an array as NumPy writes it, in format 1.0 and newer."""


def read_npz(content: bytes, source: str) -> dict[str, list[float]]:
    """Return the arrays of a file by name.

    Raises:
        InputError: It is no such file, or holds something else than numbers.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            arrays = {n: archive.read(n) for n in archive.namelist() if n.endswith(".npy")}
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError) as e:
        raise InputError(f"{source} is no readable .npz file: {e}") from None
    return {name.removesuffix(".npy"): _array(data, f"{source}: {name}") for name, data in arrays.items()}


def _array(data: bytes, source: str) -> list[float]:
    head = _HEAD.match(data)
    if head is None:
        raise InputError(f"{source} is no NumPy array of numbers")
    order, kind = head["order"].decode(), head["kind"].decode()
    if kind not in _FORMATS:
        raise InputError(f"{source} holds {order}{kind}, not numbers")
    count = math.prod(int(n) for n in head["shape"].split(b",") if n.strip())
    body = data[head.end() :]
    size = struct.calcsize(_FORMATS[kind])
    if len(body) < count * size:
        raise InputError(f"{source} is cut off: {len(body) // size} of {count} numbers")
    return list(struct.unpack_from(f"{'>' if order == '>' else '<'}{count}{_FORMATS[kind]}", body))
