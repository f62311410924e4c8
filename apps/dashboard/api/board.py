"""The control board for programs."""

from dataclasses import asdict
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from apps.core.api.views import ApiView
from apps.core.enums import Role
from apps.core.policy import Access
from apps.dashboard.domain.board import STAGES, STATES
from apps.dashboard.selectors.board import board_of


class BoardAreaSerializer(serializers.Serializer[Any]):
    """An area, a unit, or all imagery.

    ``stage`` by what exists, ``state`` by its newest job (empty when all is well).
    """

    kind = serializers.ChoiceField(choices=["area", "unit", "whole"])
    id = serializers.CharField()
    name = serializers.CharField()
    area_km2 = serializers.FloatField()
    stage = serializers.ChoiceField(choices=list(STAGES))
    state = serializers.ChoiceField(choices=["", *STATES])
    open_remarks = serializers.IntegerField()
    job = serializers.CharField(allow_null=True)
    job_status = serializers.CharField()
    layer = serializers.CharField(allow_null=True)
    extent = serializers.ListField(child=serializers.FloatField())


class StageCountSerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    word = serializers.CharField()
    count = serializers.IntegerField()
    km2 = serializers.FloatField()


class BoardJobSerializer(serializers.Serializer[Any]):
    """A job under way; ``seconds_left`` is a band at the pace since its start, or null."""

    id = serializers.CharField()
    workflow = serializers.CharField()
    title = serializers.CharField()
    place = serializers.CharField()
    status = serializers.CharField()
    progress = serializers.DictField()
    seconds_left = serializers.ListField(child=serializers.FloatField(), allow_null=True)
    started_at = serializers.DateTimeField(allow_null=True)


class FailureGroupSerializer(serializers.Serializer[Any]):
    """Failures of one cause; ``retry`` names the jobs that a retry may help."""

    signature = serializers.CharField()
    error_class = serializers.CharField()
    message = serializers.CharField()
    advice = serializers.CharField()
    blocks = serializers.IntegerField()
    jobs = serializers.ListField(child=serializers.CharField())
    retry = serializers.ListField(child=serializers.CharField())


class BoardSerializer(serializers.Serializer[Any]):
    areas = BoardAreaSerializer(many=True)
    stages = StageCountSerializer(many=True)
    jobs = BoardJobSerializer(many=True)
    jobs_more = serializers.IntegerField()
    failures = FailureGroupSerializer(many=True)


class BoardApi(ApiView):
    """``projects/{id}/board/``: areas by stage and state, jobs under way, failures by cause."""

    access = Access(read=Role.VIEWER)

    @extend_schema(responses=BoardSerializer)
    def get(self, request: Any, pk: Any) -> Response:
        board = board_of(request.user, self.project_for(pk))
        return Response(BoardSerializer(asdict(board)).data)
