"""What was computed: one Result a fingerprint, with its objects in the store."""

from django.contrib.gis.db import models

from apps.core.models import ProjectOwned


class Result(ProjectOwned):
    """A computed block; ``content_sha`` is the hash of its sorted objects."""

    fingerprint = models.CharField(max_length=64, unique=True)
    content_sha = models.CharField(max_length=64)
    outcome = models.CharField(max_length=12)
    stats = models.JSONField(default=dict)
    report = models.JSONField(default=dict)
    warnings = models.JSONField(default=list)
    used_inputs = models.JSONField(default=list)
    dropped_inputs = models.JSONField(default=list)
    cpu_family = models.CharField(max_length=100, blank=True, default="")
    seconds = models.FloatField(default=0)
    bytes_read = models.BigIntegerField(default=0)


class ResultObject(models.Model):
    """One file of a result, by role; ``object_key`` is its content address in the store."""

    id = models.BigAutoField(primary_key=True)
    result = models.ForeignKey(Result, on_delete=models.CASCADE, related_name="files")
    role = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    object_key = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["result", "role"], name="result_role_unique")
        ]
