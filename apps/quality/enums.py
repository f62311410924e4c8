from django.db import models


class AssessmentKind(models.TextChoices):
    """How the accuracy was found out; only ``design`` may be cited for a delivered map."""

    SPATIAL_CV = "spatial_cv"
    DESIGN = "design"
