"""Model versions as pages show them."""

from dataclasses import dataclass
from typing import Any

from apps.core.enums import Role
from apps.core.errors import NotFound
from apps.core.policy import role_covers
from apps.dashboard.domain.figures import percent
from apps.dashboard.domain.matrix import (
    Rate,
    Row,
    importance_rows,
    matrix_rows,
    matrix_total,
    rate_of,
)
from apps.dashboard.domain.status import MODEL_BADGES, UNKNOWN, Badge
from apps.dashboard.selectors.projects import interval_marks
from apps.modelling.selectors import model_versions_visible_to
from apps.projects.selectors import projects_visible_to
from apps.quality.selectors import assessments_visible_to


@dataclass(frozen=True)
class AssessmentView:
    """One confusion matrix, ready to be drawn."""

    id: str
    kind: str
    title: str
    meaning: str
    rows: list[Row]
    total: str
    overall: Rate
    marks: dict[str, float] | None
    design: dict[str, Any]


FIGURES = (
    (
        "random",
        "Random folds",
        "new pixel, known place. Optimistic, do not quote.",
        "not measured for this version.",
    ),
    (
        "group",
        "Grouped folds",
        "new parcel, known place. Parcels never split.",
        "every sample is its own group.",
    ),
    (
        "spatial_cv",
        "Spatial folds",
        "new place, this region. Steers the loop.",
        "the training job stored none.",
    ),
    (
        "design",
        "Design-based",
        "the map itself. The figure to cite.",
        "needs a validation sample of the map.",
    ),
)
MATRIX_MODES = (("count", "Counts"), ("of-row", "Row %"), ("of-column", "Column %"))
MEANINGS = {
    "spatial_cv": ("Spatial folds", "new place, this region. Steers the loop."),
    "design": ("Design-based", "the map itself. The figure to cite."),
}


def model_rows(user: Any, project: Any) -> list[dict[str, Any]]:
    """Return the versions of a project, newest first."""
    versions = (
        model_versions_visible_to(user)
        .filter(project=project)
        .select_related("map_model", "feature_set", "sample_set_version__sample_set", "parent")
    )
    return [
        {
            "version": version,
            "badge": model_badge(version.status),
            "overall": rate_of(cv_of(version).get("overall_accuracy")),
            "macro_f1": percent(_number(cv_of(version).get("macro_f1"))),
        }
        for version in versions
    ]


def model_version_of(user: Any, version_id: Any) -> Any:
    """Return a version of the caller's projects or raise NotFound."""
    version = (
        model_versions_visible_to(user)
        .select_related(
            "map_model",
            "feature_set",
            "sample_set_version__sample_set",
            "scene_selection",
            "parent__map_model",
            "run",
        )
        .filter(pk=version_id)
        .first()
    )
    if version is None:
        raise NotFound(f"There is no model version {version_id}.")
    version.project = projects_visible_to(user).get(pk=version.project_id)
    return version


def model_page(user: Any, version: Any) -> dict[str, Any]:
    """Return what the page of a version shows."""
    legend = {int(entry["code"]): entry for entry in version.classes or ()}
    found = assessments_visible_to(user).filter(model_version=version).order_by("-created_at")
    return {
        "version": version,
        "badge": model_badge(version.status),
        "assessments": [assessment_view(row, legend) for row in found[:4]],
        "matrix_modes": MATRIX_MODES,
        "data": {
            "version": str(version.pk),
            "name": str(version),
            "project": {"id": str(version.project_id), "slug": version.project.slug},
            "classes": [legend[code] for code in sorted(legend)],
        },
        "figures": accuracy_figures(version, found),
        "others": model_rows(user, version.project),
        "may_read_samples": role_covers(version.project.caller_role, Role.INTERPRETER),
        "may_promote": role_covers(version.project.caller_role, Role.MANAGER),
        "may_retire": role_covers(version.project.caller_role, Role.PRODUCER),
        "importance": importance_rows(version.feature_importance or ()),
        "feature_count": len(version.feature_set.features or ()),
        "folds": sorted((version.folds or {}).items()),
        "hyperparameters": sorted((version.hyperparameters or {}).items()),
        "macro_f1": percent(_number(cv_of(version).get("macro_f1"))),
        "siblings": model_versions_visible_to(user).filter(map_model=version.map_model),
    }


def assessment_view(row: Any, legend: dict[int, Any]) -> AssessmentView:
    title, meaning = MEANINGS.get(row.kind, (row.kind, ""))
    return AssessmentView(
        id=str(row.pk),
        kind=row.kind,
        title=title,
        meaning=meaning,
        rows=matrix_rows(
            classes=row.classes, matrix=row.matrix, per_class=row.per_class, legend=legend
        ),
        total=matrix_total(row.matrix),
        overall=rate_of(row.overall_accuracy),
        marks=interval_marks(row.overall_accuracy or {}),
        design={key: value for key, value in (row.design or {}).items() if _is_plain(value)},
    )


def accuracy_figures(version: Any, assessments: Any) -> list[dict[str, Any]]:
    """Return the four accuracies of a version, from the most flattering to the one to cite."""
    others = (version.metrics or {}).get("other_folds") or {}
    overall = {
        "random": (others.get("random") or {}).get("overall_accuracy"),
        "group": (others.get("group") or {}).get("overall_accuracy"),
        **{row.kind: row.overall_accuracy for row in reversed(list(assessments))},
    }
    return [
        {
            "key": key,
            "title": title,
            "meaning": meaning,
            "missing": missing,
            "overall": rate_of(overall.get(key)),
            "measured": bool(overall.get(key)),
            "marks": interval_marks(overall.get(key) or {}),
        }
        for key, title, meaning, missing in FIGURES
    ]


def model_tree(user: Any, project: Any) -> list[dict[str, Any]]:
    """Return the versions of a project, children below their parent, each with its ``depth``."""
    rows = {row["version"].pk: row for row in model_rows(user, project)}
    children: dict[Any, list[Any]] = {}
    for key, row in rows.items():
        parent = row["version"].parent_id
        children.setdefault(parent if parent in rows else None, []).append(key)
    ordered: list[dict[str, Any]] = []

    def walk(parent: Any, depth: int) -> None:
        for key in children.get(parent, ()):
            ordered.append(rows[key] | {"depth": depth})
            walk(key, depth + 1)

    walk(None, 0)
    return ordered


def model_badge(status: str) -> Badge:
    return MODEL_BADGES.get(status, UNKNOWN)


def cv_of(version: Any) -> dict[str, Any]:
    return dict((version.metrics or {}).get("spatial_cv") or {})


def _number(value: Any) -> float | None:
    return value.get("value") if isinstance(value, dict) else value


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int | float)
