"""What every row has, and the answers kept for repeated calls. No behaviour lives here."""

import uuid

from django.conf import settings
from django.contrib.gis.db import models


class Entity(models.Model):
    """A row with a random id, safe to show in an address."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True


class ProjectOwned(Entity):
    """A row of one project; set once at creation, never changed."""

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="+")

    class Meta:
        abstract = True


class IdempotencyRecord(Entity):
    """The answer to an unsafe call that carried ``Idempotency-Key``.

    ``status`` is null while the first call is still running in its own transaction.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    route = models.CharField(max_length=300)
    key = models.CharField(max_length=255)
    body_sha256 = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)
    headers = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "route", "key"], name="idempotency_once_per_route"
            )
        ]
        indexes = [models.Index(fields=["created_at"], name="idempotency_age")]
