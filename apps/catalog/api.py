"""Scenes, collections, references and selections. Imports are launched by orchestration."""

import json
import math
from typing import Any

from django.contrib.gis.geos import GEOSGeometry
from django.db.models import Count, QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from apps.aois.domain import SAMPLES, bbox_read, geometry_json, geometry_read
from apps.aois.selectors import aoi_of_project
from apps.catalog import selectors, services
from apps.catalog.domain import is_vector
from apps.catalog.models import Asset, Collection, Scene, SceneSelection
from apps.core.api.pagination import FeaturePages
from apps.core.api.views import ScopedViewSet
from apps.core.enums import Role
from apps.core.errors import InvalidInput
from apps.core.policy import Access

SEARCH = ("project", "bbox", "intersects", "datetime", "collection", "cloud_cover_max", "sensor")


class SceneFeatureSerializer(serializers.Serializer[Any]):
    """A STAC-like Feature; ``id`` is the row's, ``properties.item_id`` the catalogue's."""

    type = serializers.CharField()
    id = serializers.UUIDField()
    collection = serializers.CharField()
    geometry = serializers.JSONField()
    properties = serializers.DictField()
    assets = serializers.DictField()


class SceneChangeSerializer(serializers.Serializer[Any]):
    included = serializers.BooleanField()


class SelectionSerializer(serializers.ModelSerializer[SceneSelection]):
    class Meta:
        model = SceneSelection
        fields = ["id", "project", "spec", "aoi", "count", "checksum", "created_at"]
        read_only_fields = fields


class SelectionCreateSerializer(serializers.Serializer[Any]):
    project = serializers.UUIDField()
    scenes = serializers.DictField(required=False, default=dict)
    aoi = serializers.UUIDField(required=False, allow_null=True, default=None)


class CollectionSerializer(serializers.ModelSerializer[Collection]):
    id = serializers.CharField(source="stac_id")
    scenes = serializers.IntegerField(source="scene_count")

    class Meta:
        model = Collection
        fields = ["id", "project", "title", "description", "license", "scenes"]
        read_only_fields = fields


class ReferenceSerializer(serializers.Serializer[Any]):
    """A reference item: ``assets`` are those that can be imported as samples."""

    id = serializers.UUIDField()
    item_id = serializers.CharField()
    collection = serializers.CharField()
    description = serializers.CharField()
    classes = serializers.ListField()
    assets = serializers.ListField()


def scene_feature(scene: Scene) -> dict[str, Any]:
    """Return a scene as a STAC-like Feature."""
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
            "flagged_reason": scene.flagged_reason or None,
        },
        "assets": {asset.key: _asset(asset) for asset in scene.assets.all()},
        "links": [],
    }


def _asset(asset: Asset) -> dict[str, Any]:
    shown: dict[str, Any] = {"href": asset.href, "type": asset.media_type, "roles": asset.roles}
    if asset.title:
        shown["title"] = asset.title
    if asset.common_name:
        shown["eo:bands"] = [{"name": asset.key, "common_name": asset.common_name}]
    if asset.driver:
        band = {"data_type": asset.dtype, "nodata": asset.nodata}
        shown["raster:bands"] = [{**band, "scale": asset.scale, "offset": asset.offset}]
    return shown


def search_of(params: Any) -> dict[str, Any]:
    """Return the filters of a query string; raises InvalidInput naming a wrong one."""
    named = [name for text in params.getlist("collection") for name in text.split(",") if name]
    return {
        "collections": named,
        "datetime": params.get("datetime") or None,
        "cloud_cover_max": _percent(params.get("cloud_cover_max")),
        "geometry": _place(params),
    }


def _percent(text: str | None) -> float | None:
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 <= number <= 100:
        message = f"cloud_cover_max {text[:40]!r} is not a number from 0 to 100."
        raise InvalidInput(message, errors={"cloud_cover_max": [message]})
    return number


def _place(params: Any) -> GEOSGeometry | None:
    box = bbox_read(params["bbox"]) if params.get("bbox") else None
    if not params.get("intersects"):
        return box
    try:
        value = json.loads(params["intersects"])
    except (ValueError, RecursionError) as error:
        message = "intersects is not a GeoJSON geometry."
        raise InvalidInput(message, errors={"intersects": [message]}) from error
    geometry = geometry_read(value, types=SAMPLES, field="intersects")
    return geometry if box is None else geometry.intersection(box)


