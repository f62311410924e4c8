"""People, their organisations, their keys, and what they did."""

import uuid

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Now

from apps.accounts.enums import Tone
from apps.core.models import Entity


class Organisation(Entity):
    """A company or agency. A suspended one (``is_active`` false) is as anonymous."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


class User(AbstractUser):
    """A person or a service account; without an organisation it may only be a member.

    ``token_project_id`` is set while a token that is bound to one project is used.
    """

    token_project_id: uuid.UUID | None = None
    preferences = models.JSONField(default=dict, blank=True)
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="users"
    )

    @property
    def display_name(self) -> str:
        return self.get_full_name() or self.username


class ApiToken(Entity):
    """A key of 256 random bits, kept as SHA-256 (hex); ``project`` null: all of the owner."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    key_sha256 = models.CharField(max_length=64, unique=True)
    prefix = models.CharField(max_length=8)
    name = models.CharField(max_length=100, default="login")
    scopes = models.JSONField(default=list)
    project = models.ForeignKey(
        "projects.Project", null=True, on_delete=models.CASCADE, related_name="+"
    )
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)


class Notification(Entity):
    """Something a person should know; shown until read, and kept for a while after."""

    recipient = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notifications")
    project = models.ForeignKey(
        "projects.Project", null=True, on_delete=models.CASCADE, related_name="+"
    )
    kind = models.CharField(max_length=40)
    tone = models.CharField(max_length=10, choices=Tone.choices)
    text = models.CharField(max_length=300)
    url = models.CharField(max_length=300, blank=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["recipient", "-created_at"], name="notification_newest")]


class AuditEntry(models.Model):
    """One act, written in the transaction of the act; the application never changes it.

    References carry no constraint: the trail outlives what it speaks of.
    """

    at = models.DateTimeField(db_default=Now())
    actor = models.ForeignKey(
        User, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    organisation = models.ForeignKey(
        Organisation, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    project = models.ForeignKey(
        "projects.Project",
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )
    action = models.CharField(max_length=80)
    object_type = models.CharField(max_length=80, blank=True)
    object_id = models.CharField(max_length=80, blank=True)
    before_sha = models.CharField(max_length=64, blank=True)
    after_sha = models.CharField(max_length=64, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    address = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["project", "-id"], name="audit_by_project"),
            models.Index(fields=["object_type", "object_id"], name="audit_by_object"),
        ]


class LoginAttempt(models.Model):
    """Failures of one key (account and address, or address) since ``window_start``."""

    key = models.CharField(max_length=64, primary_key=True)
    window_start = models.DateTimeField()
    failures = models.PositiveIntegerField()
