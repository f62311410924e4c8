from django.db import models


class SceneKind(models.TextChoices):
    """What an imported Item became: imagery, an unchanging layer, or reference labels."""

    SCENE = "scene"
    STATIC = "static"
    REFERENCE = "reference"


class SceneState(models.TextChoices):
    """What a search may ask for: in selections, left out by hand, with an asset that fails."""

    INCLUDED = "included"
    EXCLUDED = "excluded"
    FLAGGED = "flagged"
