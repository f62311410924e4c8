"""Layers over the API: what they are, their tiles, values, files and lineage."""

from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from apps.catalog.selectors import scenes_visible_to, statics_visible_to
from apps.core.api.bodies import Body, validated
from apps.core.api.views import ApiView, ScopedViewSet
from apps.core.enums import Role
from apps.core.errors import Conflict, InvalidInput, NotFound
from apps.core.policy import Access
from apps.core.storage import store_open
from apps.jobs.models import Job
from apps.jobs.selectors import job_visible_to
from apps.layers.api.representation import (
    layer_representation,
    release_representation,
    release_row,
)
from apps.layers.domain.statistics import statistics_csv
from apps.layers.gateways import pixel_series, pixel_value, tiles_expire_at
from apps.layers.models import Layer, LayerRelease
from apps.layers.selectors import (
    layer_release_get,
    layer_releases,
    layers_filtered,
    layers_visible_to,
    releases_of_job,
)
from apps.layers.services import SceneTiles, layer_rename, scene_tiles_offer, static_tiles_offer
from workers.contracts.ramps import RAMPS

RELEASE = OpenApiParameter("release", int, description="Number; absent: the current release")


class PlaceSerializer(serializers.Serializer[Any]):
    """A point in EPSG:4326."""

    lon = serializers.FloatField(min_value=-180, max_value=180)
    lat = serializers.FloatField(min_value=-90, max_value=90)
    source = serializers.CharField(required=False, max_length=1000)  # type: ignore[assignment]


class NameSerializer(Body):
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

    def release(self) -> tuple[Layer, LayerRelease]:
        """Return the layer of this address with the release that ``?release=`` names."""
        layer = self.get_object()
        return layer, layer_release_get(layer, self.request.query_params.get("release"))

    @extend_schema(parameters=[RELEASE])
    def retrieve(self, request: Any, pk: Any) -> Response:
        return Response(layer_representation(*self.release()))

    def releases(self, request: Any, pk: Any) -> Response:
        page = self.paginate_queryset(layer_releases(self.get_object()))
        return self.get_paginated_response([release_row(row) for row in page or []])

    def partial_update(self, request: Any, pk: Any) -> Response:
        layer = self.get_object()
        given = validated(NameSerializer, request.data, current=layer_representation(layer))
        layer_rename(layer=layer, name=given["name"], user=request.user)
        return Response(layer_representation(layer))

    @extend_schema(parameters=[RELEASE])
    def style(self, request: Any, pk: Any) -> Response:
        _, release = self.release()
        return Response({"style": release.style, "legend": release.legend, "ramps": RAMPS})

    @extend_schema(parameters=[RELEASE, OpenApiParameter("format", enum=["json", "csv"])])
    def statistics(self, request: Any, pk: Any) -> HttpResponse:
        layer, release = self.release()
        if request.query_params.get("format") != "csv":
            return Response(release.statistics)
        return csv_answer(layer, release)

    @extend_schema(parameters=[RELEASE])
    def stac(self, request: Any, pk: Any) -> Response:
        return Response(self.release()[1].stac_item)

    @extend_schema(parameters=[RELEASE])
    def tilejson(self, request: Any, pk: Any) -> Response:
        shown = layer_representation(*self.release())
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

    @extend_schema(parameters=[RELEASE])
    def point(self, request: Any, pk: Any) -> Response:
        _, release = self.release()
        place = place_of(request)
        return Response(pixel_value(str(release.pk), place["lon"], place["lat"]))

    @extend_schema(parameters=[RELEASE])
    def series(self, request: Any, pk: Any) -> Response:
        _, release = self.release()
        place = place_of(request)
        return Response(
            pixel_series(str(release.pk), place["lon"], place["lat"], place.get("source"))
        )

    @extend_schema(parameters=[RELEASE], responses=bytes)
    def archive(self, request: Any, pk: Any) -> FileResponse:
        layer, release = self.release()
        keys = [archive["key"] for archive in release.archives]
        return file_answer(layer, release, keys[0] if keys else "", "archive")

    @extend_schema(parameters=[RELEASE], responses=bytes)
    def display(self, request: Any, pk: Any) -> FileResponse:
        layer, release = self.release()
        return file_answer(layer, release, release.display_key, "display")


