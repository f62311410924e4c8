"""A project, its people and its nomenclatures."""

from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models

from apps.core.enums import Role
from apps.core.models import Entity, ProjectOwned
from workers.contracts.grid import Grid


class Project(Entity):
    """One production with its people, legend and grid.

    ``grid`` holds the dump of a contract Grid; null with ``grid_native`` until the first imagery
    is imported. ``reference_year`` is a label and never filters. The selectors add
    ``caller_role``: the role of whoever asked.
    """

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    organisation = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="projects"
    )
    reference_year = models.PositiveSmallIntegerField(null=True, blank=True)
    grid = models.JSONField(null=True, blank=True)
    grid_native = models.BooleanField(default=False)
    nomenclature = models.ForeignKey(
        "projects.Nomenclature", null=True, on_delete=models.RESTRICT, related_name="+"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def grid_contract(self) -> Grid | None:
        return Grid.model_validate(self.grid) if self.grid else None


class Membership(Entity):
    """A person's role in a project; over when ``valid_until`` has passed."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(max_length=12, choices=Role.choices)
    valid_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["user__username"]
        constraints = [
            models.UniqueConstraint(fields=["project", "user"], name="one_membership_each")
        ]


class Nomenclature(ProjectOwned):
    """A named legend; ``version`` counts its changes."""

    project: Any = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="nomenclatures"
    )
    name = models.CharField(max_length=200)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["project", "name"], name="nomenclature_name_once")
        ]

    def __str__(self) -> str:
        return self.name


class NomenclatureClass(ProjectOwned):
    """One class: code 0-253 (254 unclassifiable, 255 no data), colour ``#rrggbb``."""

    nomenclature = models.ForeignKey(Nomenclature, on_delete=models.CASCADE, related_name="classes")
    code = models.PositiveSmallIntegerField(validators=[MaxValueValidator(253)])
    name = models.CharField(max_length=200)
    color = models.CharField(max_length=7, validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$")])
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.RESTRICT, related_name="children"
    )

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["nomenclature", "code"], name="class_code_once"),
            models.CheckConstraint(condition=models.Q(code__lte=253), name="class_code_range"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
