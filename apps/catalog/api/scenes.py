"""Scenes: searched, looked at from far, taken in and left out by hand, their files fetched."""

from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from apps.catalog import selectors, services
from apps.catalog.api.representation import SceneFeatureSerializer, scene_feature
from apps.catalog.api.search import SEARCH, place_of, search_of
from apps.catalog.models import Scene
from apps.core.api.bodies import Body, feature_check, validated
from apps.core.api.pagination import FeaturePages
from apps.core.api.views import ApiView, ScopedViewSet
from apps.core.enums import Role
from apps.core.policy import Access

QUERY = [OpenApiParameter(name) for name in SEARCH]


class SceneChangeSerializer(Body):
    included = serializers.BooleanField()
    reason = serializers.CharField(required=False, allow_blank=True, default="", max_length=300)


class ScenesChangeSerializer(SceneChangeSerializer):
    """Many scenes of one project at once, all or none."""

    project = serializers.UUIDField()
    scenes = serializers.ListField(child=serializers.UUIDField(), allow_empty=False)


class ScenesApi(ScopedViewSet):
    """``catalog/scenes/``: search the imagery of one's projects."""

    access = Access(read=Role.VIEWER, write=Role.PRODUCER)
    pagination_class = FeaturePages
    serializer_class = SceneFeatureSerializer
    ordering_fields = ("datetime", "item_id", "cloud_cover")

    def get_queryset(self) -> QuerySet[Scene]:
        return selectors.scenes_visible_to(self.request.user)

    def found(self) -> QuerySet[Scene]:
        """Return the scenes that fit the query, with nothing joined to them."""
        rows = self.filter_queryset(self.get_queryset())
        return selectors.scenes_filter(
            rows, **search_of(self.request.query_params, self.request.user)
        )

    @extend_schema(parameters=QUERY)
    def list(self, request: Any) -> Response:
        rows = self.found()
        if not request.query_params.get("ordering"):
            rows = rows.order_by("datetime", "item_id", "id")
        base = request.build_absolute_uri("/")[:-1]
        page = self.paginate_queryset(rows)
        return self.get_paginated_response([scene_feature(scene, base) for scene in page or []])

    def retrieve(self, request: Any, pk: Any) -> Response:
        return self.answer(self.get_object())

    @extend_schema(request=SceneChangeSerializer, responses=SceneFeatureSerializer)
    def partial_update(self, request: Any, pk: Any) -> Response:
        scene = self.get_object()
        given = scene_change(request.data, scene_feature(scene, ""))
        services.scene_include(scene=scene, user=request.user, **given)
        return self.answer(scene)

    @extend_schema(
        operation_id="catalog_scenes_change_many",
        request=ScenesChangeSerializer,
        responses=OpenApiTypes.OBJECT,
    )
    def change_many(self, request: Any) -> Response:
        project = self.project_from_body()
        body = validated(ScenesChangeSerializer, request.data)
        given = {key: body[key] for key in ("scenes", "included", "reason")}
        changed = services.scenes_include(project=project, user=request.user, **given)
        return Response({"changed": changed})

    def answer(self, scene: Scene) -> Response:
        return Response(scene_feature(scene, self.request.build_absolute_uri("/")[:-1]))


def scene_change(data: Any, shown: dict[str, Any]) -> dict[str, Any]:
    """Return what a body changes of a scene: plain fields, or the properties of its Feature."""
    if isinstance(data, dict) and "properties" in data:
        feature_check(data, ("included", "reason"), current=shown)
        data = data["properties"]
    return validated(SceneChangeSerializer, data, current=shown["properties"])


class SceneOverviewApi(ScenesApi):
    """``catalog/scenes/overview/``, ``footprints/``, ``calendar/``: all that fit a search."""

    access = Access(read=Role.VIEWER)

    def get_queryset(self) -> QuerySet[Scene]:
        return selectors.scenes_plain(self.request.user)

    @extend_schema(
        parameters=[*QUERY, OpenApiParameter("ticks", description="0: the totals only")],
        responses=OpenApiTypes.OBJECT,
    )
    def overview(self, request: Any) -> Response:
        rows = self.found()
        ticks = request.query_params.get("ticks") != "0"
        drawn = {"ticks": selectors.scene_ticks(rows)} if ticks else {}
        return Response(selectors.scene_totals(rows) | drawn)

    @extend_schema(parameters=QUERY, responses=OpenApiTypes.OBJECT)
    def footprints(self, request: Any) -> Response:
        return Response({"type": "FeatureCollection", **selectors.scene_footprints(self.found())})

    @extend_schema(parameters=QUERY, responses=OpenApiTypes.OBJECT)
    def calendar(self, request: Any) -> Response:
        area = place_of(request.query_params, request.user)
        return Response(calendar_shown(selectors.scene_calendar(self.found(), area)))


def calendar_shown(calendar: selectors.Calendar) -> dict[str, Any]:
    """Return a calendar; ``valid`` is the mean number of valid observations of a place."""
    return {
        "count": sum(period.scenes for period in calendar.periods),
        "of": calendar.of,
        "km2": round(calendar.km2, 3),
        "truncated": calendar.truncated,
        "periods": [
            {
                "start": period.start.isoformat(),
                "end": period.end.isoformat(),
                "scenes": period.scenes,
                "valid": round(period.valid, 2),
                **period.bases,
            }
            for period in calendar.periods
        ],
    }


class SceneAssetApi(ApiView):
    """``catalog/scenes/{id}/assets/{key}/``: a file of an item that lies on this installation."""

    access = Access(read=Role.VIEWER)

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Any, pk: Any, key: str) -> FileResponse:
        asset = selectors.asset_visible(request.user, pk, key)
        self.project_for(asset.project_id)
        path = services.asset_file(asset)
        kind = asset.media_type.split(";")[0] or "application/octet-stream"
        name = f"{asset.scene.item_id}_{path.name}"
        return FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type=kind)
