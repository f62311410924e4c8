from django.db import models


class AssessmentKind(models.TextChoices):
    """How the accuracy was found out; only ``design`` may be cited for a delivered map."""

    SPATIAL_CV = "spatial_cv"
    DESIGN = "design"


class RemarkStatus(models.TextChoices):
    """Where a remark stands; ``resolved`` and ``dismissed`` close it."""

    OPEN = "open", "Open"
    IN_PROGRESS = "in_progress", "In progress"
    RESOLVED = "resolved", "Resolved"
    DISMISSED = "dismissed", "Dismissed"


OPEN_STATUSES = (RemarkStatus.OPEN, RemarkStatus.IN_PROGRESS)


class RemarkSeverity(models.TextChoices):
    NOTE = "note", "Note"
    MINOR = "minor", "Minor"
    MAJOR = "major", "Major"


class RemarkEventKind(models.TextChoices):
    CREATED = "created"
    CHANGED = "changed"
    COMMENTED = "commented"
    DELETED = "deleted"
