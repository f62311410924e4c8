"""What the map review does while it is open: renewal, new releases, remarks, comparison."""

import hashlib
import json
import re
import time
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.e2e.browser import Visitor
from tests.e2e.system import PASSWORD, USER, Client, MainJob, System
from tests.e2e.test_map_review import COUNT_COLOUR, LOADED, WAIT_MS
from workers.contracts.tiles import TileToken, token_read, token_sign

pytestmark = [pytest.mark.browser, pytest.mark.services, pytest.mark.data]
DESK = {"width": 1440, "height": 900}
JOB_MS = 180_000
MINUTE_MS = 61_000


@pytest.fixture(scope="module")
def client(system: System) -> Client:
    return system.client()


@pytest.fixture(scope="module")
def second(client: Client, main_job: MainJob) -> dict[str, Any]:
    """Another map of the same place, from fewer scenes; its job may be run again."""
    parameters = {
        "model_version": main_job.job["outputs"]["model_version"],
        "outputs": ["class"],
        "scenes": {"datetime": "2018-04-01/2018-08-31"},
    }
    body = {"project": main_job.project["id"], "workflow": "predict_map", "parameters": parameters}
    job = client.finished(client.post("jobs/", body))
    return dict(client.get(f"layers/{job['outputs']['layers'][0]}/"))


@pytest.fixture
def visitor(browser: Browser, system: System, main_job: MainJob) -> Iterator[Visitor]:
    person = Visitor(browser, system.base, viewport=DESK)
    person.log_in(USER, PASSWORD, then=f"/projects/{main_job.slug}/")
    person.page.wait_for_url(f"**/projects/{main_job.slug}/")
    yield person
    person.assert_no_complaints()


@pytest.fixture
def opened(visitor: Visitor, main_job: MainJob) -> Callable[..., Page]:
    """Return how to open the map review with a query and wait for its first tile."""

    def open_map(query: str = "") -> Page:
        page = visitor.goto(f"/projects/{main_job.slug}/map/{query}")
        expect(page.locator(LOADED).first).to_be_visible(timeout=WAIT_MS)
        return page

    return open_map


def side(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name, exact=True)


def eventually(page: Page, holds: Callable[[], bool]) -> None:
    """Wait until something that only a look at the pixels tells is so."""
    limit = time.monotonic() + WAIT_MS / 1000
    while not holds():
        assert time.monotonic() < limit, "It is not so after half a minute."
        page.wait_for_timeout(100)


def token_of(address: str) -> str:
    return address.split("/tiles/")[1].split("/")[0]


def release_drawn(page: Page, keys: dict[str, bytes]) -> str:
    """Return which release the first tile on the map is of."""
    source = page.locator(LOADED).first.get_attribute("src")
    assert source
    return token_read(token_of(source), keys, 0.0).r


@pytest.fixture
def keys(system: System) -> dict[str, bytes]:
    """The keys by which the running system signs tile addresses."""
    secret = (system.folder / "secret_key").read_text().strip()
    return {"k1": hashlib.sha256(f"tiles:{secret}".encode()).digest()}


def test_an_expired_address_is_renewed_without_a_word(
    visitor: Visitor, opened: Callable[..., Page], keys: dict[str, bytes], main_job: MainJob
) -> None:
    page, old = visitor.page, ""
    gone: list[str] = []

    def hand_out_expired(route: Route) -> None:
        nonlocal old
        layer = route.fetch().json()
        good = token_of(layer["tiles"])
        old = token_sign(expired(token_read(good, keys, 0.0)), keys)
        layer["tiles"] = layer["tiles"].replace(good, old)
        route.fulfill(status=200, content_type="application/json", body=json.dumps(layer))

    address = re.compile(rf"/api/v1/layers/{main_job.layer['id']}/(\?release=\d+)?$")
    page.route(address, hand_out_expired, times=1)
    page.on("response", lambda told: gone.append(told.url) if told.status == 410 else None)
    opened(f"?layer={main_job.layer['id']}")
    assert gone
    assert all(old in url for url in gone)
    shown = page.locator(LOADED).first
    expect(shown).not_to_have_attribute("src", re.compile(re.escape(old)))
    source = shown.get_attribute("src") or ""
    assert token_read(token_of(source), keys, 0.0).r == token_read(old, keys, 0.0).r
    expect(page.locator("#map-notices .notice")).to_have_count(0)
    expect(page.locator(".entry-sub .notice:visible")).to_have_count(0)


def expired(token: TileToken) -> TileToken:
    return token.model_copy(update={"e": 1})


