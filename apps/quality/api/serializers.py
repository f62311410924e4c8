from typing import Any

from rest_framework import serializers

from apps.quality.models import AccuracyAssessment


class AssessmentSerializer(serializers.ModelSerializer[AccuracyAssessment]):
    """``matrix``: rows map, columns reference, both in the order of ``classes``."""

    job = serializers.UUIDField(source="run.job_id", read_only=True, default=None)

    class Meta:
        model = AccuracyAssessment
        fields = [
            "id",
            "project",
            "kind",
            "model_version",
            "layer",
            "job",
            "classes",
            "matrix",
            "overall_accuracy",
            "per_class",
            "design",
            "created_at",
        ]
        read_only_fields = fields


class CellSerializer(serializers.Serializer[Any]):
    """The samples of one cell of a confusion matrix.

    ``count``: samples of the cell when the model was trained; ``missing``: deleted since.
    """

    type = serializers.CharField()
    count = serializers.IntegerField()
    missing = serializers.IntegerField()
    features = serializers.ListField(child=serializers.DictField())
