from django.db import models


class Purpose(models.TextChoices):
    """What labels may be used for; a set has one purpose for its whole life."""

    TRAINING = "training"
    CALIBRATION = "calibration"
    VALIDATION = "validation"


class SampleStatus(models.TextChoices):
    """Trust in a label. Training uses ``new`` and ``ok`` only."""

    NEW = "new"
    OK = "ok"
    SUSPECT = "suspect"
    REJECTED = "rejected"


USABLE = (SampleStatus.NEW, SampleStatus.OK)


class Confidence(models.TextChoices):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class RevisionAction(models.TextChoices):
    CREATED = "created"
    CHANGED = "changed"
    DELETED = "deleted"
    RESTORED = "restored"