def test_a_new_release_is_offered_and_shown_when_asked(
    visitor: Visitor,
    opened: Callable[..., Page],
    keys: dict[str, bytes],
    client: Client,
    second: dict[str, Any],
) -> None:
    page = visitor.page
    page.clock.install()
    opened(f"?layer={second['id']}")
    note = page.get_by_role("list", name="Stack").locator("> li").first.locator("small")
    number = client.get(f"layers/{second['id']}/")["release"]
    expect(note).to_have_text(f"classes · release {number}")
    before = release_drawn(page, keys)
    client.finished(client.post(f"jobs/{second['job']}/retry/", expect=None))
    page.clock.fast_forward(MINUTE_MS)
    notice = page.locator("#map-notices")
    expect(notice).to_contain_text(f"has a new release, {number + 1}", timeout=WAIT_MS)
    expect(note).to_have_text(f"classes · release {number}")
    assert release_drawn(page, keys) == before
    notice.get_by_role("button", name="Show new release").click()
    expect(note).to_have_text(f"classes · release {number + 1}", timeout=WAIT_MS)
    expect(notice.locator(".notice")).to_have_count(0)
    old = page.locator(LOADED).first.get_attribute("src") or ""
    expect(page.locator(LOADED).first).to_be_visible(timeout=WAIT_MS)
    assert release_drawn(page, keys) != before, old


def test_a_remark_is_left_assigned_resolved_and_found_by_its_link(
    visitor: Visitor, opened: Callable[..., Page]
) -> None:
    words = f"The edge of the wood is too far east ({uuid4().hex[:8]})."
    visitor.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = opened()
    page.keyboard.press("m")
    panel = side(page, "Remarks")
    panel.get_by_role("button", name="New remark").click()
    place = panel.locator(".remark-place .mono")
    middle = place.inner_text()
    page.locator("#map").click(position={"x": 560, "y": 260})
    expect(place).not_to_have_text(middle)
    panel.get_by_label("What should be looked at?").fill(words)
    panel.get_by_role("button", name="Pin remark").click()
    expect(panel.get_by_text(re.compile(r"^Remark \d+$"))).to_be_visible(timeout=WAIT_MS)
    history = panel.get_by_role("list", name="History").get_by_role("listitem")
    expect(history).to_have_count(1)
    panel.get_by_label("Assignee").select_option(label=USER)
    panel.get_by_label("Status").select_option("resolved")
    panel.get_by_label("Comment").fill("It was moved.")
    panel.get_by_role("button", name="Save").click()
    expect(history).to_have_count(2, timeout=WAIT_MS)
    expect(history.first).to_contain_text("changed the status from Open to Resolved")
    expect(history.first).to_contain_text(f"the assignee from nothing to {USER}")
    expect(history.first).to_contain_text("It was moved.")
    panel.get_by_role("button", name="Link").click()
    expect(page.get_by_text("Link to the remark copied.")).to_be_visible()
    link = page.evaluate("navigator.clipboard.readText()")
    page.goto("about:blank")
    page.goto(link)
    expect(panel.locator(".badge")).to_have_text("Resolved", timeout=WAIT_MS)
    expect(panel.get_by_label("Assignee").locator("option:checked")).to_have_text(USER)
    pin = page.get_by_role("button", name=re.compile(rf"^Remark \d+, Resolved: {re.escape(words)}"))
    expect(pin.locator(".remark-pin")).to_be_in_viewport()
    panel.get_by_role("button", name="All remarks").click()
    panel.get_by_label("Which remarks").select_option("closed")
    expect(panel.get_by_role("button", name=re.compile(re.escape(words)))).to_be_visible()
    pin.press("Enter")
    expect(history).to_have_count(2, timeout=WAIT_MS)


def test_text_of_a_new_remark_outlives_a_look_at_the_list(opened: Callable[..., Page]) -> None:
    page = opened("?panel=remarks")
    panel = side(page, "Remarks")
    panel.get_by_role("button", name="New remark").click()
    panel.get_by_role("button", name="Pin remark").click()
    text = panel.get_by_label("What should be looked at?")
    expect(text).to_be_focused()  # the browser says itself that it must not be empty
    text.fill("Half a thought")
    expect(page.locator(".remark-pin.draft")).to_be_visible()
    panel.get_by_role("button", name="All remarks").click()
    expect(page.locator(".remark-pin.draft")).to_have_count(0)
    panel.get_by_role("button", name="New remark").click()
    expect(text).to_have_value("Half a thought")


def test_a_pixel_names_its_nearest_samples_and_leads_to_them(opened: Callable[..., Page]) -> None:
    page = opened()
    page.keyboard.press("i")
    near = side(page, "Pixel").get_by_role("region", name="Nearest samples")
    rows = near.get_by_role("listitem")
    expect(rows).to_have_count(3, timeout=WAIT_MS)
    expect(rows.first).to_contain_text(re.compile(r"forest.*(here|\d k?m).*HRL points", re.DOTALL))
    link = rows.first.get_by_role("link")
    wanted = (link.get_attribute("href") or "").split("sample=")[1].split("&")[0]
    link.click()
    expect(page).to_have_url(re.compile(f"/samples/.*sample={wanted}"))
    expect(page.locator("#sample")).to_contain_text("forest", timeout=WAIT_MS)


