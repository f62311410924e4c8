"""Sample sets: CRUD, freeze, versions, export. Imports are launched by orchestration."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from apps.core.api.bodies import Body, EmptyBody, validated
from apps.core.api.views import ScopedViewSet
from apps.core.enums import Role
from apps.core.policy import Access
from apps.projects.selectors import nomenclature_of
from apps.samples import selectors, services
from apps.samples.domain import labels_check
from apps.samples.enums import Purpose
from apps.samples.models import SampleSet, SampleSetVersion
from apps.samples.services.exports import EXPORTS, ExportFile, export_of, version_export_of

FORMATS = tuple(EXPORTS)


class SampleSetSerializer(serializers.ModelSerializer[SampleSet]):
    """``count``: live samples; ``version``: number of the last frozen version, or null."""

    count = serializers.IntegerField(source="live_count", read_only=True)
    version = serializers.IntegerField(source="last_version", read_only=True, allow_null=True)

    class Meta:
        model = SampleSet
        fields = [
            "id", "project", "name", "slug", "purpose", "nomenclature", "description", "count",
            "version", "created_at",
        ]  # fmt: skip
        read_only_fields = fields


class SampleSetCreateSerializer(Body):
    project = serializers.UUIDField()
    name = serializers.CharField(max_length=200)
    slug = serializers.SlugField(max_length=80, required=False)
    purpose = serializers.ChoiceField(choices=Purpose.choices, default=Purpose.TRAINING)
    nomenclature = serializers.UUIDField(required=False, allow_null=True, default=None)
    description = serializers.CharField(required=False, allow_blank=True, default="")


class SampleSetChangeSerializer(Body):
    """Purpose, nomenclature and slug are fixed at creation."""

    name = serializers.CharField(max_length=200, required=False)
    description = serializers.CharField(required=False, allow_blank=True)


class VersionSerializer(serializers.ModelSerializer[SampleSetVersion]):
    """``created_by``: the name of whoever froze it, null for a program."""

    created_by = serializers.CharField(
        source="created_by.username", default=None, read_only=True, allow_null=True
    )

    class Meta:
        model = SampleSetVersion
        fields = [
            "id", "sample_set", "number", "checksum", "count", "class_counts", "created_at",
            "created_by",
        ]  # fmt: skip
        read_only_fields = fields


def attachment(file: ExportFile) -> HttpResponse:
    """Return a file that a browser keeps and never shows."""
    answer = HttpResponse(file.data, content_type=file.media_type)
    answer["Content-Disposition"] = f'attachment; filename="{file.name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


class SampleSetsApi(ScopedViewSet):
    """``sample-sets/``."""

    access = Access(read=Role.VIEWER, write=Role.PRODUCER)
    serializer_class = SampleSetSerializer

    def get_queryset(self) -> QuerySet[SampleSet]:
        return selectors.sample_sets_visible_to(self.request.user)

    def list(self, request: Any) -> Response:
        rows = self.filter_queryset(self.get_queryset())
        if request.query_params.get("purpose"):
            rows = rows.filter(purpose=request.query_params["purpose"])
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(SampleSetSerializer(page, many=True).data)

    @extend_schema(request=SampleSetCreateSerializer, responses={201: SampleSetSerializer})
    def create(self, request: Any) -> Response:
        project = self.project_from_body()
        given = {**validated(SampleSetCreateSerializer, request.data), "project": project}
        if given["nomenclature"]:
            given["nomenclature"] = nomenclature_of(project, given["nomenclature"])
        row = services.sample_set_create(user=request.user, **given)
        return self._answer(row, status.HTTP_201_CREATED)

    def retrieve(self, request: Any, pk: Any) -> Response:
        row = self.get_object()
        counts = {}
        if row.purpose != Purpose.VALIDATION:
            counts = {str(code): n for code, n in selectors.class_counts_of(row).items()}
        return Response({**SampleSetSerializer(row).data, "class_counts": counts})

    @extend_schema(request=SampleSetChangeSerializer, responses=SampleSetSerializer)
    def partial_update(self, request: Any, pk: Any) -> Response:
        row = self.get_object()
        shown = SampleSetSerializer(selectors.sample_set_get(request.user, row.pk)).data
        given = validated(SampleSetChangeSerializer, request.data, current=shown)
        services.sample_set_update(sample_set=row, user=request.user, **given)
        return self._answer(row)

    def destroy(self, request: Any, pk: Any) -> Response:
        services.sample_set_delete(sample_set=self.get_object(), user=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=None, responses={201: VersionSerializer})
    def freeze(self, request: Any, pk: Any) -> Response:
        row = self.get_object()
        labels_check(row.purpose, self._role(row))
        validated(EmptyBody, request.data)
        version = services.sample_set_freeze(sample_set=row, user=request.user)
        return Response(VersionSerializer(version).data, status=status.HTTP_201_CREATED)

    @extend_schema(responses=VersionSerializer(many=True))
    def versions(self, request: Any, pk: Any) -> Response:
        row = self.get_object()
        labels_check(row.purpose, self._role(row))
        page = self.paginate_queryset(selectors.versions_of(row))
        return self.get_paginated_response(VersionSerializer(page, many=True).data)

    @extend_schema(parameters=[OpenApiParameter("format", enum=FORMATS)], responses=bytes)
    def export(self, request: Any, pk: Any) -> HttpResponse:
        row = self.get_object()
        self.project_for(row.project_id, at_least=Role.INTERPRETER)
        labels_check(row.purpose, self._role(row))
        return attachment(export_of(row, request.query_params.get("format") or "geojson"))

    @extend_schema(responses=bytes)
    def version_export(self, request: Any, pk: Any, number: int) -> HttpResponse:
        """Send a frozen version as GeoJSON: what models were trained from, to the byte."""
        row = self.get_object()
        self.project_for(row.project_id, at_least=Role.INTERPRETER)
        labels_check(row.purpose, self._role(row))
        return attachment(version_export_of(selectors.version_of(row, number)))

    def _role(self, row: SampleSet) -> str | None:
        return selectors.role_in(self.request.user, row.project)

    def _answer(self, row: SampleSet, code: int = status.HTTP_200_OK) -> Response:
        shown = selectors.sample_set_get(self.request.user, row.pk)
        return Response(SampleSetSerializer(shown).data, status=code)
