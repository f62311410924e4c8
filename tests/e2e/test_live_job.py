"""A job as it runs: progress over a cut connection, the map before its end."""

import base64
import json
import time
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, WebSocketRoute, expect

from tests.e2e.browser import Visitor
from tests.e2e.system import PASSWORD, USER, Client, System

pytestmark = [pytest.mark.browser, pytest.mark.services, pytest.mark.data]
CUT_MS = 10_000
END_MS = 180_000
MORE_THAN = "count => parseInt(document.querySelector('#units').textContent) > count"
# A tile with a pixel that is not clear.
COLOURED = """() => [...document.querySelectorAll('.growing-tile img')].some((image) => {
  if (!image.complete || !image.naturalWidth) return false;
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 256;
  const context = canvas.getContext('2d');
  context.drawImage(image, 0, 0);
  const data = context.getImageData(0, 0, 256, 256).data;
  return data.some((value, at) => at % 4 === 3 && value === 255);
})"""


@pytest.fixture
def visitor(browser: Browser, system: System) -> Visitor:
    return Visitor(browser, system.base, viewport={"width": 1280, "height": 800})


class Line:
    """The connection of a page for live news; it can be cut and mended."""

    def __init__(self, page: Page) -> None:
        self.is_cut = False
        self.opened = 0
        self._sockets: list[WebSocketRoute] = []
        page.route_web_socket("**/ws/jobs/**", self._open)
        page.route("**/events/?since=*", self._asked)

    def _open(self, socket: WebSocketRoute) -> None:
        if self.is_cut:
            socket.close()
            return
        self.opened += 1
        self._sockets.append(socket)
        socket.connect_to_server()

    def _asked(self, route: Any) -> None:
        if self.is_cut:
            route.abort()
        else:
            route.continue_()

    def cut(self) -> None:
        self.is_cut = True
        for socket in self._sockets:
            socket.close()
        self._sockets.clear()

    def mend(self) -> None:
        self.is_cut = False


def done_of(page: Page) -> int:
    return int(page.locator("#units").inner_text().split(" of ")[0].replace(",", ""))


def test_progress_goes_on_after_the_connection_was_cut_for_ten_seconds(
    visitor: Visitor, system: System
) -> None:
    client = system.client()
    project = client.post("projects/", {"slug": "live", "name": "Live", "grid": "native"})
    # Long enough that work is left when the page has found its way back.
    work = {"columns": 20, "rows": 20, "work_ms": 250}
    body = {"project": project["id"], "workflow": "self_check", "parameters": work}
    visitor.log_in(USER, PASSWORD)
    line = Line(visitor.page)
    job = client.post("jobs/", body)
    page = visitor.goto(f"/jobs/{job['id']}/")
    expect(page.locator("#live-state")).to_have_text("Following live")
    page.wait_for_function(MORE_THAN, arg=4)

    line.cut()
    expect(page.locator("#live-state")).to_contain_text("asking every 15 s")
    page.wait_for_timeout(500)
    seen = done_of(page)
    page.wait_for_timeout(CUT_MS)
    assert done_of(page) == seen, "nothing can be heard over a cut line"
    line.mend()

    expect(page.locator("#live-state")).to_have_text("Following live", timeout=40_000)
    page.wait_for_function(MORE_THAN, arg=seen)
    assert line.opened == 2, "one new connection"
    expect(page.locator("#job-status")).to_have_attribute("data-status", "finished", timeout=END_MS)
    expect(page.locator("#units")).to_have_text("400 of 400")
    visitor.assert_no_complaints()


def test_a_map_is_seen_before_its_job_is_finished(visitor: Visitor, system: System) -> None:
    client = system.client()
    job = launched(client, system)
    release = paused_amid(client, job)
    visitor.log_in(USER, PASSWORD)
    page = visitor.goto(f"/jobs/{job['id']}/")
    page.wait_for_function(COLOURED)
    expect(page.locator("#job-status")).not_to_have_attribute("data-status", "finished")
    shown = client.get(f"jobs/{job['id']}/layers/")["results"][0]
    assert shown["status"] == "building"
    assert 0 < shown["building"]["blocks"] < shown["building"]["total"]
    assert client.get("layers/", project=job["project"])["count"] == 0

    page.get_by_role("button", name="Resume").click()
    expect(page.locator("#job-status")).to_have_attribute("data-status", "finished", timeout=END_MS)
    published = client.get(f"jobs/{job['id']}/layers/")["results"][0]
    assert published["status"] == "published"
    assert release_of(published) == release_of(release), "the same release, so the same address"
    page.wait_for_function(COLOURED)
    visitor.assert_no_complaints()


def release_of(layer: dict[str, Any]) -> str:
    """Return which release the address of a layer's tiles names; its expiry may differ."""
    payload = layer["tiles"].split("/")[2].split(".")[0]
    return str(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["r"])


def launched(client: Client, system: System) -> dict[str, Any]:
    """Launch a map of nine small blocks of Romania."""
    root = system.data_root / "romania-s2-hrl"
    grid = {"crs": "EPSG:3035", "resolution": [10, 10], "origin": [5_420_000, 2_550_000]}
    body = {"slug": "growing", "name": "Growing", "grid": grid | {"block_size": 64}}
    project = client.post("projects/", body)
    place = {"project": project["id"], "href": str(root)}
    client.finished(client.post("catalog/imports/", place, expect=202))
    made = {"project": project["id"], "name": "Points", "purpose": "training"}
    sample_set = client.post("sample-sets/", made)
    labels = root / "items" / "reference-hrl-tcd-2018" / "labels.gpkg"
    with labels.open("rb") as stream:
        imported = client.post(
            f"sample-sets/{sample_set['id']}/import/",
            expect=202,
            files={"file": (labels.name, stream)},
            data={"layer": "points", "class_field": "class_name", "create_classes": "true"},
        )
    client.finished(imported)
    features = [
        {"name": f"{band}_p050", "source": band, "statistic": "p050"} for band in ("B04", "B08")
    ]
    feature_set = client.post(
        "feature-sets/", {"project": project["id"], "name": "Medians", "features": features}
    )
    parameters = {
        "sample_set": sample_set["id"],
        "feature_set": feature_set["id"],
        "scenes": {"datetime": "2017-01-01/2018-12-31"},
        "hyperparameters": {"n_estimators": 20},
        "outputs": ["class"],
    }
    body = {"project": project["id"], "workflow": "train_and_map", "parameters": parameters}
    return dict(client.post("jobs/", body))


def paused_amid(client: Client, job: dict[str, Any]) -> dict[str, Any]:
    """Pause as soon as the map shows its first block; returns what is built."""
    limit = time.monotonic() + END_MS / 1000
    while time.monotonic() < limit:
        shown = client.get(f"jobs/{job['id']}/layers/")["results"]
        if shown:
            client.post(f"jobs/{job['id']}/pause/", expect=200)
            return dict(shown[0])
        time.sleep(0.1)
    raise AssertionError(client.get(f"jobs/{job['id']}/"))
