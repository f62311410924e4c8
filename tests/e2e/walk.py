"""Every page of the site with an address that shows something: one list for all who visit pages.

A page whose address has a parameter that ``Found`` does not know fails the walk: add it here.
"""

import re
from dataclasses import dataclass
from typing import Any

from apps.core.views import PageAccessMixin
from tests.architecture.routes import Route, routes

# Pieces of pages, and what answers only to POST.
NO_PAGES = re.compile(r"/parts/|^logout/$")
# Parameters of addresses that ``found_in`` fills in.
KNOWN = (
    *("slug", "project_slug", "workflow", "job_id", "layer_id"),
    *("version_id", "first", "second", "set_id", "feature_set_id"),
)
# States that look like pages of their own, and what a wrong address shows.
EXTRAS = {
    "nothing": "/there/is/no/such/page/",
    "project-samples-set": "/projects/{slug}/samples/?set={set_id}",
    "project-features-copy": "/projects/{slug}/features/new/?copy={feature_set_id}",
    "project-samples-import": "/projects/{slug}/samples/?set={set_id}&import=1",
    "project-map-linked": "/projects/{slug}/map/?mode=grid",
    "project-map-remarks": "/projects/{slug}/map/?panel=remarks",
    "project-map-difference": "/projects/{slug}/map/?panel=difference",
}


class NoEntry(Exception):
    """A page that the walk cannot reach."""


@dataclass(frozen=True)
class Stop:
    """``name`` is also that of its screenshots."""

    name: str
    address: str


@dataclass(frozen=True)
class Found:
    """What stands in addresses: a project in which the main job was done."""

    slug: str
    values: dict[str, str]

    def address(self, route: Route) -> str:
        missing = [name for name in route.parameters if name not in self.values]
        if missing:
            text = f"{route.pattern}: tests/e2e/walk.py does not say what {missing[0]} is."
            raise NoEntry(text)
        return route.path(**self.values)


def found_in(get: Any, slug: str) -> Found:
    """Ask the API (``get(path, **query)``) for the objects of a project."""
    project = next(row for row in get("projects/")["results"] if row["slug"] == slug)

    def rows_of(path: str) -> list[dict[str, Any]]:
        return list(get(path, project=project["id"])["results"])

    kinds = ("jobs", "model-versions", "layers", "sample-sets", "feature-sets")
    jobs, versions, layers, sets, feature_sets = (rows_of(f"{name}/") for name in kinds)
    job = next((row for row in jobs if row["workflow"] == "train_and_map"), jobs[0])
    values = (
        *(slug, slug, "train_and_map", job["id"], layers[0]["id"]),
        *(versions[0]["id"], versions[0]["id"], versions[-1]["id"], sets[0]["id"]),
        feature_sets[0]["id"],
    )
    return Found(slug, dict(zip(KNOWN, values, strict=True)))


def page_routes() -> list[Route]:
    """Return the routes that answer a person's GET with a page."""
    return [
        route
        for route in routes()
        if isinstance(route.view, type)
        and issubclass(route.view, PageAccessMixin)
        and "get" in route.methods
        and not NO_PAGES.search(route.pattern)
    ]


def walk(found: Found) -> list[Stop]:
    """Return every page once, by name."""
    stops = [Stop(name_of(route), found.address(route)) for route in page_routes()]
    extras = [Stop(name, text.format(**found.values)) for name, text in EXTRAS.items()]
    return sorted([*stops, *extras], key=lambda stop: stop.name)


def name_of(route: Route) -> str:
    """``projects/<slug:slug>/map/`` is ``project-map``; a detail page is its noun alone."""
    parts = [part for part in route.pattern.split("/") if part]
    if not parts:
        return "projects"
    words = [part for part in parts if "<" not in part]
    if route.parameters:
        words[0] = words[0].removesuffix("s")
    if len(parts) > 3 and "<" in parts[-1] and words[0] == "project":
        words.append(route.parameters[-1])
    return "-".join(words)
