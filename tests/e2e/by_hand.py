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
    grid = form.get_by_role("combobox", name="Grid")
    grid.select_option("native" if block is None else "own")
    if block is not None:
        form.get_by_label("Block").fill(str(block))
    form.get_by_role("button", name="Create project").click()
    expect(page).to_have_url(re.compile(r"/projects/[\w-]+/$"), timeout=PAGE_MS)
    return str(page.url).removeprefix(visitor.base)


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
    asked = ("/overview/", "datetime=2018-01-01", f"cloud_cover_max={cloud}")
    with page.expect_response(lambda answer: all(part in answer.url for part in asked)) as told:
        page.get_by_label("Maximum cloud cover").fill(str(cloud))
    found = int(told.value.json()["selectable"])
    expect(page.locator("#totals")).to_contain_text(f"{found} in a selection", timeout=PAGE_MS)
    assert 1 < found < everything
    pages = page.get_by_role("navigation", name="Pages of the list")
    expect(pages).to_contain_text(f"of {found}", timeout=PAGE_MS)
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


def set_create(page: Page, name: str) -> None:
    go(page, "Samples")
    page.get_by_role("button", name="New set…").first.click()
    form = page.get_by_role("dialog", name="New sample set")
    form.get_by_label("Name").fill(name)
    form.get_by_role("button", name="Create set").click()
    expect(page.locator("#set")).to_contain_text(name, timeout=PAGE_MS)


def set_open(page: Page, name: str) -> None:
    go(page, "Samples")
    page.get_by_role("main").get_by_role("link", name=name, exact=True).click()
    expect(page.locator("#set")).to_contain_text(name, timeout=PAGE_MS)


def samples_import(page: Page, file: Path, *, class_field: str, layer: str = "") -> int:
    """Import a file into the set that is open. Returns how many samples it has then."""
    name = page.locator("#set option:checked").inner_text()
    page.get_by_role("button", name="Import…").click()
    dialog = page.get_by_role("dialog", name="Import into")
    dialog.get_by_label("File", exact=True).set_input_files(file)
    dialog.get_by_role("button", name="Read the file").click()
    column = dialog.get_by_label("Class", exact=True)
    expect(column).to_be_visible(timeout=WORK_MS)
    if layer:
        found = dialog.get_by_label("Layer").locator("option", has_text=layer)
        dialog.get_by_label("Layer").select_option(found.first.inner_text())
    column.select_option(class_field)
    dialog.get_by_role("button", name="Go on").click()
    dialog.get_by_role("button", name="Import", exact=True).click()
    expect(dialog).to_contain_text("samples imported.", timeout=WORK_MS)
    dialog.get_by_role("button", name="Show on the map").click()
    set_open(page, name)
    expect(sample_rows(page).first).to_be_visible(timeout=PAGE_MS)
    return samples_listed(page)


def sample_rows(page: Page) -> Locator:
    return page.locator("#rows tr")


def samples_listed(page: Page) -> int:
    pager = page.locator("#pager")
    expect(pager).to_contain_text(re.compile(r"of [\d,]+"), timeout=PAGE_MS)
    found = re.search(r"of ([\d,]+)", pager.inner_text())
    assert found
    return int(found[1].replace(",", ""))


def samples_are(page: Page, count: int) -> None:
    expect(page.locator("#saving")).to_have_text(NOTHING_LEFT, timeout=PAGE_MS)
    expect(page.locator("#pager")).to_contain_text(f"of {count:,}", timeout=PAGE_MS)


def point_draw(page: Page, place: Place, *, label: str) -> None:
    page.locator("#draw-class").select_option(label=label)
    page.get_by_role("button", name="Point").click()
    click_on_map(page, place)
    expect(page.locator("#sample")).to_contain_text(label)
    page.keyboard.press("Escape")


def polygon_draw(page: Page, *corners: Place, label: str) -> None:
    page.locator("#draw-class").select_option(label=label)
    page.get_by_role("button", name="Polygon").click()
    expect(page.locator(".leaflet-container.geoman-draw-cursor")).to_be_visible()
    click_on_map(page, *corners, corners[0])
    expect(page.locator("#sample")).to_contain_text("Polygon")
    page.keyboard.press("Escape")


