"""The control board: choosing areas, retrying, and a job followed while it runs."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from apps.aois.models import AreaOfInterest
from tests.e2e.browser import Visitor
from tests.e2e.system import PASSWORD as SYSTEM_PASSWORD
from tests.e2e.system import USER, System
from tests.factories import PASSWORD, make_user
from tests.factories.production import LAT, LON, Production, make_production, square

pytestmark = [pytest.mark.browser]


@pytest.fixture
def production(rows_beside_a_browser: None, transactional_db: Any) -> Production:
    made = make_production(make_user(username="manager"))
    for n in (1, 2):
        AreaOfInterest.objects.create(
            project=made.project, name=f"East {n}", geometry=square(LON + 0.1 * n, LAT), area_km2=20
        )
    return made


def board(browser: Browser, base: str, production: Production, width: int = 1440) -> Page:
    person = Visitor(browser, base, viewport={"width": width, "height": 860})
    page = person.log_in("manager", PASSWORD, then=f"/projects/{production.project.slug}/")
    expect(page.locator(".board-map path.leaflet-interactive")).to_have_count(3)
    return page


@pytest.mark.django_db(transaction=True)
def test_areas_are_chosen_by_keyboard_and_lead_to_launch(
    browser: Browser, live_server: Any, production: Production
) -> None:
    page = board(browser, live_server.url, production)
    page.keyboard.press("t")
    table = page.get_by_role("region", name="Areas as a table")
    expect(table.get_by_role("searchbox")).to_be_focused()
    table.get_by_role("searchbox").fill("east")
    expect(table.get_by_role("rowheader")).to_have_count(2)
    table.get_by_role("checkbox", name="Choose all shown areas").check()
    bar = page.get_by_role("toolbar", name="Chosen areas")
    expect(bar).to_contain_text("2 areas chosen")
    expect(bar).to_contain_text("40")
    link = bar.get_by_role("link", name="Launch on these…").get_attribute("href")
    ids = AreaOfInterest.objects.filter(name__startswith="East").values_list("pk", flat=True)
    assert link is not None
    assert {str(pk) for pk in ids} == {part.split("=")[1] for part in link.split("?")[1].split("&")}
    with page.expect_download() as download:
        bar.get_by_role("button", name="Export GeoJSON").click()
    rows = json.loads(download.value.path().read_text())["features"]
    assert [row["properties"]["stage"] for row in rows] == ["model_ready", "model_ready"]
    page.keyboard.press("Escape")
    expect(bar).to_be_hidden()


@pytest.mark.django_db(transaction=True)
def test_a_lasso_chooses_what_it_encloses(
    browser: Browser, live_server: Any, production: Production
) -> None:
    page = board(browser, live_server.url, production)
    page.get_by_role("button", name="Lasso").click()
    expect(page.locator("#map")).to_have_class(re.compile("lasso-on"))
    box = page.locator("#map").bounding_box()
    assert box is not None
    left, top = box["x"] + 20, box["y"] + 60
    right, bottom = box["x"] + box["width"] - 60, box["y"] + box["height"] - 60
    page.mouse.move(left, top)
    page.mouse.down()
    for x, y in [(right, top), (right, bottom), (left, bottom)]:
        page.mouse.move(x, y, steps=4)
    page.mouse.up()
    expect(page.get_by_role("toolbar", name="Chosen areas")).to_contain_text("3 areas chosen")
    expect(page).to_have_url(re.compile("areas="))


@pytest.mark.django_db(transaction=True)
def test_a_phone_tells_what_is_stuck_and_can_retry(
    browser: Browser, live_server: Any, production: Production
) -> None:
    production.failed.runs.update(error={"class": "infra", "message": "A worker was lost."})
    page = board(browser, live_server.url, production, width=390)
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(status=202, content_type="application/json", body="{}")

    page.route("**/api/v1/jobs/*/retry/", answer)
    page.locator("#board-stuck").get_by_role("button", name="Retry").click()
    expect(page.get_by_role("status").filter(has_text="started again")).to_be_visible()
    assert any(str(production.failed.pk) in url for url in asked)
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0


@pytest.mark.services
@pytest.mark.data
def test_a_running_job_is_followed_without_a_reload(browser: Browser, system: System) -> None:
    client = system.client()
    project = client.post("projects/", {"name": "Board", "slug": "board-live"})
    person = Visitor(browser, system.base, viewport={"width": 1440, "height": 900})
    page = person.log_in(USER, SYSTEM_PASSWORD, then=f"/projects/{project['slug']}/")
    steps = page.get_by_role("region", name="From imagery to map")
    strip = page.get_by_role("region", name="Where the production stands")
    expect(steps.get_by_role("link", name="Import a catalogue")).to_be_visible()
    expect(strip.get_by_role("link", name="0 scenes", exact=True)).to_be_visible()
    page.evaluate("window.stayed = true")

    # The import is too quick to be seen under way on every machine, this work is not.
    work = {"columns": 10, "rows": 12, "work_ms": 250}
    body = {"project": project["id"], "workflow": "self_check", "parameters": work}
    row = page.locator(f'[data-job="{client.post("jobs/", body)["id"]}"]')
    expect(row).to_be_visible(timeout=30_000)
    href = str(system.data_root / "romania-s2-hrl")
    client.post("catalog/imports/", {"project": project["id"], "href": href}, expect=202)
    expect(strip.get_by_role("link", name=re.compile(r"^[1-9]\d* scenes$"))).to_be_visible(
        timeout=180_000
    )
    expect(row).to_have_count(0, timeout=180_000)
    expect(steps).to_contain_text("scenes in the catalogue")
    assert page.evaluate("window.stayed") is True
    person.assert_no_complaints()
