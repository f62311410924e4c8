"""A layer as the API shows it."""

from typing import Any

from apps.layers.enums import ReleaseState
from apps.layers.gateways import tiles_expire_at, tiles_path
from apps.layers.models import Layer, LayerRelease


def layer_representation(layer: Layer, release: LayerRelease | None = None) -> dict[str, Any]:
    """Return a layer as the API shows it, with a fresh tile address.

    ``release``: another one than the current; its files and tiles are then named by number.
    """
    release = release or layer.current_release
    assert release is not None  # noqa: S101  only published layers are listed
    return release_representation(layer, release)


def release_representation(layer: Layer, release: LayerRelease) -> dict[str, Any]:
    """Return one release of a layer; while it is built, ``building`` tells how far it is.

    The number in the address of a building release changes with what it shows.
    """
    building = release.state == ReleaseState.BUILDING
    version = f"?v={release.progress.get('version', 0)}" if building else ""
    current = layer.current_release
    base = f"/api/v1/layers/{layer.pk}"
    which = "" if current and release.pk == current.pk else f"?release={release.number}"
    archives = [
        {"href": f"{base}/archive/{which}", "sha256": a["sha256"], "size": a["size"]}
        | ({"unit": a["unit"]} if a.get("unit") else {})
        for a in release.archives
    ]
    return {
        "id": str(layer.pk),
        "name": layer.name,
        "project": str(layer.project_id),
        "job": str(layer.job_id),
        "role": layer.role,
        "product": layer.product or None,
        "class_code": layer.class_code,
        "status": release.state,
        "release": release.number,
        "bbox": release.bbox,
        "tiles": tiles_path(str(release.pk)) + version,
        "tiles_expire_at": tiles_expire_at(),
        "tilejson": f"{base}/tilejson/{which}",
        "legend": release.legend,
        "style": release.style,
        "assets": {"archives": archives, "display": f"{base}/display/{which}"},
        "statistics": release.statistics,
        "stac_item": release.stac_item,
        "model_version": str(release.model_version_id) if release.model_version_id else None,
        "model": model_of(release),
        "run": release.run.number,
        "newest_release": current.number if current else release.number,
        "created_at": layer.created_at,
        "published_at": release.published_at,
        "building": building_representation(release) if building else None,
    }


def building_representation(release: LayerRelease) -> dict[str, Any]:
    """Return what is drawn so far; below ``min_zoom`` a tile would hold too many blocks."""
    told = release.progress
    return {
        "version": told.get("version", 0),
        "blocks": told.get("blocks", 0),
        "total": told.get("total", 0),
        "min_zoom": told.get("min_zoom", 0),
        "run": str(release.run_id),
        "partial": bool(told.get("closed")),
    }


def model_of(release: LayerRelease) -> dict[str, Any] | None:
    """Return which model version made a release."""
    version = release.model_version
    if version is None:
        return None
    return {"id": str(version.pk), "name": version.map_model.name, "number": version.number}


def release_row(release: LayerRelease) -> dict[str, Any]:
    """Return a release as the list of a layer's releases shows it."""
    return {
        "number": release.number,
        "status": release.state,
        "run": release.run.number,
        "model": model_of(release),
        "published_at": release.published_at,
    }
