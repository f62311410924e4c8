"""Launching jobs and estimating them. What a job does afterwards is told by ``apps.jobs``."""

from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from apps.core.api.bodies import Body
from apps.core.api.views import ApiBehaviour, ApiView, ScopedViewSet
from apps.core.enums import Role
from apps.core.errors import InvalidInput
from apps.core.policy import Access
from apps.jobs.domain import MAX_PRIORITY
from apps.jobs.models import Job
from apps.jobs.selectors import job_representation, job_visible_to, jobs_filtered
from apps.orchestration.domain.tables import TABLE_FORMATS
from apps.orchestration.selectors import job_table
from apps.orchestration.services.job_launch import (
    LaunchOrder,
    estimate_order,
    job_launch,
)

MAX_AOIS = 100


class LaunchSerializer(Body):
    """Body of ``POST jobs/``: a workflow, its parameters and where it works."""

    project = serializers.UUIDField()
    workflow = serializers.CharField(max_length=80)
    parameters = serializers.DictField(default=dict)
    aoi = serializers.UUIDField(required=False, allow_null=True)
    units = serializers.ListField(child=serializers.UUIDField(), required=False, allow_null=True)
    priority = serializers.IntegerField(
        required=False, allow_null=True, min_value=-MAX_PRIORITY, max_value=MAX_PRIORITY
    )


class EstimateSerializer(LaunchSerializer):
    """As for launching; ``aois``: several areas, one job each, instead of ``aoi`` and ``units``."""

    aois = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=MAX_AOIS)
    outline = serializers.BooleanField(
        required=False, help_text="Also answer where the blocks lie."
    )


class EstimateBandSerializer(serializers.Serializer[Any]):
    low = serializers.FloatField()
    high = serializers.FloatField()


class EstimateAnswerSerializer(serializers.Serializer[Any]):
    """``rates``: {kind: nominal or measured, runs}. ``notices``: [{level, text, aside?, and the
    place: bbox, aoi, sample_set, feature_set or scenes}]; ``warnings`` are those of level
    attention. ``areas``: [{aoi, blocks, core_seconds}], one a job. ``outline``: {bbox, boundary,
    blocks}, GeoJSON; ``blocks`` is null where there are too many to draw."""

    blocks = serializers.IntegerField()
    bytes_read = serializers.IntegerField()
    core_seconds = serializers.FloatField()
    storage_bytes = serializers.IntegerField()
    eta_seconds = EstimateBandSerializer()
    cached_blocks = serializers.IntegerField()
    warnings = serializers.ListField(child=serializers.CharField())
    notices = serializers.ListField(child=serializers.DictField())
    rates = serializers.DictField()
    workers = serializers.IntegerField()
    work_units = serializers.FloatField()
    jobs = serializers.IntegerField()
    areas = serializers.ListField(child=serializers.DictField())
    outline = serializers.DictField(required=False)


class JobsApi(ScopedViewSet):
    """``jobs/``: list and launch."""

    access = Access(read=Role.VIEWER, write=Role.PRODUCER)
    scope = "launch"
    serializer_class = LaunchSerializer

    def get_queryset(self) -> QuerySet[Job]:
        return job_visible_to(self.request.user)

    def list(self, request: Any) -> Response:
        rows = jobs_filtered(self.filter_queryset(self.get_queryset()), request.query_params)
        page = self.paginate_queryset(rows)
        return self.get_paginated_response([job_representation(job) for job in page or []])

    @extend_schema(request=LaunchSerializer)
    def create(self, request: Any) -> Response:
        order, _ = launch_order(self)
        job = job_launch(user=request.user, order=order)
        fresh = self.get_queryset().get(pk=job.pk)
        return Response(job_representation(fresh), status=status.HTTP_201_CREATED)


class JobDownloadApi(ScopedViewSet):
    """``jobs/{id}/download/?format=``: the table of ``extract_samples``; it holds labels."""

    access = Access(read=Role.INTERPRETER)

    def get_queryset(self) -> QuerySet[Job]:
        return job_visible_to(self.request.user)

    @extend_schema(
        parameters=[OpenApiParameter("format", enum=tuple(TABLE_FORMATS))], responses=bytes
    )
    def retrieve(self, request: Any, pk: Any) -> FileResponse:
        form = request.query_params.get("format") or "parquet"
        path, media_type = job_table(self.get_object(), form)
        name = f"samples-{str(pk)[:8]}.{form}"
        return FileResponse(
            path.open("rb"), as_attachment=True, filename=name, content_type=media_type
        )


class JobEstimateApi(ApiView):
    """``jobs/estimate/``: what a launch would read, compute and store."""

    access = Access(write=Role.PRODUCER)
    scope = "launch"

    @extend_schema(request=EstimateSerializer, responses={200: EstimateAnswerSerializer})
    def post(self, request: Any) -> Response:
        order, given = launch_order(self, EstimateSerializer)
        aois = [str(aoi) for aoi in given.get("aois") or ()]
        if aois and (order.aoi or order.units):
            raise InvalidInput("Give aois alone.", errors={"aois": ["excludes aoi and units."]})
        outline = bool(given.get("outline"))
        return Response(estimate_order(user=request.user, order=order, aois=aois, outline=outline))


def launch_order(
    view: ApiBehaviour, form: type[LaunchSerializer] = LaunchSerializer
) -> tuple[LaunchOrder, dict[str, Any]]:
    """Return the order in a request's body, and all that was given; the project is checked for
    the caller's role."""
    body = form(data=view.request.data)
    body.is_valid(raise_exception=True)
    given = body.validated_data
    return _order_of(view, given), given


def _order_of(view: ApiBehaviour, given: dict[str, Any]) -> LaunchOrder:
    return LaunchOrder(
        project=view.project_from_body(),
        workflow=given["workflow"],
        parameters=given["parameters"],
        aoi=str(given["aoi"]) if given.get("aoi") else None,
        units=tuple(str(unit) for unit in given.get("units") or ()),
        priority=given.get("priority") or 0,
        idempotency_key=view.request.headers.get("Idempotency-Key"),
    )
