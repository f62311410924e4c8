"""What the review screen needs before it asks the API."""

from datetime import datetime
from typing import Any

from django.db.models import F

from apps.catalog.selectors import scenes_search
from apps.dashboard.selectors.projects import project_extent, project_layers
from workers.contracts.ramps import RAMPS

CANDIDATES = 24
HIGH_SUMMER = 196


def review_data(user: Any, project: Any) -> dict[str, Any]:
    """Return the project, its layers, its clearest scene and the ramps to choose from."""
    return {
        "project": {
            "id": str(project.pk),
            "slug": project.slug,
            "role": str(getattr(project, "caller_role", "") or ""),
        },
        "extent": project_extent(user, project),
        "layers": [layer_entry(row) for row in project_layers(user, project)],
        "scene": clearest_scene(project),
        "ramps": RAMPS,
    }


def layer_entry(layer: Any) -> dict[str, Any]:
    """Return what the list of layers shows of one."""
    release = layer.current_release
    return {
        "id": str(layer.pk),
        "name": layer.name,
        "job": str(layer.job_id),
        "role": layer.role,
        "product": layer.product,
        "class_code": layer.class_code,
        "release": release.number,
        "published_at": release.published_at,
        "bbox": release.bbox or None,
    }


def clearest_scene(project: Any) -> str | None:
    """Return the id of a scene in use with little cloud, as near to high summer as there is."""
    rows = scenes_search(project).filter(included=True, datetime__isnull=False)
    ordered = rows.order_by(F("cloud_cover").asc(nulls_last=True), "-datetime", "pk")
    clearest = list(ordered.values_list("pk", "cloud_cover", "datetime")[:CANDIDATES])
    if not clearest:
        return None
    best = min(
        clearest, key=lambda row: (round((row[1] or 0) / 10), season_distance(row[2]), row[0])
    )
    return str(best[0])


def season_distance(at: datetime | None) -> int:
    """Return the days between a date and the 15th of July, the shorter way round the year."""
    if at is None:
        return 365
    days = abs(at.timetuple().tm_yday - HIGH_SUMMER)
    return min(days, 365 - days)
