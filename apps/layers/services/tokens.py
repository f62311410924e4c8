"""Scene tiles: the index the tiler reads is derived from the row when first asked for."""

from apps.catalog.models import Scene
from apps.catalog.selectors import scene_ref
from apps.core.errors import InvalidInput
from apps.core.storage import store_open
from apps.layers.gateways import tiles_path
from workers.contracts.tiles import ReleaseIndex

COLOUR_STYLES = ("rgb", "nir")


def scene_tiles_path(scene: Scene, style: str) -> str:
    """Return the XYZ template of a scene in a style (``rgb``, ``nir`` or an asset key).

    Raises:
        InvalidInput: the scene has no such band.
    """
    ref = scene_ref(scene)
    if style not in (*COLOUR_STYLES, *ref.assets):
        text = (
            f"Style {style[:40]!r} is unknown; known: {', '.join((*COLOUR_STYLES, *ref.assets))}."
        )
        raise InvalidInput(text, errors={"style": [text]})
    west, south, east, north = scene.footprint.extent
    index = ReleaseIndex(
        id=str(scene.pk),
        kind="scene",
        title=scene.item_id,
        role="scene",
        bbox=(west, south, east, north),
        scenes=(ref.model_dump(mode="json"),),
    )
    store_open().put_json(str(scene.pk), index.model_dump(mode="json"))
    return tiles_path(str(scene.pk), style)
