from django.db import models


class Tone(models.TextChoices):
    """How a notification looks: always an icon and words."""

    GOOD = "good"
    RUNNING = "running"
    ATTENTION = "attention"
    FAILED = "failed"
    PAUSED = "paused"


class TokenScope(models.TextChoices):
    """What an API token may do beside its owner's role."""

    READ = "read"
    WRITE = "write"
    LAUNCH = "launch"
    MANAGE = "manage"