class JobLayersApi(ScopedViewSet):
    """``jobs/{id}/layers/``: the job's layers, the one that is still being built among them."""

    access = Access(read=Role.VIEWER)

    def get_queryset(self) -> QuerySet[Job]:
        return job_visible_to(self.request.user)

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def retrieve(self, request: Any, pk: Any) -> Response:
        shown = releases_of_job(self.get_object().pk)
        return Response({"results": [release_representation(r.layer, r) for r in shown]})


class SceneTilesApi(ApiView):
    """``catalog/scenes/{id}/tiles/``: an XYZ template for the scene itself."""

    access = Access(read=Role.VIEWER)

    @extend_schema(
        parameters=[OpenApiParameter("style"), OpenApiParameter("stretch")],
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: Any, pk: Any) -> Response:
        scene = scenes_visible_to(request.user).filter(pk=pk).first()
        if scene is None:
            raise NotFound(f"Scene {pk} does not exist.")
        self.project_for(scene.project_id)
        style = request.query_params.get("style", "rgb")
        stretch = request.query_params.get("stretch", "")
        return Response(scene_tiles_shown(scene_tiles_offer(scene, style, stretch)))


class StaticTilesApi(ApiView):
    """``catalog/statics/{id}/tiles/``: an XYZ template for one raster of a static layer."""

    access = Access(read=Role.VIEWER)

    @extend_schema(
        parameters=[
            OpenApiParameter("style", description="Asset key; absent: the first raster"),
            OpenApiParameter("stretch", description="percent,low,high or range,low,high"),
        ],
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: Any, pk: Any) -> Response:
        static = statics_visible_to(request.user).filter(pk=pk).first()
        if static is None:
            raise NotFound(f"Static layer {pk} does not exist.")
        self.project_for(static.project_id)
        style = request.query_params.get("style", "")
        stretch = request.query_params.get("stretch", "")
        return Response(scene_tiles_shown(static_tiles_offer(static, style, stretch)))


def scene_tiles_shown(offer: SceneTiles) -> dict[str, Any]:
    return {
        "tiles": offer.tiles,
        "style": offer.style.bands,
        "stretch": offer.style.stretch,
        "drawn": list(offer.drawn),
        "note": offer.note,
        "tiles_expire_at": tiles_expire_at(),
    }


def place_of(request: Any) -> dict[str, Any]:
    """Return lon, lat (and source) of the query; InvalidInput names what is wrong."""
    query = PlaceSerializer(data=request.query_params)
    if not query.is_valid():
        raise InvalidInput("Give lon and lat in degrees.", errors=query.errors)
    return dict(query.validated_data)


def csv_answer(layer: Layer, release: LayerRelease) -> HttpResponse:
    """Return the statistics of a release as a download."""
    table = statistics_csv(release.statistics, release.legend)
    answer = HttpResponse(table, content_type="text/csv; charset=utf-8")
    name = f"{layer.role}-r{release.number}-statistics-{str(layer.pk)[:8]}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def file_answer(layer: Layer, release: LayerRelease, key: str, what: str) -> FileResponse:
    """Return a stored raster as a download; its bytes are sent, never opened as a raster."""
    path = store_open().path(key) if key else None
    if path is None or not path.is_file():
        raise Conflict(
            f"Layer {layer.name!r} has no {what} file in the store.",
            advice="Run its job again: it writes a new release.",
        )
    name = f"{layer.role}-r{release.number}-{what}-{str(layer.pk)[:8]}.tif"
    return FileResponse(
        path.open("rb"),
        as_attachment=True,
        filename=name,
        content_type="image/tiff; application=geotiff; profile=cloud-optimized",
    )
