"""Shapes of the job answers, for the schema; the rows are written by the selectors."""

from typing import Any

from rest_framework import serializers

from apps.core.api.bodies import Body
from apps.jobs.domain import MAX_PRIORITY


class ProgressSerializer(serializers.Serializer[Any]):
    done = serializers.IntegerField()
    total = serializers.IntegerField()
    failed = serializers.IntegerField(help_text="Quarantined blocks.")
    reused = serializers.IntegerField(help_text="Of done: known from an earlier run.")
    fraction = serializers.FloatField()


class JobErrorSerializer(serializers.Serializer[Any]):
    def get_fields(self) -> dict[str, Any]:
        return {
            "class": serializers.CharField(),
            "message": serializers.CharField(),
            "advice": serializers.CharField(),
        }


class RunSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    number = serializers.IntegerField()
    status = serializers.CharField()
    wanted = serializers.CharField()
    pause_reason = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    progress = ProgressSerializer()
    counters = serializers.DictField(help_text="Blocks by outcome, bytes read, core seconds.")
    priority = serializers.IntegerField()
    overrides = serializers.DictField()
    error = JobErrorSerializer(allow_null=True)


class OutputsSerializer(serializers.Serializer[Any]):
    layers = serializers.ListField(child=serializers.UUIDField())
    model_version = serializers.UUIDField(allow_null=True)
    assessment = serializers.UUIDField(allow_null=True)


class JobSerializer(serializers.Serializer[Any]):
    """A job as ``selectors.job_representation`` writes it."""

    id = serializers.UUIDField()
    project = serializers.UUIDField()
    workflow = serializers.CharField()
    status = serializers.CharField()
    progress = ProgressSerializer()
    priority = serializers.IntegerField()
    runs = RunSerializer(many=True)
    outputs = OutputsSerializer()
    warnings = serializers.ListField(child=serializers.CharField())
    result = serializers.DictField(
        allow_null=True,
        required=False,
        help_text="What the last step reported; an import: row by row.",
    )
    error = JobErrorSerializer(allow_null=True)
    estimate = serializers.DictField(allow_null=True)
    parameters = serializers.DictField()
    created_at = serializers.DateTimeField()
    created_by = serializers.UUIDField()


class StreamSerializer(serializers.Serializer[Any]):
    """Messages after ``since`` in order, or ``reset`` with a snapshot when they are gone."""

    reset = serializers.BooleanField(required=False)
    seq = serializers.IntegerField()
    results = serializers.ListField(child=serializers.DictField())
    snapshot = JobSerializer(required=False)


class LogLineSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(help_text="Number of the line; give it back as ``since``.")
    kind = serializers.CharField()
    at = serializers.DateTimeField()
    level = serializers.ChoiceField(choices=["info", "warning", "error"])
    message = serializers.CharField()
    step = serializers.CharField(allow_null=True)


class GroupSerializer(Body):
    """A cause of failure, as ``jobs/{id}/report/`` names it."""

    signature = serializers.CharField(max_length=500, allow_blank=True)

    def get_fields(self) -> dict[str, Any]:
        return {"class": serializers.CharField(max_length=20), **super().get_fields()}


class RetrySerializer(Body):
    """Body of ``retry/``; empty: everything that failed."""

    group = GroupSerializer(required=False)
    memory_mb = serializers.IntegerField(required=False, min_value=512, max_value=65_536)


class PrioritySerializer(Body):
    priority = serializers.IntegerField(min_value=-MAX_PRIORITY, max_value=MAX_PRIORITY)
