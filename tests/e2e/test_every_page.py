"""Every page: nothing serious for axe in both themes, and no wider than a phone."""

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.axe import grave_issues
from tests.e2e.browser import Visitor
from tests.e2e.system import PASSWORD, USER, MainJob, System
from tests.e2e.walk import KNOWN, Found, Stop, found_in, page_routes, walk

pytestmark = [pytest.mark.browser, pytest.mark.services, pytest.mark.data]
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
TO_DARK = "document.documentElement.dataset.theme = 'dark'"


def test_every_page_is_reached_by_the_walk() -> None:
    stops = walk(Found("p", dict.fromkeys(KNOWN, "x")))
    assert len({stop.name for stop in stops}) == len(stops) > len(page_routes())


def test_every_page_is_accessible_and_fits_a_phone(
    browser: Browser, system: System, main_job: MainJob
) -> None:
    found = found_in(system.client().get, main_job.slug)
    person = Visitor(browser, system.base, viewport=DESK, reduced_motion="reduce")
    person.log_in(USER, PASSWORD)
    wrong = [line for stop in walk(found) for line in issues_of(person, stop)]
    assert not wrong, "\n".join(wrong)
    person.assert_no_complaints()


def issues_of(person: Visitor, stop: Stop) -> list[str]:
    """Visit once; rules about colour run again in the dark, the width is measured last."""
    page = person.goto(stop.address)
    settle(page)
    found = [f"light: {line}" for line in grave_issues(page)]
    page.evaluate(TO_DARK)
    found += [f"dark: {line}" for line in grave_issues(page, only=("color-contrast",))]
    page.set_viewport_size(PHONE)
    if (over := person.overflow()) > 0:
        found.append(f"{over} px wider than 390 px")
    page.set_viewport_size(DESK)
    return [f"{stop.address}: {line}" for line in found]


def settle(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    assert page.locator("h1, .map-screen").count() >= 1, page.url
