"""Reads scenes into int16 planes on the pixels of a target: a block, or scattered points."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from workers import registry
from workers.contracts.assets import AssetRef, SceneRef
from workers.contracts.parameters import MaskSpec
from workers.contracts.requests import DroppedInput, UsedInput
from workers.errors import DataError, InputError, SceneUnreadable
from workers.numerics.gather import MISSING, dilate_mask, dilation_reach
from workers.pipeline.cube import Cube
from workers.pipeline.geometry import (
    Gather,
    Target,
    gathers_build,
    is_nearest,
    pixel_metres,
)
from workers.pipeline.scales import to_plane
from workers.raster.reader import RasterSource, open_raster

Progress = Callable[[str, float], None]


@dataclass
class Stack:
    """What was read for a target.

    planes: int16 (plane, pixel), −32768 = missing; mask: uint8 (date, pixel), 1 = clear. dropped:
    positions of dates that could not be read, with the reason.
    """

    planes: NDArray[np.int16]
    mask: NDArray[np.uint8]
    dropped: dict[int, str] = field(default_factory=dict)
    bytes_read: int = 0


@dataclass
class _Reader:
    cube: Cube
    target: Target
    roots: Sequence[str]
    options: MaskSpec
    stack: Stack
    gathers: dict[tuple[object, ...], list[Gather]] = field(default_factory=dict)

    def scene(self, t: int) -> None:
        """Fill mask and planes of one date.

        Raises:
            SceneUnreadable: an asset is missing, damaged or not as catalogued.
        """
        scene = self.cube.scenes[t]
        self.mask(scene, self.stack.mask[t])
        clear = bool(self.stack.mask[t].any())
        for key in sorted({key for when, key in self.cube.planes if when == t}):
            plane = self.stack.planes[self.cube.planes[t, key]]
            try:
                with open_raster(scene.assets[key], self.roots) as source:
                    if clear:  # else opening it was the check that it is sound
                        self.plane(t, key, source, plane)
            except InputError as error:
                raise SceneUnreadable(scene.item_id, key, str(error)) from error

    def plane(self, t: int, key: str, source: RasterSource, out: NDArray[np.int16]) -> None:
        scene = self.cube.scenes[t]
        asset = scene.assets[key]
        nodata = _nodata(scene, asset, source)
        scale = self.cube.plane_scale(t, key)
        nearest = is_nearest(self.target.grid, asset)
        for gather in self.locate(asset, nearest=nearest, halo=0):
            if gather.window is None:
                continue
            stored = source.read(gather.window)
            self.stack.bytes_read += stored.nbytes
            values = frame_values(to_plane(stored, asset, scale, nodata), gather)
            gather.fill(values, out[gather.start : gather.stop])

    def mask(self, scene: SceneRef, out: NDArray[np.uint8]) -> None:
        """Validity by the sensor plugin, grown on the source's own grid, then gathered."""
        sensor = registry.sensor(scene.sensor)
        out[:] = 1
        for key in sensor.mask_keys(scene, self.options):
            asset = scene.assets[key]
            distance = sensor.SPEC.dilation_m
            if self.options.dilation_m is not None:
                distance = self.options.dilation_m
            pixel = pixel_metres(asset.crs, asset.transform)
            halo = max(dilation_reach(distance, pixel))
            try:
                with open_raster(asset, self.roots) as source:
                    for gather in self.locate(asset, nearest=True, halo=halo):
                        part = out[gather.start : gather.stop]
                        if gather.window is None:
                            part[:] = 0
                            continue
                        arrays = {key: source.read(gather.window)}
                        self.stack.bytes_read += arrays[key].nbytes
                        valid = sensor.valid_mask(arrays, scene, self.options)
                        spread = sensor.spread_mask(arrays, scene, self.options)
                        grown = dilate_mask((~spread).astype(np.uint8), distance, pixel)
                        clear = (valid & (grown == 1)).astype(np.int16)
                        values = np.empty(part.size, dtype=np.int16)
                        gather.fill(np.ascontiguousarray(clear), values)
                        part &= (values == 1).astype(np.uint8)
            except InputError as error:
                raise SceneUnreadable(scene.item_id, key, str(error)) from error

    def locate(self, asset: AssetRef, *, nearest: bool, halo: int) -> list[Gather]:
        """Return the gathers of the target for a source grid; computed once for all dates."""
        where = (asset.crs, asset.transform, asset.shape, nearest, halo)
        if where not in self.gathers:
            self.gathers[where] = [
                gather
                for patch in self.target.patches
                for gather in gathers_build(
                    patch, self.target.grid, asset, nearest=nearest, halo=halo
                )
            ]
        return self.gathers[where]


