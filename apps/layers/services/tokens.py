"""Tiles of scenes and static layers; the tiler's index is made of the row when first asked for."""

from dataclasses import dataclass

from apps.catalog.models import Scene
from apps.catalog.selectors import scene_ref, static_ref
from apps.core.errors import Conflict, InvalidInput
from apps.core.storage import store_open
from apps.layers.gateways import tiles_path
from workers.contracts.assets import SceneRef
from workers.contracts.bands import asset_of
from workers.contracts.sensors import data_keys
from workers.contracts.tiles import ReleaseIndex, SceneStyle, scene_style_read

COLOUR_STYLES = {"rgb": ("red", "green", "blue"), "nir": ("nir", "red", "green")}


@dataclass(frozen=True)
class SceneTiles:
    """An XYZ template of a scene.

    ``drawn`` are the asset keys behind the channels; ``note`` says when a colour style had to fall
    back to one band.
    """

    tiles: str
    style: SceneStyle
    drawn: tuple[str, ...]
    note: str = ""


def scene_tiles_offer(scene: Scene, style: str, stretch: str = "") -> SceneTiles:
    """Return the tiles of a scene in a style (``rgb``, ``nir`` or an asset key) and a stretch.

    Raises:
        InvalidInput: the scene has no such band, or there is no such stretch.
        Conflict: a band of the style lies at a remote address.
    """
    ref = scene_ref(scene)
    wanted = _style(ref, style, stretch)
    drawn, note = _drawn(ref, wanted.bands)
    _refuse_remote(ref, drawn)
    _index_write(scene, ref, "scene")
    return SceneTiles(tiles_path(str(scene.pk), wanted.text), wanted, drawn, note)


def static_tiles_offer(static: Scene, style: str = "", stretch: str = "") -> SceneTiles:
    """Return the tiles of a static layer: one asset (the first when none is named), in a ramp.

    Raises: as ``scene_tiles_offer``.
    """
    ref = static_ref(static)
    keys = data_keys({key: asset.roles for key, asset in ref.assets.items()}) or tuple(ref.assets)
    chosen = style or next(iter(keys), "")
    if chosen not in ref.assets:
        text = f"{static.item_id} has no raster {style[:40]!r}; known: {', '.join(keys) or 'none'}."
        raise InvalidInput(text, errors={"style": [text]})
    wanted = _style(ref, chosen, stretch)
    _refuse_remote(ref, (chosen,))
    _index_write(static, ref, "static")
    return SceneTiles(tiles_path(str(static.pk), wanted.text), wanted, (chosen,))


def _refuse_remote(ref: SceneRef, drawn: tuple[str, ...]) -> None:
    remote = [key for key in drawn if not ref.assets[key].path]
    if remote:
        raise Conflict(
            f"Asset {remote[0]} of {ref.item_id} lies at a remote address.",
            advice="Only files below the allowed roots are shown; copy the scene there.",
        )


def _index_write(scene: Scene, ref: SceneRef, role: str) -> None:
    """Write what the tiler reads of a catalogue's item; ``role`` scene or static."""
    west, south, east, north = scene.footprint.extent
    index = ReleaseIndex(
        id=str(scene.pk),
        kind="scene",
        title=scene.item_id,
        role=role,
        bbox=(west, south, east, north),
        scenes=(ref.model_dump(mode="json"),),
    )
    store_open().put_json(str(scene.pk), index.model_dump(mode="json"))


def _style(ref: SceneRef, style: str, stretch: str) -> SceneStyle:
    if style not in (*COLOUR_STYLES, *ref.assets):
        known = ", ".join((*COLOUR_STYLES, *ref.assets))
        text = f"Style {style[:40]!r} is unknown; known: {known}."
        raise InvalidInput(text, errors={"style": [text]})
    try:
        return scene_style_read(f"{style}|{stretch}" if stretch else style)
    except ValueError as error:
        text = f"The stretch cannot be used: {error}."
        raise InvalidInput(text, errors={"stretch": [text]}) from error


def _drawn(ref: SceneRef, style: str) -> tuple[tuple[str, ...], str]:
    """Return the keys a style draws, by the tile server's rule, and what to say of a fallback."""
    if style not in COLOUR_STYLES:
        return (style,), ""
    found = {name: asset_of(ref.assets, name) for name in COLOUR_STYLES[style]}
    lacking = [name for name, asset in found.items() if asset is None]
    if not lacking:
        return tuple(asset.key for asset in found.values() if asset), ""
    keys = data_keys({key: asset.roles for key, asset in ref.assets.items()})
    if not keys:
        raise InvalidInput(
            f"{ref.item_id} has no raster to draw.", errors={"style": ["no raster to draw."]}
        )
    return (keys[0],), f"No {' or '.join(lacking)} band: {keys[0]} is shown in grey."
