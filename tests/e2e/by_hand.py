"""A producer at a browser: every step of the main job, done by clicking and typing only."""

import re
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.e2e.browser import Visitor

PAGE_MS, WORK_MS = 30_000, 600_000
NOTHING_LEFT = "All saved"


@dataclass(frozen=True)
class Place:
    """Where a click goes, as shares of a map's width and height."""

    x: float
    y: float


def click_on_map(page: Page, *places: Place) -> None:
    box = page.locator("#map").bounding_box()
    assert box
    for place in places:
        x, y = box["x"] + box["width"] * place.x, box["y"] + box["height"] * place.y
        page.mouse.move(x, y)
        page.mouse.click(x, y)


def go(page: Page, name: str) -> None:
    """Follow a link of the rail."""
    page.get_by_role("navigation", name="Sections").get_by_role("link", name=name).click()


def project_create(visitor: Visitor, name: str, *, block: int | None = None) -> str:
    """Make a project; ``block`` None takes the grid of the imagery. Returns its address."""
    page = visitor.goto("/")
    page.get_by_role("button", name="New project").first.click()
    form = page.get_by_role("dialog", name="New project")
    form.get_by_label("Name").fill(name)
    form.get_by_label("Reference year").fill("2018")
    grid = form.get_by_label("Grid", exact=True).locator("visible=true").first
    grid.select_option("native" if block is None else "own")
    if block is not None:
        form.get_by_label("Block").fill(str(block))
    form.get_by_role("button", name="Create project").click()
    expect(page).to_have_url(re.compile(r"/projects/[\w-]+/$"), timeout=PAGE_MS)
    return page.url.removeprefix(visitor.base)


def catalogue_import(page: Page, path: Path) -> None:
    go(page, "Scenes")
    page.get_by_role("button", name="Import…").click()
    page.get_by_label("Address or path").fill(str(path))
    page.get_by_role("button", name="Import", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Done:", timeout=WORK_MS)
    dialog.get_by_role("button", name="Show the scenes").click()
    expect(scene_rows(page).first).to_be_visible(timeout=PAGE_MS)


def area_draw(page: Page, name: str, *corners: Place) -> None:
    go(page, "Areas")
    page.get_by_role("button", name="Polygon").click()
    expect(page.locator(".marker-icon.cursor-marker")).to_have_count(1)
    click_on_map(page, *corners, corners[0])
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("button", name="Save area").click()
    row = page.locator("#areas-rows").get_by_role("row").filter(has_text=name)
    expect(row).to_have_attribute("aria-selected", "true", timeout=PAGE_MS)


def scene_rows(page: Page) -> Locator:
    return page.get_by_role("table", name="Scenes").locator("tbody tr")


def in_selection(page: Page) -> int:
    text = page.locator("#totals").inner_text()
    found = re.search(r"([\d,]+) in a selection", text)
    assert found, text
    return int(found[1].replace(",", ""))


def scenes_pick(page: Page, name: str, *, cloud: int) -> int:
    """Search by period and cloud, leave one scene out, freeze the rest. Returns their number."""
    go(page, "Scenes")
    expect(page.locator("#totals")).to_contain_text("in a selection", timeout=PAGE_MS)
    everything = in_selection(page)
    page.get_by_label("From").fill("2018-01-01")
    page.get_by_label("To", exact=True).fill("2018-12-31")
    page.get_by_label("Maximum cloud cover").fill(str(cloud))
    expect(page.locator("#totals")).not_to_contain_text(f"{everything:,} in a selection")
    expect(page).to_have_url(re.compile(f"cloud={cloud}"))
    found = in_selection(page)
    assert 1 < found < everything
    scene_rows(page).first.get_by_role("checkbox").check()
    marked = page.get_by_role("toolbar", name="Marked scenes")
    marked.get_by_role("button", name="Leave out…").click()
    page.get_by_label("Reason").fill("Haze")
    page.get_by_role("button", name="Leave out", exact=True).click()
    expect(page.locator("#totals")).to_contain_text(f"{found - 1} in a selection")
    if marked.is_visible():
        marked.get_by_role("button", name="Unmark").click()
    page.get_by_role("button", name="Freeze selection…").click()
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Freeze", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Checksum", timeout=PAGE_MS)
    dialog.get_by_role("button", name="Close", exact=True).first.click()
    return found - 1
