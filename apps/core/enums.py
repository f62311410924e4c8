from django.db import models


class Role(models.TextChoices):
    """Roles of a project; what each may do is ``ROLE_ORDER`` plus the rule of each route."""

    VIEWER = "viewer"
    INTERPRETER = "interpreter"
    PRODUCER = "producer"
    MANAGER = "manager"
