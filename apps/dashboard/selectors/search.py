"""What a project holds, found by name: rows for the command palette."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse

from apps.aois.selectors import aois_visible_to
from apps.catalog.selectors import scenes_visible_to
from apps.dashboard.domain.status import job_badge
from apps.jobs.selectors import job_status, job_visible_to
from apps.layers.selectors import layers_visible_to
from apps.modelling.selectors import feature_sets_visible_to, model_versions_visible_to
from apps.products.selectors import workflows_public
from apps.samples.selectors import sample_sets_visible_to

PER_KIND = 6


@dataclass(frozen=True)
class Hit:
    """``hint`` says what tells it from others of its name."""

    kind: str
    name: str
    hint: str
    url: str


def project_search(user: Any, project: Any, text: str) -> list[dict[str, str]]:
    """Return objects of a project whose name holds every word, a few of each kind."""
    words = text.split()[:6]
    if not words:
        return []
    return [asdict(hit) for find in FINDERS for hit in find(user, project, words)]


def _named(rows: QuerySet[Any], project: Any, words: list[str], *columns: str) -> QuerySet[Any]:
    """Rows of the project where each word stands in one of the columns, newest first."""
    found = rows.filter(project=project)
    for word in words:
        either = Q()
        for column in columns:
            either |= Q(**{f"{column}__icontains": word})
        if (key := _uuid_or_none(word)) is not None:
            either |= Q(pk=key)
        found = found.filter(either)
    return found.order_by("-created_at")[:PER_KIND]


def _uuid_or_none(word: str) -> UUID | None:
    try:
        return UUID(word)
    except ValueError:
        return None


def _jobs(user: Any, project: Any, words: list[str]) -> Iterator[Hit]:
    titles = {row.slug: row.title for row in workflows_public()}
    wanted = [word.lower() for word in words]
    fitting = [slug for slug, title in titles.items() if all(w in title.lower() for w in wanted)]
    named = Q(workflow__in=fitting)
    if len(words) == 1:
        named |= Q(pk__startswith=wanted[0])
    rows = job_visible_to(user).filter(named, project=project)
    for job in rows.order_by("-created_at")[:PER_KIND]:
        title = titles.get(job.workflow, job.workflow.replace("_", " ").capitalize())
        hint = f"{job_badge(job_status(job)).word}, {job.created_at:%d %b %H:%M}, {str(job.pk)[:8]}"
        yield Hit("job", title, hint, reverse("dashboard:job", args=[job.pk]))


def _layers(user: Any, project: Any, words: list[str]) -> Iterator[Hit]:
    for layer in _named(layers_visible_to(user), project, words, "name", "role"):
        hint = f"{layer.role}, release {layer.current_release.number}"
        yield Hit("layer", layer.name, hint, _page("map", project, f"?layer={layer.pk}"))


def _models(user: Any, project: Any, words: list[str]) -> Iterator[Hit]:
    rows = model_versions_visible_to(user).select_related("map_model")
    for row in _named(rows, project, words, "map_model__name", "region__name", "classifier"):
        url = reverse("dashboard:model-version", args=[row.pk])
        yield Hit("model", str(row), f"{row.status}, {row.classifier}", url)


def _sample_sets(user: Any, project: Any, words: list[str]) -> Iterator[Hit]:
    for row in _named(sample_sets_visible_to(user), project, words, "name", "slug", "purpose"):
        hint = f"{row.purpose}, {row.live_count:,} samples"
        yield Hit("sample set", row.name, hint, _page("samples", project, f"?set={row.pk}"))


def _feature_sets(user: Any, project: Any, words: list[str]) -> Iterator[Hit]:
    rows = feature_sets_visible_to(user).prefetch_related(None)
    for row in _named(rows, project, words, "name"):
        url = reverse("dashboard:feature-set", args=[project.slug, row.pk])
        yield Hit("feature set", row.name, f"{len(row.features):,} features", url)


def _areas(user: Any, project: Any, words: list[str]) -> Iterator[Hit]:
    for row in _named(aois_visible_to(user), project, words, "name"):
        hint = f"{row.area_km2:,.0f} km²" if row.area_km2 else ""
        yield Hit("area", row.name, hint, _page("areas", project, f"?area={row.pk}"))


def _scenes(user: Any, project: Any, words: list[str]) -> Iterator[Hit]:
    rows = scenes_visible_to(user).prefetch_related(None)
    for row in _named(rows, project, words, "item_id", "platform"):
        hint = f"{row.datetime:%d %b %Y}" if row.datetime else ""
        yield Hit("scene", row.item_id, hint, _page("scenes", project, f"?scene={row.pk}"))


def _page(name: str, project: Any, query: str) -> str:
    return reverse(f"dashboard:{name}", args=[project.slug]) + query


FINDERS: tuple[Callable[[Any, Any, list[str]], Iterator[Hit]], ...] = (
    _layers,
    _models,
    _sample_sets,
    _feature_sets,
    _areas,
    _jobs,
    _scenes,
)
