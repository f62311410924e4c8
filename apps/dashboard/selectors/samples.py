"""Sample sets with their class balance, and what the editor of one needs."""

from typing import Any

from django.db.models import Count

from apps.catalog.selectors import scenes_search
from apps.core.enums import Role
from apps.core.policy import role_covers
from apps.dashboard.selectors.projects import project_extent, project_layers
from apps.dashboard.selectors.review import clearest_scene
from apps.jobs.selectors import stream_last
from apps.orchestration.domain.uploads import MAX_UPLOAD_BYTES
from apps.projects.selectors import legend_of, legend_of_nomenclature
from apps.samples.domain import labels_open
from apps.samples.selectors import sample_sets_visible_to, samples_visible_to, stream_name
from apps.samples.selectors.browse import SampleFilter, balance_of, reader_of


def sample_set_rows(user: Any, project: Any) -> list[dict[str, Any]]:
    """Return the sets of a project, each with its samples by class.

    Labels are told to interpreters and above; others see the sets and their sizes.
    """
    legend: dict[int | None, Any] = {entry.code: entry for entry in legend_of(project)}
    counts: dict[Any, list[dict[str, Any]]] = {}
    grouped = (
        samples_visible_to(user)
        .filter(project=project)
        .order_by("sample_set", "class_code")
        .values("sample_set", "class_code")
        .annotate(count=Count("pk"))
    )
    for row in grouped:
        entry = legend.get(row["class_code"])
        counts.setdefault(row["sample_set"], []).append(
            {
                "code": row["class_code"],
                "name": entry.name if entry else "no class",
                "color": entry.color if entry else "#9aa3ae",
                "count": row["count"],
            }
        )
    return [
        {"set": row, "classes": counts.get(row.pk, []), "total": getattr(row, "live_count", 0)}
        for row in sample_sets_visible_to(user).filter(project=project)
    ]


SCENES_OFFERED = 24


def editor_data(user: Any, project: Any, sample_set: Any) -> dict[str, Any]:
    """Return what the editor's script begins with."""
    reader = reader_of(user, sample_set)
    legend, stream = sample_set.nomenclature, stream_name(sample_set.pk)
    return {
        "set": {
            "id": str(sample_set.pk),
            "name": sample_set.name,
            "purpose": sample_set.purpose,
            "revision": sample_set.revision,
            "seq": stream_last(stream),
        },
        "project": str(project.pk),
        "user": user.username,
        "classes": [_class_entry(row) for row in legend_of_nomenclature(legend)],
        "nomenclature": {"id": str(legend.pk), "name": legend.name},
        "labels": reader.labels,
        "under": f"scene:{clearest}" if (clearest := clearest_scene(project)) else "",
        "mayEdit": role_covers(project.caller_role, Role.INTERPRETER),
        "mayFreeze": role_covers(project.caller_role, Role.PRODUCER)
        and labels_open(sample_set.purpose, project.caller_role),
        "uploadLimit": MAX_UPLOAD_BYTES,
        "bbox": balance_of(sample_set, SampleFilter(), reader)["bbox"]
        or project_extent(user, project),
    }


def _class_entry(row: Any) -> dict[str, Any]:
    return {"code": row.code, "name": row.name, "color": row.color}


def editor_page(user: Any, project: Any) -> dict[str, Any]:
    """Return what the editor's template draws: sets to switch to, what may lie under them."""
    scenes = scenes_search(project).filter(included=True).order_by("cloud_cover", "-datetime")
    layers = [row for row in project_layers(user, project) if row.role == "class"]
    return {
        "sets": list(sample_sets_visible_to(user).filter(project=project)),
        "layers": layers[:SCENES_OFFERED],
        "scenes": list(scenes[:SCENES_OFFERED]),
    }


def samples_page(project: Any) -> dict[str, Any]:
    """Return what the caller may do with sets, and what a new one needs."""
    role = project.caller_role
    return {
        "may_edit": role_covers(role, Role.INTERPRETER),
        "may_import": role_covers(role, Role.PRODUCER),
        "may_manage": role_covers(role, Role.MANAGER),
        "nomenclatures": list(project.nomenclatures.order_by("name")),
    }
