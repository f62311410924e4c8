"""The main job in a browser: the map that exists, then the same job again, watched live."""

import json
import re

import pytest
from playwright.sync_api import Browser, Page, WebSocket, expect

from tests.e2e.browser import Visitor
from tests.e2e.system import PASSWORD, USER, MainJob, System

pytestmark = [pytest.mark.browser, pytest.mark.services, pytest.mark.data]
TILE = ".layer-tiles img.leaflet-tile-loaded"
JOB_MS = 600_000


@pytest.fixture
def visitor(browser: Browser, system: System) -> Visitor:
    return Visitor(browser, system.base, viewport={"width": 1440, "height": 900})


def test_map_shows_the_layer_and_the_same_job_finishes_live(
    visitor: Visitor, main_job: MainJob, system: System
) -> None:
    layer_id = main_job.layer["id"]
    page = visitor.log_in(USER, PASSWORD, then=f"/projects/{main_job.slug}/")
    page.click(".rail >> text=Map")

    page.wait_for_function("layer => location.search.includes(layer)", arg=layer_id)
    assert_layer_is_shown(page, main_job)
    probe_the_middle(page)

    visitor.goto(f"/jobs/{main_job.job['id']}/")
    expect(page.locator("#job-status")).to_contain_text("Finished")
    page.click("text=Launch again…")
    page.wait_for_selector("#launch-form")
    assert page.input_value('[data-path="parameters.seed"]') == "7"
    assert page.input_value('[data-path="parameters.scenes.datetime"]') == "2018-01-01/2018-12-31"

    before = system.client().get("jobs/", project=main_job.project["id"])["count"]
    frames = frames_of(page)
    page.dblclick("#launch-button")
    page.wait_for_url(re.compile(r"/jobs/[0-9a-f-]{36}/$"))
    assert main_job.job["id"] not in page.url, "a new job"

    status = page.locator("#job-status")
    expect(status).to_have_attribute("data-status", "finished", timeout=JOB_MS)
    expect(page.locator("#percent")).to_contain_text("100.0")
    assert frames, "the page heard of it over its socket"
    assert {json.loads(frame)["type"] for frame in frames} & {"state", "counters", "step", "blocks"}
    expect(page.locator(".output-list a").first).to_be_visible()
    after = system.client().get("jobs/", project=main_job.project["id"])["count"]
    assert after == before + 1, "two clicks, one job"

    page.locator(".output-list a").first.click()
    page.wait_for_selector(TILE)
    visitor.assert_no_complaints()


def test_wrong_password_is_told_plainly(visitor: Visitor) -> None:
    page = visitor.log_in(USER, "not the password")
    expect(page.locator('[role="alert"]').first).to_be_visible()
    assert "/login/" in page.url


def test_model_page_shows_the_matrix_of_the_job(visitor: Visitor, main_job: MainJob) -> None:
    version = main_job.job["outputs"]["model_version"]
    page = visitor.log_in(USER, PASSWORD, then=f"/models/{version}/")
    expect(page.locator("table.matrix tbody tr")).to_have_count(2)
    expect(page.locator("table.matrix tbody td.hit").first).not_to_be_empty()
    visitor.assert_no_complaints()


def frames_of(page: Page) -> list[str]:
    """Return a list that fills with what the page's sockets receive."""
    frames: list[str] = []

    def follow(socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: frames.append(str(frame)))

    page.on("websocket", follow)
    return frames


def assert_layer_is_shown(page: Page, main_job: MainJob) -> None:
    page.wait_for_selector(TILE)
    widths = page.eval_on_selector_all(TILE, "tiles => tiles.map(tile => tile.naturalWidth)")
    assert widths
    assert set(widths) == {256}
    rows = page.get_by_role("list", name="Classes of").locator("li")
    expect(rows).to_have_count(len(main_job.layer["legend"]))
    first = main_job.layer["legend"][0]
    expect(rows.first).to_contain_text(str(first["code"]))
    expect(rows.first).to_contain_text(first["name"])
    expect(rows.first.locator(f'rect[fill="{first["color"]}"]')).to_have_count(1)


def probe_the_middle(page: Page) -> None:
    """Click the middle of the map: the class there, and the series it came from."""
    box = page.locator("#map").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    pixel = page.get_by_role("region", name="Pixel")
    expect(pixel.locator(".value-line")).to_be_visible(timeout=30_000)
    expect(pixel.locator(".chart svg")).to_be_visible(timeout=30_000)
    expect(page).to_have_url(re.compile("point="))
    pixel.get_by_role("button", name="Close the panel").click()
    expect(pixel).to_be_hidden()
