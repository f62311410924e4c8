"""Which scenes and assets a feature set needs: resolved once per request, before any pixel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from workers import registry
from workers.contracts.assets import SceneRef
from workers.contracts.bands import asset_of, band_of
from workers.contracts.expression import ExpressionError, Program, source_resolve
from workers.contracts.features import FeatureSetSpec
from workers.contracts.plugins import IndexSpec
from workers.errors import DataError, ParameterError
from workers.pipeline.scales import plane_scale

DIMENSIONLESS = 10_000


@dataclass(frozen=True)
class Source:
    """A resolved source: its program, and for each date the asset of each leaf, or None."""

    program: Program
    scale: float
    leaf_scales: tuple[float, ...]
    keys: tuple[tuple[str, ...] | None, ...]


@dataclass(frozen=True)
class Cube:
    """Dates, planes and sources of a feature set.

    scenes: ordered by (datetime, item id, id); those without the assets of any source are left out.
    planes: (date, asset key) → row of the plane array. scales: units per 1.0 by band.
    sources: distinct; feature_sources: the source of each feature, None when unavailable.
    """

    feature_set: FeatureSetSpec
    scenes: tuple[SceneRef, ...]
    planes: dict[tuple[int, str], int]
    scales: dict[str, int]
    sources: tuple[Source, ...]
    feature_sources: tuple[int | None, ...]
    warnings: tuple[str, ...] = ()
    dates: tuple[date, ...] = field(default=())

    @property
    def bands(self) -> int:
        """Distinct asset keys read."""
        return len({key for _, key in self.planes})

    @property
    def grids(self) -> int:
        """Distinct source grids of the assets read."""
        assets = [self.scenes[t].assets[key] for t, key in self.planes]
        return len({(asset.crs, asset.transform, asset.shape) for asset in assets})

    def plane_rows(self, source: Source, dropped: frozenset[int]) -> np.ndarray:
        """Return int32 (leaf, date) → plane row; −1 where a date lacks a band or was dropped."""
        rows = np.full((len(source.program.leaves), len(self.scenes)), -1, dtype=np.int32)
        for t, keys in enumerate(source.keys):
            if keys is not None and t not in dropped:
                rows[:, t] = [self.planes[t, key] for key in keys]
        return rows

    def units(self) -> tuple[tuple[float, ...] | None, ...]:
        """Return, by feature, units per 1.0 of its source and of each band in it, if available."""
        return tuple(
            None
            if number is None
            else (self.sources[number].scale, *self.sources[number].leaf_scales)
            for number in self.feature_sources
        )

    def plane_scale(self, t: int, key: str) -> int:
        """Units per 1.0 of a plane: the same for all dates of a band."""
        return self.scales[_band_name(self.scenes[t], key)]


def cube_build(
    feature_set: FeatureSetSpec,
    scenes: Sequence[SceneRef],
    *,
    lenient: bool = False,
    indices: Mapping[str, IndexSpec] | None = None,
) -> Cube:
    """Resolve every source of a feature set over scenes.

    lenient: a source that these scenes cannot give leaves its features missing, with a warning
    (one block of many); otherwise it is an error. indices: by slug; None takes all plugins.

    Raises:
        DataError: no scenes at all. ParameterError: names the feature and its source.
    """
    if not scenes and not lenient:
        raise DataError("No scene was selected; widen the period or the area.")
    ordered = tuple(sorted(scenes, key=lambda scene: (scene.datetime, scene.item_id, scene.id)))
    indices = registry_indices() if indices is None else indices
    found: dict[str, _Resolved] = {}
    warnings: list[str] = []
    numbers: list[int | None] = []
    for feature in feature_set.features:
        try:
            if feature.source not in found:
                found[feature.source] = _resolve(feature.source, ordered, indices)
        except (ExpressionError, DataError) as error:
            message = f"Feature {feature.name!r}, source {feature.source!r}: {error}"
            if not lenient:
                raise ParameterError(message) from error
            warnings.append(message)
        numbers.append(list(found).index(feature.source) if feature.source in found else None)
    return _assemble(feature_set, ordered, list(found.values()), numbers, warnings)


def registry_indices() -> dict[str, IndexSpec]:
    """Return all index plugins by slug."""
    return {module.SPEC.slug: module.SPEC for module in registry.all_of("features")}


type _Keys = tuple[tuple[str, ...] | None, ...]
type _Resolved = tuple[Program, _Keys]


def _resolve(text: str, scenes: Sequence[SceneRef], indices: Mapping[str, IndexSpec]) -> _Resolved:
    assets = {key for scene in scenes for key in scene.assets}
    common = {a.common_name for s in scenes for a in s.assets.values() if a.common_name}
    program = source_resolve(text, assets=assets, common_names=common, indices=indices)
    keys = tuple(_keys_of(scene, program.leaves) for scene in scenes)
    if not any(keys):
        needed = ", ".join(program.leaves) or "a band"
        raise DataError(f"no scene has {needed}; change the source or select other scenes.")
    return program, keys


def _keys_of(scene: SceneRef, leaves: Sequence[str]) -> tuple[str, ...] | None:
    assets = [asset_of(scene.assets, leaf) for leaf in leaves]
    keys = [
        next(key for key, mine in scene.assets.items() if mine is asset)
        for asset in assets
        if asset is not None
    ]
    return tuple(keys) if leaves and len(keys) == len(leaves) else None


def _band_name(scene: SceneRef, key: str) -> str:
    return band_of(scene.assets[key].common_name or key)


def _assemble(
    feature_set: FeatureSetSpec,
    ordered: tuple[SceneRef, ...],
    resolved: list[_Resolved],
    numbers: list[int | None],
    warnings: list[str],
) -> Cube:
    """Leave out scenes that no source uses, number the planes band by band, settle scales."""
    used = [t for t in range(len(ordered)) if any(keys[t] for _, keys in resolved)]
    scenes = tuple(ordered[t] for t in used)
    kept = [(program, tuple(keys[t] for t in used)) for program, keys in resolved]
    wanted = {(t, k) for _, keys in kept for t, mine in enumerate(keys) for k in mine or ()}
    scales: dict[str, int] = {}
    for t, key in wanted:
        name = _band_name(scenes[t], key)
        units = registry.sensor(scenes[t].sensor).SPEC.feature_scale
        mine = plane_scale(scenes[t].assets[key], units)
        scales[name] = min(scales.get(name, mine), mine)
    order = sorted(wanted, key=lambda pair: (pair[1], pair[0]))
    return Cube(
        feature_set=feature_set,
        scenes=scenes,
        planes={pair: row for row, pair in enumerate(order)},
        scales=scales,
        sources=tuple(_source(program, keys, scenes, scales) for program, keys in kept),
        feature_sources=tuple(numbers),
        warnings=tuple(warnings),
        dates=tuple(scene.datetime.date() for scene in scenes),
    )


def _source(
    program: Program, keys: _Keys, scenes: Sequence[SceneRef], scales: Mapping[str, int]
) -> Source:
    leaf_scales = []
    for leaf, name in enumerate(program.leaves):
        found = {scales[_band_name(scenes[t], k[leaf])] for t, k in enumerate(keys) if k}
        if len(found) > 1:
            raise ParameterError(
                f"Band {name!r} is kept in different units by different scenes "
                f"({', '.join(map(str, sorted(found)))} per 1.0); select one collection."
            )
        leaf_scales.append(float(found.pop()))
    return Source(program, _result_scale(program, leaf_scales), tuple(leaf_scales), keys)


def _result_scale(program: Program, leaf_scales: Sequence[float]) -> float:
    if program.is_band:
        return leaf_scales[0]
    if program.dimensionless:
        return float(program.scale or DIMENSIONLESS)
    return min(*leaf_scales, float(program.scale or DIMENSIONLESS))
