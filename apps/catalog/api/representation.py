"""Scenes in the words of the API: STAC-like features whose files can be fetched."""

from typing import Any
from urllib.parse import quote

from django.urls import reverse
from rest_framework import serializers

from apps.aois.domain import geometry_json
from apps.catalog.domain import is_vector
from apps.catalog.models import Asset, Scene


class SceneFeatureSerializer(serializers.Serializer[Any]):
    """A STAC-like Feature; ``id`` is the row's, ``properties.item_id`` the catalogue's."""

    type = serializers.CharField()
    id = serializers.UUIDField()
    collection = serializers.CharField()
    geometry = serializers.JSONField()
    properties = serializers.DictField()
    assets = serializers.DictField()


def scene_feature(scene: Scene, base: str) -> dict[str, Any]:
    """Return a scene as a STAC-like Feature; ``base`` is the site's address."""
    return {
        "type": "Feature",
        "stac_version": "1.0.0",
        "id": str(scene.pk),
        "collection": scene.collection.stac_id,
        "bbox": list(scene.footprint.extent),
        "geometry": geometry_json(scene.footprint),
        "properties": {
            **scene.properties,
            "item_id": scene.item_id,
            "project": str(scene.project_id),
            "datetime": scene.datetime.isoformat() if scene.datetime else None,
            "eo:cloud_cover": scene.cloud_cover,
            "platform": scene.platform,
            "sensor": scene.sensor,
            "included": scene.included,
            "excluded_reason": scene.excluded_reason or None,
            "flagged_reason": scene.flagged_reason or None,
            "valid_percent": scene.valid_percent,
        },
        "assets": {asset.key: _asset(asset, base) for asset in scene.assets.all()},
        "links": [{"rel": "self", "href": f"{base}{reverse('scene', args=[scene.pk])}"}],
    }


def _asset(asset: Asset, base: str) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "href": asset_href(asset, base),
        "type": asset.media_type,
        "roles": asset.roles,
    }
    if asset.title:
        shown["title"] = asset.title
    if asset.common_name:
        shown["eo:bands"] = [{"name": asset.key, "common_name": asset.common_name}]
    if asset.driver:
        band = {"data_type": asset.dtype, "nodata": asset.nodata}
        shown["raster:bands"] = [{**band, "scale": asset.scale, "offset": asset.offset}]
    return shown


def asset_href(asset: Asset, base: str) -> str:
    """Return where a client fetches a file: from this site when it lies here, else its address."""
    if not asset.path:
        return asset.href
    address = reverse("scene-asset", args=[asset.scene_id, "KEY"])
    return base + address.replace("KEY", quote(asset.key, safe=""))


def reference_shown(scene: Scene, base: str) -> dict[str, Any]:
    """Return a reference item with its classes and its importable files."""
    classes = scene.properties.get("label:classes")
    files = [
        {
            "key": asset.key,
            "href": asset_href(asset, base),
            "type": asset.media_type,
            "title": asset.title,
        }
        for asset in scene.assets.all()
        if is_vector({"href": asset.href, "roles": asset.roles})
    ]
    return {
        "id": str(scene.pk),
        "project": str(scene.project_id),
        "item_id": scene.item_id,
        "collection": scene.collection.stac_id,
        "bbox": list(scene.footprint.extent),
        "datetime": scene.datetime.isoformat() if scene.datetime else None,
        "description": scene.properties.get("label:description", ""),
        "classes": classes if isinstance(classes, list) else [],
        "flagged_reason": scene.flagged_reason or None,
        "assets": files,
    }
