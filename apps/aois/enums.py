from django.db import models


class UnitStatus(models.TextChoices):
    """Where a production unit stands on the way to delivery."""

    PLANNED = "planned"
    READY = "ready"
    RUNNING = "running"
    REVIEW = "review"
    ACCEPTED = "accepted"
    DELIVERED = "delivered"