class ScenesApi(ScopedViewSet):
    """``catalog/scenes/``: search the imagery of one's projects."""

    access = Access(read=Role.VIEWER, write=Role.PRODUCER)
    pagination_class = FeaturePages
    serializer_class = SceneFeatureSerializer

    def get_queryset(self) -> QuerySet[Scene]:
        return selectors.scenes_visible_to(self.request.user)

    @extend_schema(parameters=[OpenApiParameter(name) for name in SEARCH])
    def list(self, request: Any) -> Response:
        rows = self.filter_queryset(self.get_queryset())
        rows = selectors.scenes_filter(rows, **search_of(request.query_params))
        if request.query_params.get("sensor"):
            rows = rows.filter(sensor=request.query_params["sensor"])
        page = self.paginate_queryset(rows.order_by("datetime", "item_id", "id"))
        return self.get_paginated_response([scene_feature(scene) for scene in page or []])

    def retrieve(self, request: Any, pk: Any) -> Response:
        return Response(scene_feature(self.get_object()))

    @extend_schema(request=SceneChangeSerializer, responses=SceneFeatureSerializer)
    def partial_update(self, request: Any, pk: Any) -> Response:
        scene = self.get_object()
        data = request.data if isinstance(request.data, dict) else {}
        body = SceneChangeSerializer(data=data.get("properties", data))
        body.is_valid(raise_exception=True)
        scene = services.scene_include(
            scene=scene, included=body.validated_data["included"], user=request.user
        )
        return Response(scene_feature(scene))


class CollectionsApi(ScopedViewSet):
    """``catalog/collections/``: what was imported, with the number of scenes."""

    access = Access(read=Role.VIEWER)
    serializer_class = CollectionSerializer

    def get_queryset(self) -> QuerySet[Any]:
        rows = selectors.collections_visible_to(self.request.user)
        counted = rows.annotate(scene_count=Count("scenes", filter=selectors.IS_SCENE))
        return counted.order_by("stac_id", "id")

    def list(self, request: Any) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(CollectionSerializer(page, many=True).data)


class ReferencesApi(ScopedViewSet):
    """``catalog/references/``: reference items, with the files importable as samples."""

    access = Access(read=Role.VIEWER)
    serializer_class = ReferenceSerializer

    def get_queryset(self) -> QuerySet[Scene]:
        return selectors.references_visible_to(self.request.user)

    def list(self, request: Any) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response([reference_shown(scene) for scene in page or []])


class StaticsApi(ReferencesApi):
    """``catalog/statics/``: layers that do not change, such as elevation."""

    def get_queryset(self) -> QuerySet[Scene]:
        return selectors.statics_visible_to(self.request.user)

    def list(self, request: Any) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response([scene_feature(scene) for scene in page or []])


def reference_shown(scene: Scene) -> dict[str, Any]:
    """Return a reference item with its classes and its importable files."""
    classes = scene.properties.get("label:classes")
    files = [
        {"key": asset.key, "href": asset.href, "type": asset.media_type, "title": asset.title}
        for asset in scene.assets.all()
        if is_vector({"href": asset.href, "roles": asset.roles})
    ]
    return {
        "id": str(scene.pk),
        "project": str(scene.project_id),
        "item_id": scene.item_id,
        "collection": scene.collection.stac_id,
        "description": scene.properties.get("label:description", ""),
        "classes": classes if isinstance(classes, list) else [],
        "assets": files,
    }


class SelectionsApi(ScopedViewSet):
    """``scene-selections/``: frozen selections of scenes."""

    access = Access(read=Role.VIEWER, write=Role.PRODUCER)
    serializer_class = SelectionSerializer

    def get_queryset(self) -> QuerySet[SceneSelection]:
        return selectors.selections_visible_to(self.request.user)

    def list(self, request: Any) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(SelectionSerializer(page, many=True).data)

    def retrieve(self, request: Any, pk: Any) -> Response:
        return self.answer(self.get_object())

    @extend_schema(request=SelectionCreateSerializer, responses={201: SelectionSerializer})
    def create(self, request: Any) -> Response:
        project = self.project_from_body()
        body = SelectionCreateSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        aoi = aoi_of_project(project, given["aoi"]) if given["aoi"] else None
        selection = services.scene_selection_freeze(
            project=project, spec=given["scenes"], aoi=aoi, user=request.user
        )
        return self.answer(selection, status.HTTP_201_CREATED)

    def answer(self, selection: SceneSelection, code: int = status.HTTP_200_OK) -> Response:
        shown = SelectionSerializer(selection).data
        warnings = selectors.selection_warnings(selection)
        return Response({**shown, "warnings": warnings}, status=code)
