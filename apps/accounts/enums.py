from django.db import models


class TokenScope(models.TextChoices):
    """What an API token may do beside its owner's role."""

    READ = "read"
    WRITE = "write"
    LAUNCH = "launch"
    MANAGE = "manage"
