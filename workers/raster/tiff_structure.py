"""What a TIFF file says about itself, read without GDAL: its directories and its tiles.

Used before a file is opened (an endless chain of directories, a file cut short) and after one is
written (a tile that was never stored). TIFF 6.0 and BigTIFF, both byte orders.
"""

import os
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

MAX_DIRECTORIES = 64
_MAX_ENTRIES = 4096
_OFFSETS = {273, 324}  # StripOffsets, TileOffsets
_COUNTS = {279, 325}  # StripByteCounts, TileByteCounts
_DTYPES = {3: "u2", 4: "u4", 13: "u4", 16: "u8", 18: "u8"}
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4,
          16: 8, 17: 8, 18: 8}  # fmt: skip


class TiffDamaged(Exception):
    """The file is not a whole TIFF; the message says why."""


@dataclass(frozen=True)
class TiffDirectory:
    """Byte offsets and lengths of the tiles (or strips) of one image or overview."""

    offsets: NDArray[np.uint64]
    counts: NDArray[np.uint64]

    @property
    def missing(self) -> int:
        """Number of tiles that were never stored."""
        return int(np.count_nonzero((self.offsets == 0) | (self.counts == 0)))


def tiff_directories(path: str | Path) -> list[TiffDirectory]:
    """Return every directory in file order (the full image first).

    Raises:
        TiffDamaged: not a TIFF, cut short, or more than 64 directories.
    """
    with open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        order, big, offset = _read_header(file)
        directories: list[TiffDirectory] = []
        seen: set[int] = set()
        while offset:
            if offset in seen or len(seen) >= MAX_DIRECTORIES:
                raise TiffDamaged(f"it has more than {MAX_DIRECTORIES} image directories")
            seen.add(offset)
            directory, offset = _read_directory(file, offset, order=order, big=big, size=size)
            directories.append(directory)
    if not directories:
        raise TiffDamaged("it holds no image")
    return directories


def _read_header(file: BinaryIO) -> tuple[str, bool, int]:
    head = file.read(16)
    order = {b"II": "<", b"MM": ">"}.get(head[:2])
    if order is None or len(head) < 8:
        raise TiffDamaged("it is not a TIFF file")
    magic = struct.unpack(order + "H", head[2:4])[0]
    if magic == 42:
        return order, False, struct.unpack(order + "I", head[4:8])[0]
    if magic == 43 and len(head) == 16:
        return order, True, struct.unpack(order + "Q", head[8:16])[0]
    raise TiffDamaged("it is not a TIFF file")


def _read_directory(
    file: BinaryIO, offset: int, *, order: str, big: bool, size: int
) -> tuple[TiffDirectory, int]:
    count_format, entry_size, next_format = ("Q", 20, "Q") if big else ("H", 12, "I")
    count_size = 8 if big else 2
    (entries,) = struct.unpack(order + count_format, _bytes_at(file, offset, count_size, size))
    if entries > _MAX_ENTRIES:
        raise TiffDamaged(f"an image directory claims {entries} entries")
    body = _bytes_at(file, offset + count_size, entries * entry_size, size)
    tail = _bytes_at(
        file, offset + count_size + entries * entry_size, struct.calcsize(next_format), size
    )
    arrays: dict[str, NDArray[np.uint64]] = {}
    for start in range(0, entries * entry_size, entry_size):
        entry = body[start : start + entry_size]
        tag = struct.unpack(order + "H", entry[:2])[0]
        if tag in _OFFSETS or tag in _COUNTS:
            name = "offsets" if tag in _OFFSETS else "counts"
            arrays[name] = _entry_values(file, entry, order=order, big=big, size=size)
    empty = np.zeros(0, np.uint64)
    directory = TiffDirectory(arrays.get("offsets", empty), arrays.get("counts", empty))
    _check_inside(directory, size)
    return directory, struct.unpack(order + next_format, tail)[0]


def _entry_values(
    file: BinaryIO, entry: bytes, *, order: str, big: bool, size: int
) -> NDArray[np.uint64]:
    kind = struct.unpack(order + "H", entry[2:4])[0]
    count = struct.unpack(order + ("Q" if big else "I"), entry[4 : 12 if big else 8])[0]
    dtype = _DTYPES.get(kind)
    if dtype is None:
        raise TiffDamaged("its tile table has an unknown type")
    length = count * _SIZES[kind]
    inline = entry[12:20] if big else entry[8:12]
    if length <= len(inline):
        raw = inline[:length]
    else:
        raw = _bytes_at(file, struct.unpack(order + ("Q" if big else "I"), inline)[0], length, size)
    return np.frombuffer(raw, dtype=np.dtype(order + dtype)).astype(np.uint64)


def _check_inside(directory: TiffDirectory, size: int) -> None:
    if directory.offsets.size != directory.counts.size:
        raise TiffDamaged("its tile table is not complete")
    if directory.offsets.size and int((directory.offsets + directory.counts).max()) > size:
        raise TiffDamaged("it is shorter than its own table of tiles says (cut short)")


def _bytes_at(file: BinaryIO, offset: int, length: int, size: int) -> bytes:
    if offset + length > size:
        raise TiffDamaged("it is shorter than its own directory says (cut short)")
    file.seek(offset)
    return file.read(length)
