"""Two model versions side by side."""

from typing import Any

from apps.core.errors import NotFound
from apps.dashboard.domain.figures import percent
from apps.dashboard.domain.matrix import rate_of
from apps.dashboard.selectors.models import accuracy_figures, cv_of, model_badge
from apps.quality.selectors import assessments_visible_to


def comparison_page(user: Any, first: Any, second: Any) -> dict[str, Any]:
    """Return what the page shows; both versions are of one project.

    Raises:
        NotFound: the second is of another project.
    """
    if first.project_id != second.project_id:
        raise NotFound(f"There is no model version {second.pk} in this project.")
    return {
        "first": first,
        "second": second,
        "badges": [model_badge(version.status) for version in (first, second)],
        "figures": _figures(user, first, second),
        "classes": class_deltas(first, second),
        "facts": _facts(first, second),
        "features": feature_changes(first, second),
    }


def class_deltas(first: Any, second: Any) -> list[dict[str, Any]]:
    """Return F1, user's and producer's accuracy of every class in both, with the difference."""
    tables = [
        {int(row["code"]): row for row in cv_of(version).get("per_class") or ()}
        for version in (first, second)
    ]
    legend = {
        int(entry["code"]): entry for version in (second, first) for entry in version.classes or ()
    }
    return [
        {
            "code": code,
            "name": entry["name"],
            "color": entry["color"],
            "rates": [
                _pair(tables[0].get(code, {}).get(name), tables[1].get(code, {}).get(name))
                for name in ("f1", "users_accuracy", "producers_accuracy")
            ],
        }
        for code, entry in sorted(legend.items())
    ]


def feature_changes(first: Any, second: Any) -> dict[str, list[str]]:
    """Return names of features only in the second (added) and only in the first (removed)."""
    names = [
        [feature["name"] for feature in version.feature_set.features or ()]
        for version in (first, second)
    ]
    return {
        "added": [name for name in names[1] if name not in names[0]],
        "removed": [name for name in names[0] if name not in names[1]],
    }


def _figures(user: Any, first: Any, second: Any) -> list[dict[str, Any]]:
    both = [
        accuracy_figures(
            version,
            assessments_visible_to(user).filter(model_version=version).order_by("-created_at"),
        )
        for version in (first, second)
    ]
    return [
        {"title": a["title"], "first": a, "second": b, "delta": _points(a, b)}
        for a, b in zip(*both, strict=True)
    ]


def _points(a: dict[str, Any], b: dict[str, Any]) -> dict[str, str] | None:
    if not (a["measured"] and b["measured"]):
        return None
    return _signed(float(b["overall"].value) - float(a["overall"].value))


def _pair(a: Any, b: Any) -> dict[str, Any]:
    left, right = _value(a), _value(b)
    known = left is not None and right is not None
    return {
        "first": rate_of(a).value,
        "second": rate_of(b).value,
        "delta": _signed(100 * (right - left)) if known else None,  # type: ignore[operator]
    }


def _signed(points: float) -> dict[str, str]:
    rounded = round(points, 1)
    word = "better" if rounded > 0 else "worse" if rounded < 0 else "same"
    sign = "+" if rounded > 0 else "−" if rounded < 0 else "±"
    return {"text": f"{sign}{abs(rounded):.1f}", "word": word}


def _value(rate: Any) -> float | None:
    value = rate.get("value") if isinstance(rate, dict) else rate
    return None if value is None else float(value)


def _facts(first: Any, second: Any) -> list[dict[str, Any]]:
    def fact(name: str, of: Any) -> dict[str, Any]:
        left, right = of(first), of(second)
        return {"name": name, "first": left, "second": right, "differs": left != right}

    settings = sorted({*(first.hyperparameters or {}), *(second.hyperparameters or {})})
    return [
        fact("Classifier", lambda v: v.classifier),
        fact("Samples", lambda v: f"{v.sample_set_version}, {v.sample_set_version.count:,}"),
        fact("Scenes", lambda v: f"{v.scene_selection.count}"),
        fact("Features", lambda v: f"{v.feature_set.name}, {len(v.feature_set.features or ())}"),
        fact("Season", lambda v: v.season or "all years"),
        fact("Seed", lambda v: v.seed),
        fact("Macro F1", lambda v: percent(_value(cv_of(v).get("macro_f1")))),
        *(fact(name, lambda v, n=name: (v.hyperparameters or {}).get(n)) for name in settings),
    ]