def stack_load(
    cube: Cube,
    target: Target,
    *,
    roots: Sequence[str],
    options: MaskSpec,
    progress: Progress | None = None,
    without: Mapping[int, str] = MappingProxyType({}),
) -> Stack:
    """Read every date of a cube on a target.

    A scene that cannot be read is left out of every statistic and reported, never silent.
    without: positions of dates known to be unreadable, with the reason; they are not tried again.

    Raises:
        InputError: no scene at all could be read; names the first.
    """
    stack = Stack(
        planes=np.full((len(cube.planes), target.size), MISSING, dtype=np.int16),
        mask=np.zeros((len(cube.scenes), target.size), dtype=np.uint8),
        dropped=dict(without),
    )
    reader = _Reader(cube, target, roots, options, stack)
    for t in range(len(cube.scenes)):
        if t in without:
            continue
        if progress:
            progress("read", t / len(cube.scenes))
        try:
            reader.scene(t)
        except SceneUnreadable as error:
            stack.dropped[t] = f"{error.asset}: {error.reason}"
            stack.mask[t] = 0
    if cube.scenes and len(stack.dropped) == len(cube.scenes):
        t, reason = next(iter(stack.dropped.items()))
        raise InputError(
            f"None of the {len(cube.scenes)} scenes can be read; the first is "
            f"{cube.scenes[t].item_id} ({reason})."
        )
    return stack


def dropped_inputs(cube: Cube, dropped: dict[int, str]) -> tuple[DroppedInput, ...]:
    """Name the scenes that could not be read."""
    return tuple(
        DroppedInput(
            id=cube.scenes[t].id,
            reason=f"{cube.scenes[t].item_id}: {reason}",
            name=cube.scenes[t].item_id,
        )
        for t, reason in sorted(dropped.items())
    )


def used_inputs(cube: Cube, dropped: dict[int, str]) -> tuple[UsedInput, ...]:
    """Name the scenes that were read, with the version tokens of their assets."""
    needed: dict[int, list[str]] = {}
    for t, key in sorted(cube.planes):
        needed.setdefault(t, []).append(cube.scenes[t].assets[key].version)
    return tuple(
        UsedInput(id=cube.scenes[t].id, version="+".join(versions))
        for t, versions in needed.items()
        if t not in dropped
    )


def require_scenes(cube: Cube) -> None:
    """Refuse a cube without any scene.

    Raises:
        DataError: no scene has the bands that the features need.
    """
    if not cube.scenes:
        raise DataError("No scene has the bands of the feature set; select other scenes.")


def _nodata(scene: SceneRef, asset: AssetRef, source: RasterSource) -> float | None:
    """The catalogue's nodata, then the file's, then 0 for Sentinel-2 digital numbers."""
    if asset.nodata is not None:
        return asset.nodata
    if source.nodata is not None:
        return source.nodata
    return 0.0 if registry.sensor(scene.sensor).SPEC.zero_is_nodata else None


def frame_values(values: NDArray[np.int16], gather: Gather) -> NDArray[np.int16]:
    """Put a border of nodata around the image where interpolation looks beyond it."""
    if gather.window == gather.frame or gather.window is None:
        return np.ascontiguousarray(values)
    r0, c0, r1, c1 = gather.frame
    frame = np.full((r1 - r0, c1 - c0), MISSING, dtype=np.int16)
    top, left = gather.window[0] - r0, gather.window[1] - c0
    frame[top : top + values.shape[0], left : left + values.shape[1]] = values
    return frame
