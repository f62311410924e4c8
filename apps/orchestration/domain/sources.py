"""Which scenes can give which features. Pure: scenes as kernels see them, indices by slug."""

from collections.abc import Iterable, Mapping, Sequence

from workers.contracts.assets import SceneRef
from workers.contracts.expression import ExpressionError, source_resolve
from workers.contracts.plugins import IndexSpec

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
