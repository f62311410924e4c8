"""Projects and the board of one project."""

from typing import Any

from django.contrib.gis.db.models import Extent
from django.db.models import Count

from apps.aois.selectors import aois_visible_to
from apps.catalog.selectors import scenes_visible_to
from apps.dashboard.domain.matrix import rate_of
from apps.jobs.selectors import job_visible_to
from apps.layers.selectors import layers_visible_to
from apps.modelling.selectors import feature_sets_visible_to, model_versions_visible_to
from apps.projects.selectors import legend_of, projects_visible_to
from apps.quality.selectors import assessments_visible_to
from apps.samples.selectors import sample_sets_visible_to


def project_cards(user: Any) -> list[dict[str, Any]]:
    """Return the caller's projects with a few figures each."""
    sources = {"scenes": scenes_visible_to, "layers": layers_visible_to, "jobs": job_visible_to}
    counts = {name: _by_project(of(user)) for name, of in sources.items()}
    return [
        {
            "project": project,
            "role": getattr(project, "caller_role", ""),
            **{name: found.get(project.pk, 0) for name, found in counts.items()},
        }
        for project in projects_visible_to(user).select_related("organisation")
    ]


def _by_project(rows: Any) -> dict[Any, int]:
    grouped = rows.order_by().values("project_id").annotate(number=Count("pk"))
    return {row["project_id"]: row["number"] for row in grouped}


def project_counts(user: Any, project: Any) -> dict[str, int]:
    """Return how many objects of each kind a project has."""
    sources = {
        "scenes": scenes_visible_to,
        "aois": aois_visible_to,
        "sample_sets": sample_sets_visible_to,
        "feature_sets": feature_sets_visible_to,
        "models": model_versions_visible_to,
        "jobs": job_visible_to,
        "layers": layers_visible_to,
    }
    counts = {name: of(user).filter(project=project).count() for name, of in sources.items()}
    # Labels are for interpreters and above; how many there are is for every member.
    sets = sample_sets_visible_to(user).filter(project=project)
    counts["samples"] = sum(getattr(row, "live_count", 0) for row in sets)
    return counts


def latest_accuracies(user: Any, project: Any, limit: int = 5) -> list[dict[str, Any]]:
    """Return the newest accuracies with what they are about."""
    rows = (
        assessments_visible_to(user)
        .filter(project=project)
        .select_related("model_version__map_model", "layer")
        .order_by("-created_at")
    )
    found = []
    for row in rows[:limit]:
        overall = row.overall_accuracy or {}
        found.append(
            {
                "name": str(row.model_version or row.layer),
                "model_version": row.model_version_id,
                "kind": row.get_kind_display().replace("Spatial Cv", "Spatial folds"),
                "rate": rate_of(overall),
                "interval": interval_marks(overall),
                "created_at": row.created_at,
            }
        )
    return found


def interval_marks(overall: dict[str, Any], low: float = 0.5) -> dict[str, float] | None:
    """Return positions (0–100) of an interval on an axis from ``low`` to one."""
    value, ci95 = overall.get("value"), overall.get("ci95")
    if value is None or not ci95 or ci95[0] is None:
        return None

    def at(share: float) -> float:
        return round(max(0.0, min(1.0, (share - low) / (1 - low))) * 100, 2)

    return {"low": at(ci95[0]), "value": at(value), "high": at(ci95[1])}


def project_extent(user: Any, project: Any) -> list[float] | None:
    """Return [west, south, east, north] of what the project has: areas, else scenes."""
    areas = aois_visible_to(user).filter(project=project).aggregate(box=Extent("geometry"))["box"]
    return list(areas) if areas else imagery_extent(user, project)


def imagery_extent(user: Any, project: Any) -> list[float] | None:
    """Return [west, south, east, north] of the scenes, EPSG:4326; none without a scene."""
    scenes = scenes_visible_to(user).filter(project=project)
    box = scenes.aggregate(box=Extent("footprint"))["box"]
    return list(box) if box else None


def project_layers(user: Any, project: Any) -> list[Any]:
    """Return the published layers: newest job first, its outputs in the order asked for."""
    rows = layers_visible_to(user).filter(project=project)
    return list(rows.order_by("-job__created_at", "position"))


def class_colors(project: Any) -> dict[str, str]:
    """Return the colour of each class code of the project's legend."""
    return {str(entry.code): entry.color for entry in legend_of(project)}