def features_choose(page: Page, name: str, *, bands: tuple[str, ...], index: str) -> None:
    """Choose sources in the editor; the statistics are those that it begins with."""
    go(page, "Models")
    page.get_by_role("link", name="Feature sets").first.click()
    page.get_by_role("link", name="New feature set…").first.click()
    for group, source in (*(("Bands", band) for band in bands), ("Indices", index)):
        sources = page.get_by_role("group", name=group)
        sources.get_by_role("button", name=source, exact=True).click()
    made = page.get_by_role("table", name="Features", exact=True).get_by_role("textbox")
    expect(made).to_have_count(3 * (len(bands) + 1), timeout=PAGE_MS)
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("button", name="Save feature set").click()
    expect(page.get_by_role("row").filter(has_text=name)).to_be_visible(timeout=PAGE_MS)


def pick(page: Page, field: str, choice: str) -> None:
    # The field one can search takes the place of a plain select when the page has started.
    box = page.locator("input").and_(page.get_by_role("combobox", name=field))
    box.click()
    page.get_by_role("option").filter(has_text=choice).first.click()
    expect(box).to_have_value(re.compile(re.escape(choice)))


def job_launch(page: Page, *, samples: str, scenes: str, features: str, area: str) -> int:
    """Fill in the form and launch. Returns the number of blocks that the estimate told."""
    go(page, "Jobs")
    page.get_by_role("link", name="Train and map…").first.click()
    pick(page, "Sample set", samples)
    pick(page, "Scene selection", scenes)
    pick(page, "Feature set", features)
    page.get_by_role("checkbox", name=re.compile("^confidence", re.I)).check()
    scope = page.get_by_role("region", name="Scope")
    scope.get_by_role("button", name="Areas").click()
    scope.get_by_role("checkbox", name=area).check()
    blocks = page.locator("#estimate-blocks")
    expect(blocks).to_have_text(re.compile(r"^\d"), timeout=PAGE_MS)
    expect(page.locator("#estimate-time")).not_to_have_text("–")
    told = int(blocks.inner_text().replace(",", ""))
    page.click("#launch-button")
    expect(page).to_have_url(re.compile(r"/jobs/[0-9a-f-]{36}/$"), timeout=PAGE_MS)
    return told


def job_watch(page: Page, *, blocks: int) -> None:
    """Stay on the job's page, without a reload, until the map is there."""
    stayed = page.evaluate_handle("window.stayed = {}")
    status = page.locator("#job-status")
    expect(page.locator("#block-legend")).to_be_visible(timeout=WORK_MS)
    expect(status).to_have_attribute("data-status", "finished", timeout=WORK_MS)
    expect(page.locator('[data-block-count="done"]')).to_have_text(str(blocks))
    expect(page.locator("#percent")).to_contain_text("100.0")
    assert page.evaluate("stayed => window.stayed === stayed", stayed), "the page was not reloaded"


def map_review(page: Page, *, classes: tuple[str, ...]) -> None:
    """Open the first layer of the job; its legend; fade it by its slider."""
    page.locator(".output-list a").first.click()
    page.wait_for_selector(".layer-tiles img.leaflet-tile-loaded", timeout=PAGE_MS)
    legend = page.get_by_role("list", name="Classes of").first
    for name in classes:
        expect(legend).to_contain_text(name)
    slider = page.get_by_label(re.compile("^Opacity of")).first
    slider.focus()
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    expect(page).to_have_url(re.compile(r"\*o\d+"))
    expect(page.locator("#map .layer-tiles").first).not_to_have_css("opacity", "1")


def remark_leave(page: Page, text: str, place: Place) -> None:
    page.get_by_role("button", name="Remarks").first.click()
    panel = page.get_by_role("region", name="Remarks")
    panel.get_by_role("button", name=re.compile("New remark")).first.click()
    click_on_map(page, place)
    panel.get_by_label("What should be looked at?").fill(text)
    panel.get_by_role("button", name="Pin remark").click()
    expect(panel).to_contain_text("Remark 1", timeout=PAGE_MS)
    expect(panel).to_contain_text(text)


def matrix_read(page: Page, *, classes: int) -> float:
    """Open the newest model from the list and return its accuracy in spatial folds, percent."""
    go(page, "Models")
    page.locator("a.main").first.click()
    rows = page.locator("table.matrix tbody tr")
    expect(rows).to_have_count(classes, timeout=PAGE_MS)
    expect(page.locator("table.matrix td.hit").first).not_to_be_empty()
    spatial = page.locator(".figure").filter(has_text="Spatial folds").locator(".value")
    found = re.match(r"[\d.]+", spatial.inner_text())
    assert found
    return float(found[0])
