"""The catalogue in a real browser: search, leave out, tiles, import with progress and errors."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser import Visitor
from tests.e2e.system import PASSWORD, USER, MainJob, System

pytestmark = pytest.mark.browser
SIZE = {"width": 1440, "height": 900}


@pytest.fixture
def visitor(browser: Browser, system: System) -> Iterator[Visitor]:
    person = Visitor(browser, system.base, viewport=SIZE)
    person.log_in(USER, PASSWORD)
    person.page.set_default_timeout(15_000)
    yield person
    person.assert_no_complaints()


def opened(visitor: Visitor, main_job: MainJob, query: str = "") -> Page:
    page = visitor.goto(f"/projects/{main_job.slug}/scenes/{query}")
    expect(page.get_by_role("table", name="Scenes").locator("tbody tr").first).to_be_visible()
    expect(page.locator("#totals")).to_contain_text("in a selection")
    return page


def figure(page: Page, word: str) -> int:
    text = page.locator("#totals").inner_text()
    found = re.search(rf"([\d,]+) {word}", text)
    assert found, text
    return int(found[1].replace(",", ""))


def test_a_cloud_limit_narrows_list_totals_and_address(visitor: Visitor, main_job: MainJob) -> None:
    page = opened(visitor, main_job)
    before = figure(page, "scenes")
    page.get_by_label("Maximum cloud cover").fill("10")
    expect(page.locator("#totals")).not_to_contain_text(f"{before} scenes")
    narrowed = figure(page, "scenes")
    assert 0 < narrowed < before
    expect(page.get_by_role("navigation", name="Pages of the list")).to_contain_text(
        f"of {narrowed}"
    )
    assert "cloud=10" in page.url
    page.reload()
    expect(page.locator("#totals")).to_contain_text(f"{narrowed} scenes")
    launch = page.get_by_role("link", name="Use in launch")
    expect(launch).to_have_attribute("href", re.compile("cloud_cover_max=10"))


def test_the_brush_sets_the_period_by_keyboard(visitor: Visitor, main_job: MainJob) -> None:
    page = opened(visitor, main_job)
    first = page.get_by_role("slider", name="First day")
    first.focus()
    page.keyboard.press("PageUp")
    expect(page).to_have_url(re.compile("datetime="))
    expect(page.get_by_label("From")).not_to_have_value("")
    expect(page.get_by_role("button", name="All dates")).to_be_visible()
    page.get_by_role("button", name="All dates").click()
    expect(page.get_by_label("From")).to_have_value("")


def test_a_scene_left_out_is_gone_from_the_selection_and_comes_back(
    visitor: Visitor, main_job: MainJob
) -> None:
    page = opened(visitor, main_job)
    before = figure(page, "in a selection")
    page.get_by_role("checkbox", name=re.compile("^Mark S2")).first.check()
    page.get_by_role("toolbar", name="Marked scenes").get_by_role(
        "button", name="Leave out…"
    ).click()
    page.get_by_label("Reason").fill("Haze")
    page.get_by_role("button", name="Leave out", exact=True).click()
    expect(page.locator("#totals")).to_contain_text(f"{before - 1} in a selection")
    expect(page.get_by_role("table", name="Scenes")).to_contain_text("left out")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#totals")).to_contain_text(f"{before} in a selection")


def test_a_scene_is_shown_as_tiles_and_stepped_by_keys(visitor: Visitor, main_job: MainJob) -> None:
    page = opened(visitor, main_job, "?cloud=5")
    page.locator(".scene-name").first.click()
    panel = page.get_by_role("region", name="Scene", exact=True)
    expect(panel).to_contain_text("Bands B04, B03, B02")
    expect(page.locator("img.layer-tiles, .layer-tiles img").first).to_be_visible()
    day = panel.get_by_role("heading").inner_text()
    page.locator("#screen").press("d")
    expect(panel.get_by_role("heading")).not_to_have_text(day)
    panel.get_by_label("One band").select_option("B08")
    expect(panel).to_contain_text("Bands B08")
    assert "style=B08" in page.url
    assert "scene=" in page.url


def test_a_wrong_path_is_told_at_its_field_and_a_right_one_is_followed(
    visitor: Visitor, main_job: MainJob
) -> None:
    page = opened(visitor, main_job)
    page.get_by_role("button", name="Import…").click()
    field = page.get_by_label("Address or path")
    go = page.get_by_role("button", name="Import", exact=True)
    field.fill("/etc/passwd")
    go.click()
    expect(page.locator("#import-error")).to_contain_text("outside the allowed roots")
    expect(field).to_have_value("/etc/passwd")
    expect(field).to_have_attribute("aria-invalid", "true")
    field.fill("romania-s2-hrl")
    go.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("items found", timeout=30_000)
    expect(dialog).to_contain_text("unchanged", timeout=60_000)
    page.get_by_role("button", name="Show the scenes").click()
    expect(page.get_by_role("table", name="Scenes")).to_be_visible()


def test_a_selection_is_frozen_from_the_screen(visitor: Visitor, main_job: MainJob) -> None:
    page = opened(visitor, main_job, "?cloud=5")
    count = figure(page, "in a selection")
    page.get_by_role("button", name="Freeze selection…").click()
    page.get_by_label("Name").fill("Clear sky")
    page.get_by_role("button", name="Freeze", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Checksum")
    expect(dialog).to_contain_text(str(count))
    use = dialog.get_by_role("link", name="Use in launch")
    expect(use).to_have_attribute("href", re.compile(r"scene_selection=[0-9a-f-]{36}"))
