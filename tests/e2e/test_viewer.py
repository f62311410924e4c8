"""A viewer walks over every page of a project and is offered nothing that is not theirs."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser import Visitor
from tests.e2e.system import PASSWORD, USER, VIEWER, MainJob, System
from tests.e2e.walk import Found, Stop, found_in, walk

pytestmark = [pytest.mark.browser, pytest.mark.services, pytest.mark.data]
DESK = {"width": 1440, "height": 900}
# Verbs that change a project or start work, as controls begin with them.
ACTS = re.compile(
    r"^(add class|another set|cancel|change|classes|create|delete|draw|edit|freeze|import|launch|"
    r"leave out|new|pause|pin|point|polygon|predict|promote|rectangle|retire|resume|retry|save|"
    r"take in|take the view|train|try again|undo|redo|upload|use in launch)\b",
    re.IGNORECASE,
)
# Anybody of an organisation may create a project; the style guide acts on nothing.
THEIRS = {"projects": {"New project"}}
NOT_OF_A_PROJECT = {"styleguide"}
# Names of things lead to their pages: jobs and forms are called like what they do.
NAMES_OF_THINGS = "nav *, a.main"
CONTROLS = """(names) => [...document.querySelectorAll(
    "button, a[href], input[type=submit], [role=button], [role=menuitem]")]
  .filter((node) => node.checkVisibility() && !node.disabled && !node.matches(names)
    && node.getAttribute("aria-disabled") !== "true")
  .map((node) => (node.getAttribute("aria-label") || node.innerText).replace(/\\s+/g, " ").trim())
"""


@pytest.fixture
def found(system: System, main_job: MainJob) -> Found:
    client = system.client()
    member = {"username": VIEWER, "role": "viewer"}
    client.post(f"projects/{main_job.project['id']}/members/", member)
    return found_in(client.get, main_job.slug)


def test_a_viewer_sees_no_action_that_is_not_theirs(
    browser: Browser, system: System, found: Found
) -> None:
    viewer = entered(browser, system, VIEWER)
    stops = [stop for stop in walk(found) if stop.name not in NOT_OF_A_PROJECT]
    seen = {stop.name: offers(viewer, stop) for stop in stops}
    wrong = {name: sorted(acts) for name, acts in seen.items() if acts}
    assert not wrong
    viewer.assert_no_complaints()


def test_the_same_walk_finds_what_a_manager_may_do(
    browser: Browser, system: System, found: Found
) -> None:
    manager = entered(browser, system, USER)
    stops = {stop.name: stop for stop in walk(found)}
    named = ("project-areas", "project-scenes", "project-samples-set", "project-jobs", "job")
    assert all(offers(manager, stops[name]) for name in named)


def test_pages_of_a_viewer_are_refused_by_the_api_too(
    browser: Browser, system: System, found: Found, main_job: MainJob
) -> None:
    page = entered(browser, system, VIEWER).page
    project = main_job.project["id"]
    made = {"project": project, "name": "Mine"}
    tries = {
        "sample-sets/": made,
        "feature-sets/": made | {"features": []},
        "catalog/imports/": {"project": project, "href": "romania-s2-hrl"},
        "jobs/": {"project": project, "workflow": "train_and_map", "parameters": {}},
        "remarks/": {"type": "Feature", "geometry": None, "properties": {"project": project}},
        "aois/": {"type": "Feature", "geometry": None, "properties": made},
        f"jobs/{main_job.job['id']}/retry/": {},
    }
    key = next(row["value"] for row in page.context.cookies() if "csrf" in row["name"])
    headers = {"X-CSRFToken": key, "Referer": system.base}
    answers = {
        path: page.request.post(f"{system.base}/api/v1/{path}", data=body, headers=headers).status
        for path, body in tries.items()
    }
    assert set(answers.values()) == {403}, answers


def entered(browser: Browser, system: System, who: str) -> Visitor:
    person = Visitor(browser, system.base, viewport=DESK)
    page = person.log_in(who, PASSWORD)
    expect(page.get_by_role("heading", name="Projects")).to_be_visible(timeout=30_000)
    return person


def offers(person: Visitor, stop: Stop) -> set[str]:
    """Return the names of the enabled controls of a page that would change something."""
    page = person.goto(stop.address)
    page.wait_for_load_state("networkidle")
    return {name for name in controls(page) if ACTS.search(name)} - THEIRS.get(stop.name, set())


def controls(page: Page) -> list[str]:
    return list(page.evaluate(CONTROLS, NAMES_OF_THINGS))
