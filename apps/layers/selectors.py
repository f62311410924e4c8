"""Reads on layers; every list starts from what the caller may see."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from apps.core.errors import NotFound
from apps.layers.enums import ReleaseState
from apps.layers.models import Layer, LayerRelease, ReleaseBlock
from apps.projects.selectors import projects_visible_to

FINISHED = (ReleaseState.PUBLISHED, ReleaseState.SUPERSEDED)
FILTERS = {"role": "role", "product": "product", "job": "job_id"}


def layers_visible_to(user: Any) -> QuerySet[Layer]:
    """Return the published layers of the caller's projects, newest first."""
    return Layer.objects.filter(
        project__in=projects_visible_to(user), current_release__isnull=False
    ).select_related(
        "current_release__run", "current_release__model_version__map_model", "project", "job"
    )


def layer_get(user: Any, layer_id: str, *, project: Any | None = None) -> Layer:
    """Return one layer (of a project) or raise NotFound, the same for foreign and missing ids."""
    rows = layers_visible_to(user)
    if project is not None:
        rows = rows.filter(project=project)
    layer = rows.filter(pk=layer_id).first()
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


def release_building(job_id: Any, position: int) -> LayerRelease | None:
    """Return the release that is being built of one output of a job."""
    return LayerRelease.objects.filter(
        layer__job_id=job_id, layer__position=position, state=ReleaseState.BUILDING
    ).first()


def releases_of_job(job_id: Any) -> list[LayerRelease]:
    """Return the newest release of each output of a job that can be shown, being built or not."""
    rows = (
        LayerRelease.objects.filter(layer__job_id=job_id)
        .exclude(index_key="")
        .exclude(state=ReleaseState.SUPERSEDED)
        .select_related("layer__current_release", "run", "model_version__map_model")
        .order_by("layer__position", "-number")
    )
    return list({row.layer_id: row for row in reversed(rows)}.values())[::-1]


def layers_filtered(rows: QuerySet[Layer], query: Mapping[str, str]) -> QuerySet[Layer]:
    """Apply the allow-listed filters of the list: role, product, job."""
    for name, lookup in FILTERS.items():
        if query.get(name):
            rows = rows.filter(**{lookup: query[name]})
    return rows


def layer_releases(layer: Layer) -> QuerySet[LayerRelease]:
    """Return the finished releases of a layer, newest first."""
    rows = layer.releases.filter(state__in=FINISHED)
    return rows.select_related("run", "model_version__map_model").order_by("-number")


def layer_release_get(layer: Layer, number: str | None) -> LayerRelease:
    """Return a finished release by its number, or the current one when none is named.

    Raises:
        NotFound: the layer has no such release.
    """
    if not number:
        assert layer.current_release is not None  # noqa: S101  only published layers are listed
        return layer.current_release
    found = None
    if number.isascii() and number.isdigit() and len(number) < 9:
        found = layer_releases(layer).filter(number=int(number)).first()
    if found is None:
        raise NotFound(f"Layer {layer.name!r} has no release {number[:20]!r}.")
    return found


def release_by_id(release_id: Any) -> LayerRelease:
    return LayerRelease.objects.get(pk=release_id)


def release_cells(release_id: Any) -> list[tuple[int, int]]:
    """Return (ix, iy) of every block of a release."""
    return list(ReleaseBlock.objects.filter(release_id=release_id).values_list("ix", "iy"))


def release_block(release_id: Any, ix: int, iy: int) -> ReleaseBlock:
    return ReleaseBlock.objects.get(release_id=release_id, ix=ix, iy=iy)