def test_two_maps_are_compared_and_a_cell_shows_where(
    opened: Callable[..., Page], main_job: MainJob, second: dict[str, Any]
) -> None:
    page = opened("?panel=difference")
    panel = side(page, "Difference")
    panel.get_by_label("Before").select_option(main_job.layer["id"])
    panel.get_by_label("After").select_option(second["id"])
    panel.get_by_role("button", name="Compare").click()
    table = panel.get_by_role("table", name="Changes, the largest first")
    expect(table).to_be_visible(timeout=JOB_MS)
    expect(panel).to_contain_text(re.compile(r"\d+\.\d\d % changed"))
    drawn = "#map .layer-tiles img.leaflet-tile-loaded"
    unchanged = [drawn, "#e2e6eb"]
    eventually(page, lambda: page.evaluate(COUNT_COLOUR, unchanged) > 1000)
    cell = table.get_by_role("button", name=re.compile("show where .* became")).first
    with page.expect_response(lambda answer: "classes=" in answer.url) as answer:
        cell.click()
    assert answer.value.ok
    expect(cell).to_have_attribute("aria-pressed", "true")
    eyes = page.get_by_role("list", name="Stack").locator('.entry-eye[aria-pressed="true"]')
    expect(eyes).to_have_count(1)
    eventually(
        page,
        lambda: page.evaluate(COUNT_COLOUR, unchanged) == 0 and page.evaluate(ANY_PIXEL, drawn) > 0,
    )
    panel.get_by_role("button", name="Show all changes").click()
    expect(eyes).not_to_have_count(1)
    expect(cell).to_have_attribute("aria-pressed", "false")
    eventually(page, lambda: page.evaluate(COUNT_COLOUR, unchanged) > 1000)


@pytest.fixture(scope="module")
def terrain(system: System, client: Client) -> str:
    """A project that holds elevation and slope, and no imagery; returns its slug."""
    slug = f"terrain-{uuid4().hex[:6]}"
    project = client.post("projects/", {"slug": slug, "name": "Terrain"})
    item = system.data_root / "belgium-s1-s2-monthly" / "items" / "static-terrain"
    body = {"project": project["id"], "href": str(item / "static-terrain.json")}
    client.finished(client.post("catalog/imports/", body, expect=202))
    return slug


def test_a_static_layer_is_added_coloured_and_linked(visitor: Visitor, terrain: str) -> None:
    page = visitor.goto(f"/projects/{terrain}/map/")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_role("button", name="Add static-terrain").click()
    page.get_by_role("button", name="Done").click()
    stack = page.get_by_role("list", name="Stack")
    expect(stack.locator("small")).to_contain_text("static", timeout=WAIT_MS)
    stack.get_by_role("button", name="static-terrain", exact=True).click()
    page.get_by_role("button", name="Zoom", exact=True).click()
    tile = page.locator(LOADED).first
    expect(tile).to_be_visible(timeout=WAIT_MS)
    eventually(page, lambda: page.evaluate(ANY_PIXEL, LOADED) > 0)
    stack.get_by_label("Colours").select_option("viridis")
    expect(tile).to_have_attribute("src", re.compile("ramp=viridis"), timeout=WAIT_MS)
    bands = stack.get_by_label("Bands")
    other = bands.locator("option").last.get_attribute("value") or ""
    bands.select_option(other)
    expect(stack.locator("small")).to_have_text(f"static · {other}", timeout=WAIT_MS)
    expect(page).to_have_url(re.compile(rf"stack=t\.[0-9a-f-]+\*b{other}\*cviridis"))
    # Without the view, as the catalogue links to it: the map goes where the layer lies.
    page.goto(re.sub(r"&?view=[^&]+", "", page.url))
    expect(stack.locator("small")).to_have_text(f"static · {other}", timeout=WAIT_MS)
    expect(tile).to_be_visible(timeout=WAIT_MS)
    expect(page.locator("#map-notices .notice")).to_have_count(0)


ANY_PIXEL = """(selector) => {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 256;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  let count = 0;
  for (const tile of document.querySelectorAll(selector)) {
    context.clearRect(0, 0, 256, 256);
    context.drawImage(tile, 0, 0, 256, 256);
    const { data } = context.getImageData(0, 0, 256, 256);
    for (let at = 3; at < data.length; at += 4) count += data[at] > 0;
  }
  return count;
}"""
