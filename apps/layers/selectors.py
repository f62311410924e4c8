"""Reads on layers; every list starts from what the caller may see."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from apps.core.errors import NotFound
from apps.layers.models import Layer
from apps.projects.selectors import projects_visible_to

FILTERS = {"role": "role", "product": "product", "job": "job_id"}


def layers_visible_to(user: Any) -> QuerySet[Layer]:
    """Return the published layers of the caller's projects, newest first."""
    return Layer.objects.filter(
        project__in=projects_visible_to(user), current_release__isnull=False
    ).select_related("current_release", "project", "job")


def layer_get(user: Any, layer_id: str) -> Layer:
    """Return one layer or raise NotFound, the same for foreign and missing ids."""
    layer = layers_visible_to(user).filter(pk=layer_id).first()
    if layer is None:
        raise NotFound(f"Layer {layer_id} does not exist.")
    return layer


def layers_of_job(job_id: str) -> list[Layer]:
    """Return the published layers of a job in the order of its outputs."""
    return list(
        Layer.objects.filter(job_id=job_id, current_release__isnull=False)
        .select_related("current_release")
        .order_by("position")
    )


def layers_filtered(rows: QuerySet[Layer], query: Mapping[str, str]) -> QuerySet[Layer]:
    """Apply the allow-listed filters of the list: role, product, job."""
    for name, lookup in FILTERS.items():
        if query.get(name):
            rows = rows.filter(**{lookup: query[name]})
    return rows
