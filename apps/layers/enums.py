from django.db import models


class LayerRole(models.TextChoices):
    """What the values of a layer are; a probability layer has one class."""

    CLASS = "class"
    PROBABILITY = "probability"
    CONFIDENCE = "confidence"
    DATA_SCORE = "data_score"


class ReleaseState(models.TextChoices):
    BUILDING = "building"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"
