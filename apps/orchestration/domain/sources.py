"""Which scenes can give which features. Pure: scenes as kernels see them, indices by slug."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from workers.contracts.assets import AssetRef, SceneRef
from workers.contracts.bands import asset_of
from workers.contracts.expression import ExpressionError, Program, source_resolve
from workers.contracts.features import FeatureSetSpec, n_min_of
from workers.contracts.memory import Load
from workers.contracts.plugins import IndexSpec
from workers.contracts.windows import Period, window_select

Variant = tuple[frozenset[str], frozenset[str]]


def scene_variant(scene: SceneRef) -> Variant:
    """Return (data asset keys, common names): scenes of one variant offer the same sources."""
    data = {key: asset for key, asset in scene.assets.items() if "data" in asset.roles}
    return frozenset(data), frozenset(a.common_name for a in data.values() if a.common_name)


def scenes_usable(
    scenes: Iterable[SceneRef], sources: Sequence[str], indices: Mapping[str, IndexSpec]
) -> list[SceneRef]:
    """Return the scenes that can give at least one source; the others are left out silently."""
    known: dict[Variant, bool] = {}
    usable = []
    for scene in scenes:
        variant = scene_variant(scene)
        if variant not in known:
            known[variant] = any(offers(variant, source, indices) for source in sources)
        if known[variant]:
            usable.append(scene)
    return usable


def offers(variant: Variant, source: str, indices: Mapping[str, IndexSpec]) -> bool:
    """Return whether scenes of a variant can give a source."""
    keys, common_names = variant
    try:
        source_resolve(source, assets=keys, common_names=common_names, indices=indices)
    except ExpressionError:
        return False
    return True


@dataclass(frozen=True)
class Imagery:
    """Scenes in order of time, and by source what each reads of them, as a block's kernel would.

    read: by source, (program, by scene the assets or None where the scene lacks one).
    """

    scenes: tuple[SceneRef, ...]
    read: Mapping[str, tuple[Program, tuple[tuple[AssetRef, ...] | None, ...]]]

    def n_min(self, feature_set: FeatureSetSpec, season: Period | None) -> tuple[int, ...]:
        """Return by feature how many valid values it needs: the same at every pixel of a map."""
        needed = []
        for feature in feature_set.features:
            assets = self.read[feature.source][1] if feature.source in self.read else ()
            held = [scene for scene, mine in zip(self.scenes, assets, strict=False) if mine]
            days = [scene.datetime.date() for scene in held]
            chosen = [days[i] for i in window_select(feature.window, days, season)]
            needed.append(n_min_of(feature.statistic, chosen))
        return tuple(needed)

    def load(self, positions: Iterable[int], *, features: int, classes: int) -> Load:
        """Return what a block holds that some of the scenes cover, by their positions."""
        chosen = list(positions)
        read = {
            (position, asset.key): asset
            for _, by_scene in self.read.values()
            for position in chosen
            for asset in by_scene[position] or ()
        }
        bands = len({key for _, key in read})
        return Load(
            dates=max(1, -(-len(read) // max(1, bands))),
            bands=bands,
            features=features,
            classes=classes,
            grids=len({(a.crs, a.transform, a.shape) for a in read.values()}),
            indices=sum(not program.is_band for program, _ in self.read.values()),
        )


def imagery_of(
    scenes: Iterable[SceneRef], sources: Iterable[str], indices: Mapping[str, IndexSpec]
) -> Imagery:
    """Resolve sources over scenes; one that no scene can give is left out."""
    ordered = tuple(sorted(scenes, key=lambda scene: (scene.datetime, scene.item_id, scene.id)))
    assets = {key for scene in ordered for key in scene.assets}
    common = {a.common_name for s in ordered for a in s.assets.values() if a.common_name}
    read = {}
    for source in dict.fromkeys(sources):
        try:
            program = source_resolve(source, assets=assets, common_names=common, indices=indices)
        except ExpressionError:
            continue
        read[source] = (program, tuple(_read(scene, program.leaves) for scene in ordered))
    return Imagery(ordered, read)


def _read(scene: SceneRef, leaves: Sequence[str]) -> tuple[AssetRef, ...] | None:
    found = [asset_of(scene.assets, leaf) for leaf in leaves]
    assets = tuple(asset for asset in found if asset is not None)
    return assets if leaves and len(assets) == len(leaves) else None
