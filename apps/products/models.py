"""What the compute plane offers, as its manifest last told."""

from django.db import models

from apps.core.models import Entity
from apps.products.enums import PluginKind


class WorkflowTemplate(Entity):
    """A workflow; ``spec`` is the dump of a contract WorkflowSpec. Inactive: its file is gone."""

    slug = models.CharField(max_length=80, unique=True)
    title = models.CharField(max_length=200)
    version = models.CharField(max_length=40)
    spec = models.JSONField()
    spec_sha = models.CharField(max_length=64)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.slug


class PluginRow(Entity):
    """A sensor, index, classifier, kernel or product; ``code_sha`` is set for kernels only."""

    kind = models.CharField(max_length=12, choices=PluginKind.choices)
    slug = models.CharField(max_length=80)
    spec = models.JSONField()
    spec_sha = models.CharField(max_length=64)
    code_sha = models.CharField(max_length=64, blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["kind", "slug"]
        constraints = [models.UniqueConstraint(fields=["kind", "slug"], name="plugin_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.slug}"


class ManifestState(models.Model):
    """One row (id 1): library versions, parameter schemas, and the sources they came from."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    versions = models.JSONField(default=dict)
    parameters = models.JSONField(default=dict)
    source_sha = models.CharField(max_length=64)
    synced_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_manifest_state")]
