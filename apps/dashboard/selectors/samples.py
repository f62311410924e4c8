"""Sample sets with their class balance."""

from typing import Any

from django.db.models import Count

from apps.projects.selectors import legend_of
from apps.samples.selectors import sample_sets_visible_to, samples_visible_to


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
