"""Frozen selections of scenes."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from apps.aois.domain import bbox_read
from apps.aois.selectors import aoi_of_project
from apps.catalog import selectors, services
from apps.catalog.models import SceneSelection
from apps.core.api.bodies import Body, validated
from apps.core.api.views import ScopedViewSet
from apps.core.enums import Role
from apps.core.policy import Access


class SelectionSerializer(serializers.ModelSerializer[SceneSelection]):
    class Meta:
        model = SceneSelection
        fields = [
            "id", "project", "name", "spec", "narrowing", "aoi", "count", "checksum", "created_at",
        ]  # fmt: skip
        read_only_fields = fields


class NarrowingSerializer(Body):
    """Filters beyond those of a workflow; ``scenes`` are ids picked by hand."""

    sensor = serializers.CharField(required=False, max_length=80)
    text = serializers.CharField(required=False, max_length=200)
    bbox = serializers.CharField(required=False, max_length=200)
    scenes = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=5_000)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs.get("bbox"):
            bbox_read(attrs["bbox"])
        if "scenes" in attrs:
            attrs["scenes"] = sorted({str(key) for key in attrs["scenes"]})
        return attrs


class SelectionCreateSerializer(Body):
    project = serializers.UUIDField()
    scenes = serializers.DictField(required=False, default=dict)
    aoi = serializers.UUIDField(required=False, allow_null=True, default=None)
    name = serializers.CharField(required=False, allow_blank=True, default="", max_length=200)
    narrowing = serializers.DictField(required=False, default=dict)


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
        given = validated(SelectionCreateSerializer, request.data)
        aoi = aoi_of_project(project, given["aoi"]) if given["aoi"] else None
        selection = services.scene_selection_freeze(
            project=project,
            spec=given["scenes"],
            aoi=aoi,
            user=request.user,
            name=given["name"],
            narrowing=narrowing_of(given["narrowing"]),
        )
        return self.answer(selection, status.HTTP_201_CREATED)

    def answer(self, selection: SceneSelection, code: int = status.HTTP_200_OK) -> Response:
        shown = SelectionSerializer(selection).data
        warnings = selectors.selection_warnings(selection)
        return Response({**shown, "warnings": warnings}, status=code)


def narrowing_of(given: dict[str, Any]) -> dict[str, Any]:
    """Return the checked further filters of a selection."""
    return validated(NarrowingSerializer, given)
