"""From stored values to palette entries: class colours, or a ramp of 255 steps."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workers.contracts.ramps import RAMPS
from workers.contracts.tiles import ReleaseIndex
from workers.tiler.style import PLAIN, TileStyle

UNCLASSIFIABLE = 254
TRANSPARENT = 255
_UNKNOWN = (128, 128, 128, 255)
_UNCLASSIFIABLE_COLOUR = (154, 160, 166, 150)


@dataclass(frozen=True)
class Palette:
    """colours: (256, 4) RGBA uint8. rescale: stored values of entry 0 and 254, None for classes.

    limits: stored values outside are left out.
    """

    colours: NDArray[np.uint8]
    rescale: tuple[float, float] | None
    nodata: float | None
    limits: tuple[float, float] | None = None

    def entries(self, values: NDArray[Any]) -> NDArray[np.uint8]:
        """Return the palette entry of each stored value."""
        if self.rescale is None:
            return np.asarray(values, np.uint8)
        low, high = self.rescale
        share = (values.astype(np.float32) - low) / ((high - low) or 1.0)
        entries = np.asarray(np.clip(share, 0, 1) * 254 + 0.5, np.uint8)
        if self.nodata is not None:
            entries[values == self.nodata] = TRANSPARENT
        if self.limits is not None:
            entries[(values < self.limits[0]) | (values > self.limits[1])] = TRANSPARENT
        return entries


def palette_of(index: ReleaseIndex, style: TileStyle = PLAIN) -> Palette:
    """Return the palette of a release: its legend, or a ramp over its range."""
    if index.legend:
        return Palette(class_colours(index, style), None, 255)
    colours = np.zeros((256, 4), np.uint8)
    ramp = RAMPS[style.ramp] if style.ramp else index.ramp or RAMPS["grey"]
    colours[:TRANSPARENT] = ramp_colours(ramp[::-1] if style.reverse else ramp, TRANSPARENT)
    rescale = style.stretch or index.rescale or (0.0, 254.0)
    return Palette(colours, rescale, index.nodata, style.limits)


def class_colours(index: ReleaseIndex, style: TileStyle = PLAIN) -> NDArray[np.uint8]:
    """Return (256, 4) RGBA of the legend; classes the style leaves out are transparent."""
    colours = np.zeros((256, 4), np.uint8)
    colours[:UNCLASSIFIABLE] = _UNKNOWN
    colours[UNCLASSIFIABLE] = _UNCLASSIFIABLE_COLOUR
    for entry in index.legend:
        colours[entry.code] = (*rgb_of(entry.color), 255)
    if style.classes is not None:
        hidden = [code for code in range(256) if code not in style.classes]
        colours[hidden] = 0
    return colours


def ramp_colours(ramp: tuple[str, ...], steps: int) -> NDArray[np.uint8]:
    """Return (steps, 4) RGBA between the colours of a ramp, evenly spaced."""
    stops = np.array([rgb_of(colour) for colour in ramp], np.float64)
    at = np.linspace(0, len(stops) - 1, steps)
    channels = [np.interp(at, np.arange(len(stops)), stops[:, band]) for band in range(3)]
    full = np.full(steps, 255.0)
    return np.asarray(np.round(np.column_stack([*channels, full])), np.uint8)


def rgb_of(colour: str) -> tuple[int, int, int]:
    """Return the three bytes of ``#rrggbb``."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
