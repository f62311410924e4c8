from django.db import models


class SceneKind(models.TextChoices):
    """What an imported Item became: imagery, an unchanging layer, or reference labels."""

    SCENE = "scene"
    STATIC = "static"
    REFERENCE = "reference"
