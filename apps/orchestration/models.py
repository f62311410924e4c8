"""What people keep to launch the same work again."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from apps.core.models import ProjectOwned


class JobTemplate(ProjectOwned):
    """Named parameters of a workflow, shared in a project; required ones may be absent.

    ``is_default``: what the form of this workflow begins with in this project.
    """

    name = models.CharField(max_length=120)
    workflow = models.CharField(max_length=80)
    parameters = models.JSONField(default=dict)
    description = models.TextField(blank=True, default="")
    is_default = models.BooleanField(default=False)
    revision = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["workflow", "name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "workflow", "name"], name="job_template_name_once"
            ),
            models.UniqueConstraint(
                fields=["project", "workflow"],
                condition=Q(is_default=True),
                name="job_template_one_default",
            ),
        ]

    def __str__(self) -> str:
        return self.name
