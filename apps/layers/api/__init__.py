"""Layers over the API: what they are, their tiles, values, files and lineage."""

from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse
from rest_framework import serializers
from rest_framework.response import Response

from apps.catalog.selectors import scenes_visible_to
from apps.core.api.views import ApiView, ScopedViewSet
from apps.core.enums import Role
from apps.core.errors import Conflict, InvalidInput, NotFound
from apps.core.policy import Access
from apps.core.storage import store_open
from apps.layers.api.representation import layer_representation
from apps.layers.gateways import pixel_series, pixel_value
from apps.layers.models import Layer
from apps.layers.selectors import layers_filtered, layers_visible_to
from apps.layers.services import layer_rename, scene_tiles_path


class PlaceSerializer(serializers.Serializer[Any]):
    """A point in EPSG:4326."""

    lon = serializers.FloatField(min_value=-180, max_value=180)
    lat = serializers.FloatField(min_value=-90, max_value=90)
    source = serializers.CharField(required=False, max_length=1000)  # type: ignore[assignment]


class NameSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=200)


class LayersApi(ScopedViewSet):
    """``layers/``: the published layers of the caller's projects."""

    access = Access(read=Role.VIEWER, write=Role.PRODUCER)
    serializer_class = NameSerializer

    def get_queryset(self) -> QuerySet[Layer]:
        return layers_visible_to(self.request.user)

    def list(self, request: Any) -> Response:
        rows = layers_filtered(self.filter_queryset(self.get_queryset()), request.query_params)
        page = self.paginate_queryset(rows)
        return self.get_paginated_response([layer_representation(layer) for layer in page or []])

    def retrieve(self, request: Any, pk: Any) -> Response:
        return Response(layer_representation(self.get_object()))

    def partial_update(self, request: Any, pk: Any) -> Response:
        layer = self.get_object()
        body = NameSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        layer_rename(layer=layer, name=body.validated_data["name"], user=request.user)
        return Response(layer_representation(layer))

    def style(self, request: Any, pk: Any) -> Response:
        release = self.get_object().current_release
        return Response({"style": release.style, "legend": release.legend})

    def statistics(self, request: Any, pk: Any) -> Response:
        return Response(self.get_object().current_release.statistics)

    def stac(self, request: Any, pk: Any) -> Response:
        return Response(self.get_object().current_release.stac_item)

    def tilejson(self, request: Any, pk: Any) -> Response:
        shown = layer_representation(self.get_object())
        return Response(
            {
                "tilejson": "3.0.0",
                "name": shown["name"],
                "tiles": [request.build_absolute_uri("/")[:-1] + shown["tiles"]],
                "bounds": shown["bbox"],
                "minzoom": 0,
                "maxzoom": 22,
            }
        )

    def point(self, request: Any, pk: Any) -> Response:
        release = self.get_object().current_release
        place = place_of(request)
        return Response(pixel_value(str(release.pk), place["lon"], place["lat"]))

    def series(self, request: Any, pk: Any) -> Response:
        release = self.get_object().current_release
        place = place_of(request)
        return Response(
            pixel_series(str(release.pk), place["lon"], place["lat"], place.get("source"))
        )

    def archive(self, request: Any, pk: Any) -> FileResponse:
        layer = self.get_object()
        keys = [archive["key"] for archive in layer.current_release.archives]
        return file_answer(layer, keys[0] if keys else "", "archive")

    def display(self, request: Any, pk: Any) -> FileResponse:
        layer = self.get_object()
        return file_answer(layer, layer.current_release.display_key, "display")


class SceneTilesApi(ApiView):
    """``catalog/scenes/{id}/tiles/``: an XYZ template for the scene itself."""

    access = Access(read=Role.VIEWER)

    def get(self, request: Any, pk: Any) -> Response:
        scene = scenes_visible_to(request.user).filter(pk=pk).first()
        if scene is None:
            raise NotFound(f"Scene {pk} does not exist.")
        self.project_for(scene.project_id)
        style = request.query_params.get("style", "rgb")
        return Response({"tiles": scene_tiles_path(scene, style), "style": style})


def place_of(request: Any) -> dict[str, Any]:
    """Return lon, lat (and source) of the query; InvalidInput names what is wrong."""
    query = PlaceSerializer(data=request.query_params)
    if not query.is_valid():
        raise InvalidInput("Give lon and lat in degrees.", errors=query.errors)
    return dict(query.validated_data)


def file_answer(layer: Layer, key: str, what: str) -> FileResponse:
    """Return a stored raster as a download; its bytes are sent, never opened as a raster."""
    path = store_open().path(key) if key else None
    if path is None or not path.is_file():
        raise Conflict(
            f"Layer {layer.name!r} has no {what} file in the store.",
            advice="Run its job again: it writes a new release.",
        )
    release = layer.current_release
    name = f"{layer.role}-r{release.number if release else 0}-{what}-{str(layer.pk)[:8]}.tif"
    return FileResponse(
        path.open("rb"),
        as_attachment=True,
        filename=name,
        content_type="image/tiff; application=geotiff; profile=cloud-optimized",
    )
