"""Map review in a browser: stack, comparison, pixels, links, and addresses that expire."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.bench.page import script_sizes
from tests.e2e.browser import Visitor
from tests.e2e.system import PASSWORD, USER, MainJob, System

pytestmark = [pytest.mark.browser, pytest.mark.services, pytest.mark.data]
LOADED = ".layer-tiles img.leaflet-tile-loaded"
WAIT_MS = 30_000
ROMANIA = {"width": 1440, "height": 900}
COUNT_COLOUR = """([selector, colour]) => {
  const wanted = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 256;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  let count = 0;
  for (const tile of document.querySelectorAll(selector)) {
    context.clearRect(0, 0, 256, 256);
    context.drawImage(tile, 0, 0, 256, 256);
    const { data } = context.getImageData(0, 0, 256, 256);
    for (let at = 0; at < data.length; at += 4) {
      count += data[at + 3] > 0 && wanted.every((value, n) => data[at + n] === value);
    }
  }
  return count;
}"""
PLACES = """(boxes) => boxes.map((box) => {
  const { left, top } = box.getBoundingClientRect();
  return Object.fromEntries([...box.querySelectorAll(".layer-tiles img")].map((tile) => {
    const { x, y } = tile.getBoundingClientRect();
    const name = new URL(tile.src).pathname.split("/").slice(-3).join("/");
    return [name, [Math.round(x - left), Math.round(y - top)]];
  }));
})"""


@pytest.fixture
def visitor(browser: Browser, system: System, main_job: MainJob) -> Iterator[Visitor]:
    """See the first map with its margin and a scene: other tests may map the place again."""
    person = Visitor(browser, system.base, viewport=ROMANIA)
    person.log_in(USER, PASSWORD)
    classes, margin = main_job.job["outputs"]["layers"]
    scene = system.client().get("catalog/scenes/", project=main_job.project["id"])["features"][0]
    stack = f"l.{classes},l.{margin}*h,s.{scene['id']}"
    person.goto(f"/projects/{main_job.slug}/map/?stack={stack}")
    person.page.wait_for_selector(LOADED, timeout=WAIT_MS)
    yield person
    person.assert_no_complaints()


def row_of(page: Page, note: str) -> Locator:
    """Return the row of the stack whose small print begins with a note."""
    named = page.get_by_text(re.compile(f"^{note} ·"))
    return page.get_by_role("list", name="Stack").locator("> li").filter(has=named)


def pane_of(page: Page, row: Locator) -> Locator:
    return page.locator(f'#map [data-entry="{row.get_attribute("data-key")}"]')


def read_middle(page: Page) -> Locator:
    page.keyboard.press("i")
    pixel = page.get_by_role("region", name="Pixel")
    expect(pixel.locator(".value-line")).to_be_visible(timeout=WAIT_MS)
    return pixel


def test_the_script_of_the_map_page_is_small() -> None:
    figures = script_sizes("src/entries/map.ts")
    print(figures)
    assert figures["all"] <= 80_000


def test_two_layers_are_stacked_reordered_and_faded_by_keyboard(visitor: Visitor) -> None:
    page = visitor.page
    classes, margin = row_of(page, "classes"), row_of(page, "confidence margin")
    page.keyboard.press("]")
    expect(margin).to_have_class(re.compile("selected"))
    page.keyboard.press("v")
    expect(pane_of(page, margin).locator("img").first).to_be_attached(timeout=WAIT_MS)
    page.keyboard.press("o")
    for _ in range(30):
        page.keyboard.press("ArrowLeft")
    expect(margin.locator("output")).to_have_text("70 %")
    expect(pane_of(page, margin).locator(".layer-tiles")).to_have_css("opacity", "0.7")
    below = int(pane_of(page, margin).evaluate("pane => pane.style.zIndex"))
    assert below < int(pane_of(page, classes).evaluate("pane => pane.style.zIndex"))
    margin.get_by_role("button", name=re.compile("^Move .*: drag")).focus()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("list", name="Stack").locator("> li").first).to_contain_text("margin")
    above = int(pane_of(page, margin).evaluate("pane => pane.style.zIndex"))
    assert above > int(pane_of(page, classes).evaluate("pane => pane.style.zIndex"))
    page.keyboard.press("t")
    table = page.get_by_role("dialog").get_by_role("row")
    expect(table.nth(1)).to_contain_text("70 %")


def test_the_swipe_line_moves_by_keyboard_and_names_both_sides(visitor: Visitor) -> None:
    page = visitor.page
    page.keyboard.press("s")
    line = page.get_by_role("slider", name="Swipe line")
    expect(line).to_be_focused()
    expect(line).to_have_attribute("aria-valuetext", re.compile("Scene .* left, .* right"))
    page.keyboard.press("ArrowRight")
    expect(line).to_have_attribute("aria-valuenow", "51")
    page.keyboard.press("Shift+ArrowLeft")
    expect(line).to_have_attribute("aria-valuenow", "41")
    clip = pane_of(page, row_of(page, "classes"))
    expect(clip).to_have_attribute("style", re.compile(r"clip-path: polygon"))
    expect(page).to_have_url(re.compile("mode=swipe.*swipe=41"))
    box = line.bounding_box()
    assert box
    assert (round(box["width"]), round(box["height"])) == (40, 40)
    page.keyboard.press("s")
    expect(line).to_be_hidden()
    expect(clip).not_to_have_attribute("style", re.compile("clip-path"))


def test_a_class_without_its_tick_leaves_the_picture(visitor: Visitor, main_job: MainJob) -> None:
    page = visitor.page
    page.wait_for_load_state("networkidle")
    rows = {row["code"]: row for row in main_job.layer["statistics"]["classes"]}
    entry = max(main_job.layer["legend"], key=lambda row: rows[row["code"]]["share"])
    assert page.evaluate(COUNT_COLOUR, [LOADED, entry["color"]]) > 1000
    tick = page.get_by_role("list", name="Classes of").get_by_role(
        "checkbox", name=re.compile(rf"^{entry['code']}\b")
    )
    with page.expect_response(lambda answer: "classes=" in answer.url) as answer:
        tick.uncheck()
    assert answer.value.ok
    page.wait_for_load_state("networkidle")
    assert page.evaluate(COUNT_COLOUR, [LOADED, entry["color"]]) == 0
    tick.check()
    page.wait_for_load_state("networkidle")
    assert page.evaluate(COUNT_COLOUR, [LOADED, entry["color"]]) > 1000


def test_linked_maps_move_together(visitor: Visitor) -> None:
    page = visitor.page
    page.keyboard.press("g")
    cells = page.locator(".cell-map")
    expect(cells).to_have_count(4)
    for n in (0, 3):
        expect(cells.nth(n).locator(LOADED).first).to_be_visible(timeout=WAIT_MS)
    before = cells.evaluate_all(PLACES)
    view = page.url
    cells.first.focus()
    page.keyboard.press("ArrowRight")
    expect(page).not_to_have_url(view)
    after = cells.evaluate_all(PLACES)
    shared = [name for name in after[0] if name in after[3] and name in before[0]]
    assert shared
    assert all(after[0][name] == after[3][name] for name in shared)
    assert any(after[0][name] != before[0][name] for name in shared)
    page.get_by_label("Shown in linked map 4").select_option(label="The whole stack")
    expect(page).to_have_url(re.compile("mode=grid.*cells="))
    page.keyboard.press("g")
    expect(cells).to_have_count(0)


def test_a_pixel_tells_class_margin_and_series_and_moves_by_arrow_keys(
    visitor: Visitor, main_job: MainJob
) -> None:
    page = visitor.page
    pixel = read_middle(page)
    names = "|".join(entry["name"] for entry in main_job.layer["legend"])
    expect(pixel.locator(".value-line")).to_contain_text(re.compile(names))
    expect(pixel.locator(".value-line")).to_contain_text("Margin")
    expect(pixel).to_contain_text("Imagery")
    expect(pixel.locator(".chart svg")).to_be_visible(timeout=WAIT_MS)
    expect(pixel).to_contain_text(re.compile(r"\d+ of \d+ dates valid"))
    place = pixel.locator(".pixel-place")
    expect(place).to_contain_text("EPSG:")
    before = place.inner_text()
    page.keyboard.press("ArrowRight")
    expect(place).not_to_have_text(before)
    pixel.get_by_text("Dates as a table").click()
    rows = pixel.locator(".series-table tbody tr")
    assert rows.count() > 5
    shown = rows.nth(2).get_by_role("button")
    shown.click()
    expect(pixel).to_contain_text("lies under the layer")
    expect(row_of(page, "true colour").get_by_role("button", name="Show Scene")).to_have_attribute(
        "aria-pressed", "true"
    )


def test_a_link_brings_another_person_the_same_view(visitor: Visitor) -> None:
    page = visitor.page
    page.keyboard.press("s")
    page.keyboard.press("ArrowRight")
    row_of(page, "classes").get_by_label("Opacity").fill("60")
    page.get_by_role("checkbox", name="Countries").uncheck()
    pixel = read_middle(page)
    expect(page).to_have_url(re.compile(r"(?=.*\*o60)(?=.*mode=swipe)(?=.*point=)"))
    expect(pixel.locator(".pixel-place")).to_contain_text("EPSG:")
    place = pixel.locator(".pixel-place").inner_text()
    value = pixel.locator(".value-line").inner_text()
    stack = page.get_by_role("list", name="Stack").locator("> li")
    names = stack.locator(".entry-name").all_inner_texts()
    page.goto(page.url)
    expect(stack.locator(".entry-name").last).to_have_text(names[-1], timeout=WAIT_MS)
    assert stack.locator(".entry-name").all_inner_texts() == names
    expect(row_of(page, "classes").locator("output")).to_have_text("60 %")
    expect(page.get_by_role("slider", name="Swipe line")).to_have_attribute("aria-valuenow", "51")
    expect(page.get_by_role("checkbox", name="Countries")).not_to_be_checked()
    expect(pixel.locator(".pixel-place")).to_have_text(place, use_inner_text=True, timeout=WAIT_MS)
    expect(pixel.locator(".value-line")).to_have_text(value, use_inner_text=True)


def test_tiles_that_cannot_be_had_are_explained_on_the_map(visitor: Visitor) -> None:
    page = visitor.page
    page.route("**/tiles/**", lambda route: route.fulfill(status=500, body="{}"))
    page.get_by_role("button", name="Zoom in").click()
    expect(page.locator("#map-notices")).to_contain_text("The tile server failed (500)")
