from django.db import models


class ModelStatus(models.TextChoices):
    """Life of a model version; only a manager promotes."""

    CANDIDATE = "candidate"
    PROMOTED = "promoted"
    RETIRED = "retired"
