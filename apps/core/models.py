"""What every row has. No behaviour lives here."""

import uuid

from django.contrib.gis.db import models


class Entity(models.Model):
    """A row with a random id, safe to show in an address."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True


class ProjectOwned(Entity):
    """A row of one project; set once at creation, never changed."""

    project = models.ForeignKey(
        "projects.Project", on_delete=models.CASCADE, related_name="+"
    )

    class Meta:
        abstract = True
