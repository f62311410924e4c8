"""PNG files written directly: a palette image is one byte a pixel, packed once."""

import struct
import zlib
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_INDEXED, _RGBA = 3, 6
_PALETTE_AT = len(_SIGNATURE) + 12 + 13  # behind the header chunk; tRNS follows it


def indexed_png(indices: NDArray[np.uint8], palette: NDArray[np.uint8]) -> bytes:
    """Return a palette PNG. indices: (y, x). palette: (256, 4) RGBA; rows beyond the last used
    index are left out.
    """
    used = int(indices.max()) + 1
    height, width = indices.shape
    rows = np.zeros((height, width + 1), np.uint8)  # first byte of a row: filter 0 (none)
    rows[:, 1:] = indices
    colours = palette[:used]
    return _assemble(
        width,
        height,
        _INDEXED,
        (b"PLTE", colours[:, :3].tobytes()),
        (b"tRNS", colours[:, 3].tobytes()),
        (b"IDAT", zlib.compress(rows.tobytes(), 1)),
    )


def recoloured(data: bytes, palette: NDArray[np.uint8]) -> bytes:
    """Return an indexed PNG of ours with other colours; its pixels are not unpacked.

    palette: (256, 4) RGBA. An empty tile has no class and stays as it is.
    """
    if data == empty_png():
        return data
    (entries,) = struct.unpack_from(">I", data, _PALETTE_AT)
    colours = palette[: entries // 3]
    head, tail = data[:_PALETTE_AT], data[_PALETTE_AT + 12 + entries + 12 + entries // 3 :]
    palettes = (
        _chunk(b"PLTE", colours[:, :3].tobytes()),
        _chunk(b"tRNS", colours[:, 3].tobytes()),
    )
    return b"".join((head, *palettes, tail))


def rgba_png(pixels: NDArray[np.uint8]) -> bytes:
    """Return a true-colour PNG. pixels: (y, x, 4)."""
    height, width, _ = pixels.shape
    rows = np.empty((height, width * 4 + 1), np.uint8)
    flat = pixels.reshape(height, width * 4)
    rows[:, 0] = 2  # filter "up": the difference to the row above packs far better
    rows[0, 1:] = flat[0]
    np.subtract(flat[1:], flat[:-1], out=rows[1:, 1:])
    return _assemble(width, height, _RGBA, (b"IDAT", zlib.compress(rows.tobytes(), 1)))


@lru_cache(maxsize=4)
def empty_png(size: int = 256) -> bytes:
    """Return a transparent square."""
    return indexed_png(np.zeros((size, size), np.uint8), np.zeros((1, 4), np.uint8))


def _assemble(width: int, height: int, colour_type: int, *chunks: tuple[bytes, bytes]) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, colour_type, 0, 0, 0)
    parts = [_chunk(b"IHDR", header), *(_chunk(kind, data) for kind, data in chunks)]
    return b"".join((_SIGNATURE, *parts, _chunk(b"IEND", b"")))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return b"".join(
        (struct.pack(">I", len(data)), kind, data, struct.pack(">I", zlib.crc32(kind + data)))
    )
