"""A layer as the API shows it."""

from typing import Any

from apps.layers.gateways import tiles_path
from apps.layers.models import Layer


def layer_representation(layer: Layer) -> dict[str, Any]:
    """Return a layer as the API shows it, with a fresh tile address."""
    release = layer.current_release
    assert release is not None  # noqa: S101  only published layers are listed
    base = f"/api/v1/layers/{layer.pk}"
    archives = [
        {"href": f"{base}/archive/", "sha256": a["sha256"], "size": a["size"]}
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
        "tiles": tiles_path(str(release.pk)),
        "tilejson": f"{base}/tilejson/",
        "legend": release.legend,
        "style": release.style,
        "assets": {"archives": archives, "display": f"{base}/display/"},
        "statistics": release.statistics,
        "stac_item": release.stac_item,
        "model_version": str(release.model_version_id) if release.model_version_id else None,
        "created_at": layer.created_at,
        "published_at": release.published_at,
    }
