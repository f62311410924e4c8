"""Finding things of a project by name."""

from typing import Any

import pytest

from apps.dashboard.selectors.shell import shell_of
from apps.projects.models import Project
from tests.factories import api_as, make_member, make_user
from tests.factories.production import Production, make_production

pytestmark = pytest.mark.django_db
PATH = "/api/v1/search/"


@pytest.fixture
def production() -> Production:
    return make_production(make_user(username="manager"))


def found(user: Any, project: Project, text: str) -> list[dict[str, str]]:
    answer = api_as(user).get(PATH, {"project": str(project.pk), "q": text})
    assert answer.status_code == 200, answer.content
    results: list[dict[str, str]] = answer.json()["results"]
    return results


def test_each_kind_is_found_by_its_name(production: Production) -> None:
    viewer = make_member(production.project)
    names = {
        "layer": production.layer.name,
        "model": production.model.map_model.name,
        "area": "retezat CLEARING",
        "job": str(production.running.pk)[:8],
    }
    for kind, name in names.items():
        hits = [hit for hit in found(viewer, production.project, name) if hit["kind"] == kind]
        assert hits, (kind, name)
        assert hits[0]["url"].startswith("/")


def test_every_word_must_fit_and_nothing_finds_nothing(production: Production) -> None:
    manager = production.project.memberships.get().user
    assert found(manager, production.project, "Retezat nonsense") == []
    assert found(manager, production.project, "   ") == []


def test_a_stranger_finds_nothing(production: Production) -> None:
    answer = api_as(make_user()).get(PATH, {"project": str(production.project.pk), "q": "a"})
    assert answer.status_code == 404


def test_a_long_query_is_refused(production: Production) -> None:
    manager = production.project.memberships.get().user
    query = {"project": str(production.project.pk), "q": "x" * 101}
    assert api_as(manager).get(PATH, query).status_code == 400


def test_the_rail_counts_jobs_that_wait_for_a_person(production: Production) -> None:
    manager = production.project.memberships.get().user
    run = production.running.runs.get()
    run.state, run.pause_reason = "paused", "user"
    run.save()
    assert jobs_count(manager, production.project) == 0
    run.pause_reason = "failure_budget"
    run.save()
    assert jobs_count(manager, production.project) == 1


def jobs_count(user: Any, project: Project) -> int:
    rail = shell_of(user, project, "jobs")["rail"]
    return int(next(item["count"] for item in rail if item["icon"] == "jobs"))
