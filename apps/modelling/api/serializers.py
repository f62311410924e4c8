"""What feature sets, models and versions look like from outside."""

from typing import Any

from rest_framework import serializers

from apps.modelling.enums import ModelStatus
from apps.modelling.models import FeatureSet, MapModel, ModelVersion


class FeatureSetSerializer(serializers.ModelSerializer[FeatureSet]):
    class Meta:
        model = FeatureSet
        fields = ["id", "project", "name", "features", "hash", "created_at"]
        read_only_fields = fields


class FeatureSetWriteSerializer(serializers.Serializer[Any]):
    """``features``: [{name, source, statistic, window?}], checked by the domain."""

    name = serializers.CharField(max_length=120)
    features = serializers.JSONField()


class MapModelSerializer(serializers.ModelSerializer[MapModel]):
    version_count = serializers.IntegerField(read_only=True)

    class Meta:
        model = MapModel
        fields = ["id", "project", "name", "slug", "version_count", "created_at"]
        read_only_fields = fields


class ModelVersionSerializer(serializers.ModelSerializer[ModelVersion]):
    """``model`` is the line; ``region`` the region's code; ``assessment`` the latest one's id."""

    model = serializers.UUIDField(source="map_model_id", read_only=True)
    model_name = serializers.CharField(source="map_model.name", read_only=True)
    region = serializers.CharField(source="region.code", read_only=True, default=None)
    assessment = serializers.SerializerMethodField()

    class Meta:
        model = ModelVersion
        fields = [
            "id",
            "project",
            "model",
            "model_name",
            "number",
            "parent",
            "region",
            "classifier",
            "hyperparameters",
            "feature_set",
            "sample_set_version",
            "scene_selection",
            "season",
            "classes",
            "folds",
            "seed",
            "metrics",
            "feature_importance",
            "card",
            "sha256",
            "status",
            "assessment",
            "created_at",
        ]
        read_only_fields = fields

    def get_assessment(self, row: ModelVersion) -> str | None:
        found = sorted(row.assessments.all(), key=lambda item: item.created_at)
        return str(found[-1].pk) if found else None


class StatusSerializer(serializers.Serializer[Any]):
    status = serializers.ChoiceField(choices=ModelStatus.choices)
