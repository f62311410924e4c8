"""What the catalogue's screen needs before it asks the API."""

from typing import Any
from uuid import UUID

from django.db.models import Count
from django.urls import reverse

from apps.aois.selectors import aois_visible_to
from apps.catalog.selectors import (
    IS_SCENE,
    collections_visible_to,
    references_visible_to,
    scenes_plain,
    selections_visible_to,
    sensor_specs,
    statics_visible_to,
)
from apps.core.enums import Role
from apps.core.policy import role_covers
from apps.dashboard.selectors.projects import project_extent

MAX_AOIS = 500
NO_ID = UUID(int=0)


def catalogue_page(user: Any, project: Any) -> dict[str, Any]:
    """Return the context of the screen: how many of each kind, and the data of its scripts."""
    scenes = scenes_plain(user).filter(project=project)
    used = set(scenes.order_by().values_list("sensor", flat=True).distinct())
    sensors = [spec for spec in sensor_specs() if spec.slug in used]
    collections = _collections(user, project)
    aois = _aois(user, project)
    may_edit = role_covers(project.caller_role, Role.PRODUCER)
    return {
        "counts": _counts(user, project, scenes),
        "collections": collections,
        "aois": aois,
        "sensors": sensors,
        "may_edit": may_edit,
        "data": {
            "project": str(project.pk),
            "slug": project.slug,
            "mayEdit": may_edit,
            "aois": aois,
            "collections": collections,
            "sensors": [{"id": spec.slug, "name": spec.title} for spec in sensors],
            "extent": project_extent(user, project),
            "launch": reverse("dashboard:launch", args=[project.slug, "train_and_map"]),
            "importSamples": f"{reverse('dashboard:samples', args=[project.slug])}import/",
            "jobUrl": reverse("dashboard:job", args=[NO_ID]),
        },
    }


def _counts(user: Any, project: Any, scenes: Any) -> dict[str, int]:
    return {
        "scenes": scenes.count(),
        "statics": statics_visible_to(user).filter(project=project).count(),
        "references": references_visible_to(user).filter(project=project).count(),
        "selections": selections_visible_to(user).filter(project=project).count(),
    }


def _collections(user: Any, project: Any) -> list[dict[str, Any]]:
    rows = (
        collections_visible_to(user)
        .filter(project=project)
        .annotate(scene_count=Count("scenes", filter=IS_SCENE))
        .order_by("stac_id")
    )
    return [
        {"id": row.stac_id, "name": row.title or row.stac_id, "scenes": row.scene_count}
        for row in rows
        if row.scene_count
    ]


def _aois(user: Any, project: Any) -> list[dict[str, Any]]:
    rows = aois_visible_to(user).filter(project=project).order_by("name", "pk")[:MAX_AOIS]
    return [
        {"id": str(row.pk), "name": row.name, "bbox": list(row.geometry.extent)} for row in rows
    ]
