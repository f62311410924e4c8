"""Feature sets and trained models. A model version is written once; only its status moves."""

from django.db import models

from apps.core.models import ProjectOwned
from apps.modelling.enums import ModelStatus


class FeatureSet(ProjectOwned):
    """Ordered features; ``hash`` is that of ``workers.contracts.features.FeatureSetSpec``."""

    name = models.CharField(max_length=120)
    features = models.JSONField()
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(
                fields=("project", "name"), name="modelling_feature_set_name_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class MapModel(ProjectOwned):
    """A named line of model versions."""

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=120)

    class Meta:
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(fields=("project", "slug"), name="modelling_model_slug_once")
        ]

    def __str__(self) -> str:
        return self.name


class ModelVersion(ProjectOwned):
    """One trained artefact with all that is needed to train it again.

    ``sha256`` is that of the packed forest, all that prediction loads; ``hmac`` signs it together
    with the model line and the feature-set hash. ``classes`` is a list of {code, name, color}.
    """

    map_model = models.ForeignKey(MapModel, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.RESTRICT, related_name="branches"
    )
    region = models.ForeignKey(
        "aois.Region", null=True, blank=True, on_delete=models.RESTRICT, related_name="+"
    )
    classifier = models.CharField(max_length=64)
    hyperparameters = models.JSONField(default=dict)
    feature_set = models.ForeignKey(
        FeatureSet, on_delete=models.RESTRICT, related_name="model_versions"
    )
    sample_set_version = models.ForeignKey(
        "samples.SampleSetVersion", on_delete=models.RESTRICT, related_name="+"
    )
    scene_selection = models.ForeignKey(
        "catalog.SceneSelection", on_delete=models.RESTRICT, related_name="+"
    )
    run = models.ForeignKey(
        "jobs.Run", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    classes = models.JSONField(default=list)
    season = models.CharField(max_length=40, null=True, blank=True)
    seed = models.BigIntegerField(default=0)
    folds = models.JSONField(default=dict)
    metrics = models.JSONField(default=dict)
    feature_importance = models.JSONField(default=list)
    card = models.JSONField(default=dict)
    forest_key = models.CharField(max_length=200)
    forest_sha256 = models.CharField(max_length=64)
    forest_size = models.BigIntegerField()
    native_key = models.CharField(max_length=200, blank=True)
    native_sha256 = models.CharField(max_length=64, blank=True)
    native_size = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64)
    hmac = models.CharField(max_length=64)
    status = models.CharField(
        max_length=16, choices=ModelStatus.choices, default=ModelStatus.CANDIDATE
    )

    class Meta:
        ordering = ("-created_at", "-number")
        constraints = [
            models.UniqueConstraint(
                fields=("map_model", "number"), name="modelling_version_number_once"
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=ModelStatus.values),
                name="modelling_version_status_known",
            ),
            models.UniqueConstraint(
                fields=("map_model",),
                condition=models.Q(status=ModelStatus.PROMOTED, region__isnull=True),
                name="modelling_one_promoted_root",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.map_model.name} {self.number}"
