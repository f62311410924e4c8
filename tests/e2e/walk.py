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
EXTRAS = {"nothing": "/there/is/no/such/page/"}


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

    def newest(path: str, **query: Any) -> dict[str, Any]:
        rows = get(path, project=project["id"], **query)["results"]
        return dict(rows[0]) if rows else {}

    jobs = get("jobs/", project=project["id"])["results"]
    job = next((row for row in jobs if row["workflow"] == "train_and_map"), jobs[0])
    values = {
        "slug": slug,
        "project_slug": slug,
        "workflow": "train_and_map",
        "job_id": job["id"],
        "version_id": newest("model-versions/").get("id", ""),
        "layer_id": newest("layers/").get("id", ""),
    }
    return Found(slug, {name: value for name, value in values.items() if value})


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
    extras = [Stop(name, address) for name, address in EXTRAS.items()]
    return sorted([*stops, *extras], key=lambda stop: stop.name)


def name_of(route: Route) -> str:
    """``projects/<slug:slug>/map/`` is ``project-map``; a detail page is its noun alone."""
    words = [part for part in route.pattern.split("/") if part and "<" not in part]
    if not words:
        return "projects"
    if words[0] == "projects" and route.parameters:
        return "-".join(["project", *words[1:]])
    return "-".join([words[0].removesuffix("s") if route.parameters else words[0], *words[1:]])
