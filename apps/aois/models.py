"""Extents: areas of interest, bio-geographic regions, production units. All EPSG:4326."""

from django.conf import settings
from django.contrib.gis.db import models

from apps.aois.enums import UnitStatus
from apps.core.models import ProjectOwned


class AreaOfInterest(ProjectOwned):
    """A drawn or imported extent. ``area_km2`` is geodesic, computed by PostGIS on writing."""

    name = models.CharField(max_length=200)
    geometry = models.MultiPolygonField(srid=4326)
    area_km2 = models.FloatField()
    revision = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["created_at", "id"]
        indexes = [models.Index(fields=["project", "created_at"])]

    def __str__(self) -> str:
        return self.name


class Region(ProjectOwned):
    """A bio-geographic region: where a model branch is valid."""

    code = models.CharField(max_length=40)
    name = models.CharField(max_length=200, blank=True)
    geometry = models.MultiPolygonField(srid=4326, null=True)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["project", "code"], name="region_code_in_project")
        ]

    def __str__(self) -> str:
        return self.code


class ProductionUnit(ProjectOwned):
    """The part of the area one partner produces with one model set."""

    code = models.CharField(max_length=40)
    name = models.CharField(max_length=200, blank=True)
    region = models.ForeignKey(
        Region, null=True, blank=True, on_delete=models.SET_NULL, related_name="units"
    )
    partner = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=20, choices=UnitStatus.choices, default=UnitStatus.PLANNED)
    geometry = models.MultiPolygonField(srid=4326)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["project", "code"], name="unit_code_in_project")
        ]

    def __str__(self) -> str:
        return self.code
