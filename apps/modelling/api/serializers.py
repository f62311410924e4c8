"""What feature sets, models and versions look like from outside."""

from typing import Any

from rest_framework import serializers

from apps.core.api.bodies import Body
from apps.modelling.enums import ModelStatus
from apps.modelling.models import FeatureSet, MapModel, ModelVersion


class FeatureSetSerializer(serializers.ModelSerializer[FeatureSet]):
    """``used_by``: the model versions trained with it; a used set no longer changes."""

    used_by = serializers.SerializerMethodField()

    class Meta:
        model = FeatureSet
        fields = ["id", "project", "name", "features", "hash", "used_by", "created_at"]
        read_only_fields = fields

    def get_used_by(self, row: FeatureSet) -> list[dict[str, str]]:
        return [{"id": str(v.pk), "name": str(v)} for v in row.model_versions.all()]


class FeatureSetWriteSerializer(Body):
    """``features``: [{name, source, statistic, window?}], checked by the domain."""

    beside = ("project",)
    name = serializers.CharField(max_length=120)
    features = serializers.JSONField()


class FeatureSourceSerializer(serializers.Serializer[Any]):
    """``kind``: asset, band (a STAC common name) or index; ``prefix`` begins feature names."""

    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=["asset", "band", "index"])
    title = serializers.CharField()
    prefix = serializers.CharField()
    collections = serializers.ListField(child=serializers.CharField())
    scenes = serializers.IntegerField(allow_null=True)
    expression = serializers.CharField(required=False)
    reference = serializers.CharField(required=False)


class FeatureSourcesSerializer(serializers.Serializer[Any]):
    """``statistics``: [{name, dates_min}]; fewer valid dates give no value."""

    count = serializers.IntegerField()
    results = FeatureSourceSerializer(many=True)
    statistics = serializers.ListField(child=serializers.DictField())


class FeatureCheckSerializer(Body):
    """What to look at: texts of sources, windows (null: the whole selection), whole features."""

    project = serializers.UUIDField()
    sources = serializers.ListField(
        child=serializers.CharField(max_length=2000), required=False, max_length=200
    )
    windows = serializers.ListField(
        child=serializers.CharField(max_length=60, allow_null=True), required=False, max_length=50
    )
    features = serializers.JSONField(required=False)


class FeatureReportSerializer(serializers.Serializer[Any]):
    """``sources``: [{source, kind, canonical, collections, prefix, error, column}]; ``windows``:
    [{window, dates, clear, years, error}]; ``hash``, ``same_as`` and ``errors`` of ``features``."""

    sources = serializers.ListField(child=serializers.DictField())
    windows = serializers.ListField(child=serializers.DictField())
    hash = serializers.CharField(required=False, allow_null=True)
    same_as = serializers.DictField(required=False, allow_null=True)


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


class StatusSerializer(Body):
    status = serializers.ChoiceField(choices=ModelStatus.choices)
