"""Feature sets as their pages show them."""

from dataclasses import dataclass
from typing import Any

from apps.dashboard.domain.feature_sets import FeaturesSummary, features_summary
from apps.modelling.selectors import feature_sets_visible_to, sources_offered


@dataclass(frozen=True)
class FeatureSetRow:
    """A set with what it is made of and the model versions trained with it."""

    set: Any
    count: int
    summary: FeaturesSummary
    used_by: list[Any]


def feature_set_row(row: Any) -> FeatureSetRow:
    return FeatureSetRow(
        set=row,
        count=len(row.features),
        summary=features_summary(row.features),
        used_by=list(row.model_versions.all()),
    )


def feature_set_rows(user: Any, project: Any) -> list[FeatureSetRow]:
    """Return the sets of a project by name."""
    rows = feature_sets_visible_to(user).filter(project=project).order_by("name", "pk")
    return [feature_set_row(row) for row in rows]


def editor_data(user: Any, project: Any, opened: Any | None) -> dict[str, Any]:
    """Return what the editor needs: what may be chosen, and the sets a copy may start from."""
    offered = sources_offered(project)
    rows = feature_sets_visible_to(user).filter(project=project).order_by("name", "pk")
    return {
        "project": str(project.pk),
        "sources": offered["results"],
        "statistics": offered["statistics"],
        "sets": [{"id": str(row.pk), "name": row.name, "count": len(row.features)} for row in rows],
        "open": _opened(opened) if opened else None,
    }


def _opened(row: Any) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "name": row.name,
        "features": row.features,
        "usedBy": [str(version) for version in row.model_versions.all()],
    }
