"""Areas of interest by mouse, by keyboard, by name and from a file."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from apps.aois.models import AreaOfInterest
from apps.core.enums import Role
from tests.builders.vectors import bow_tie, square, vector_file
from tests.e2e.browser import Visitor
from tests.e2e.system import PASSWORD as SYSTEM_PASSWORD
from tests.e2e.system import USER, System
from tests.factories import PASSWORD, make_member, make_user
from tests.factories.production import Production, make_production

pytestmark = [pytest.mark.browser]
AREA_NAME = "Retezat clearing"
BOX_TEXT = "22.15, 45.21, 22.19, 45.24"


@pytest.fixture
def production(rows_beside_a_browser: None, transactional_db: Any) -> Production:
    return make_production(make_user(username="manager"))


@pytest.fixture
def page(browser: Browser, live_server: Any, production: Production) -> Page:
    return areas_page(browser, live_server.url, production, "manager").page


def areas_page(browser: Browser, base: str, production: Production, who: str) -> Visitor:
    person = Visitor(browser, base, viewport={"width": 1440, "height": 900})
    address = f"/projects/{production.project.slug}/areas/"
    page = person.log_in(who, PASSWORD, then=address)
    expect(row(page, AREA_NAME)).to_be_visible()
    return person


def row(page: Page, name: str) -> Locator:
    return page.locator("#areas-rows").get_by_role("row").filter(has_text=name)


def click_corners(page: Page, corners: list[tuple[int, int]]) -> None:
    box = page.locator("#map").bounding_box()
    assert box is not None
    for x, y in corners:
        page.mouse.move(box["x"] + x, box["y"] + y)
        page.mouse.click(box["x"] + x, box["y"] + y)


@pytest.mark.django_db(transaction=True)
def test_an_area_is_drawn_by_clicking(page: Page) -> None:
    page.get_by_role("button", name="Polygon").click()
    expect(page.locator(".marker-icon.cursor-marker")).to_have_count(1)
    click_corners(page, [(300, 300), (500, 300), (500, 450)])
    page.mouse.move(400, 500)
    expect(page.locator("#areas-live")).to_contain_text("km²")
    click_corners(page, [(300, 300)])
    page.get_by_label("Name", exact=True).fill("Drawn")
    page.get_by_role("button", name="Save area").click()
    expect(row(page, "Drawn")).to_have_attribute("aria-selected", "true")
    drawn = AreaOfInterest.objects.get(name="Drawn")
    assert len(drawn.geometry[0][0]) == 4


@pytest.mark.django_db(transaction=True)
def test_a_crossing_is_shown_where_it_is_and_is_not_saved(page: Page) -> None:
    page.get_by_role("button", name="Polygon").click()
    expect(page.locator(".marker-icon.cursor-marker")).to_have_count(1)
    click_corners(page, [(300, 300), (600, 450), (600, 300), (300, 450), (300, 300)])
    form = page.get_by_role("form", name="New area")
    expect(form).to_contain_text("The outline crosses itself near longitude")
    expect(page.locator("#map")).to_contain_text("Crosses itself here")
    expect(page.get_by_role("button", name="Save area")).to_be_disabled()
    assert AreaOfInterest.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_area_is_written_edited_and_deleted_by_keyboard(page: Page) -> None:
    page.keyboard.press("x")
    corners = page.get_by_label("Corners")
    expect(corners).to_be_focused()
    corners.fill("22.15, 45.21, 22.19")
    expect(page.get_by_role("form")).to_contain_text("Line 1: write longitude and latitude")
    corners.fill(BOX_TEXT)
    page.get_by_label("Name", exact=True).fill("Written")
    page.keyboard.press("Enter")
    expect(row(page, "Written")).to_have_attribute("aria-selected", "true")

    page.keyboard.press("e")
    page.get_by_label("Name", exact=True).fill("Renamed")
    page.keyboard.press("Enter")
    expect(row(page, "Renamed")).to_be_visible()
    assert AreaOfInterest.objects.get(name="Renamed").revision == 2

    page.keyboard.press("Delete")
    page.get_by_role("button", name="Delete area").click()
    expect(row(page, "Renamed")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(row(page, "Renamed")).to_be_visible()


@pytest.mark.django_db(transaction=True)
def test_two_people_on_one_area_lose_nothing(page: Page, production: Production) -> None:
    row(page, AREA_NAME).click()
    page.get_by_role("button", name="Edit").click()
    AreaOfInterest.objects.update(name="Theirs", revision=2)
    page.get_by_label("Name", exact=True).fill("Mine")
    page.get_by_role("button", name="Save area").click()
    dialog = page.get_by_role("dialog", name="Somebody changed this area meanwhile")
    expect(dialog).to_contain_text("Theirs")
    expect(dialog).to_contain_text("Mine")
    page.keyboard.press("Escape")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Mine")
    page.get_by_role("button", name="Save area").click()
    page.get_by_role("button", name="Keep mine as a new area").click()
    expect(row(page, "Mine")).to_be_visible()
    expect(row(page, "Theirs")).to_be_visible()
    assert sorted(AreaOfInterest.objects.values_list("name", flat=True)) == ["Mine", "Theirs"]


@pytest.mark.django_db(transaction=True)
def test_countries_and_cells_are_picked(page: Page) -> None:
    page.get_by_role("button", name="Pick…").click()
    page.get_by_role("searchbox", name="Search").fill("luxem")
    page.get_by_role("checkbox", name="Luxembourg").check()
    page.get_by_role("button", name="Create one area").click()
    expect(row(page, "Luxembourg")).to_have_attribute("aria-selected", "true")
    assert AreaOfInterest.objects.get(name="Luxembourg").area_km2 == pytest.approx(2_586, rel=0.03)

    page.get_by_role("button", name="Pick…").click()
    page.get_by_role("button", name="European grid").click()
    search = page.get_by_role("searchbox", name="Search")
    for code in ("100kmE52N25", "100kmE53N25"):
        search.fill(code)
        search.press("Enter")
        expect(page.get_by_role("region", name="Pick outlines")).to_contain_text(code)
    search.fill("E52N25")
    search.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("write it like 100kmE42N26")
    page.get_by_label("One merged area").check()
    page.get_by_label("Name of the merged area").fill("Two cells")
    page.get_by_role("button", name="Create one area").click()
    expect(row(page, "Two cells")).to_be_visible()
    assert AreaOfInterest.objects.get(name="Two cells").area_km2 == pytest.approx(20_000, rel=0.01)


@pytest.mark.django_db(transaction=True)
def test_a_cut_or_too_large_upload_keeps_the_file(page: Page, tmp_path: Path) -> None:
    page.get_by_role("button", name="Upload…").click()
    dialog = page.get_by_role("dialog", name="Upload areas")
    wrong = tmp_path / "area.kml"
    wrong.write_text("<kml/>")
    dialog.get_by_label("File", exact=True).set_input_files(wrong)
    expect(dialog).to_contain_text("is no GeoJSON, GeoPackage or zipped Shapefile")

    file = vector_file(tmp_path / "areas.gpkg", {"North": square(22.15, 45.21)}, "EPSG:3035")
    dialog.get_by_label("File", exact=True).set_input_files(file)
    page.route("**/api/v1/aois/import/", lambda route: route.abort("connectionreset"))
    dialog.get_by_role("button", name="Upload", exact=True).click()
    expect(dialog.get_by_role("alert")).to_contain_text("was cut. Nothing was imported")
    expect(dialog.get_by_role("button", name="Try again")).to_be_focused()

    problem = '{"status": 413, "title": "Too large", "detail": "File is larger than 200 MB."}'
    page.unroute("**/api/v1/aois/import/")
    page.route("**/api/v1/aois/import/", lambda route: route.fulfill(status=413, body=problem))
    dialog.get_by_role("button", name="Try again").click()
    expect(dialog.get_by_role("alert")).to_contain_text("larger than 200 MB")


@pytest.mark.django_db(transaction=True)
def test_a_viewer_sees_areas_but_no_way_to_change_them(
    browser: Browser, live_server: Any, production: Production
) -> None:
    viewer = make_member(production.project, Role.VIEWER)
    page = areas_page(browser, live_server.url, production, viewer.username).page
    row(page, AREA_NAME).click()
    expect(page.get_by_role("button", name="Zoom", exact=True)).to_be_visible()
    for name in ("Polygon", "Upload…", "Pick…", "Edit", "Delete…"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)


@pytest.mark.services
def test_a_file_in_another_crs_is_uploaded_row_by_row(
    browser: Browser, system: System, tmp_path: Path
) -> None:
    client = system.client()
    project = client.post("projects/", {"name": "Areas by file", "slug": "areas-by-file"})
    person = Visitor(browser, system.base, viewport={"width": 1440, "height": 900})
    page = person.log_in(USER, SYSTEM_PASSWORD, then=f"/projects/{project['slug']}/areas/")
    file = vector_file(
        tmp_path / "areas.zip",
        {"North": square(22.15, 45.21), "Bow": bow_tie(22.2, 45.2)},
        "EPSG:32634",
    )
    page.get_by_role("button", name="Upload…").click()
    dialog = page.get_by_role("dialog", name="Upload areas")
    dialog.get_by_label("File", exact=True).set_input_files(file)
    dialog.get_by_role("button", name="Upload", exact=True).click()
    refused = dialog.get_by_role("table", name="Refused rows")
    expect(refused).to_contain_text("crosses itself near longitude 22.21", timeout=90_000)
    dialog.get_by_role("button", name="Import the other rows").click()
    dialog.get_by_role("button", name="Show on the map").click(timeout=90_000)
    expect(row(page, "North")).to_have_attribute("aria-selected", "true")
    [area] = client.get("aois/", project=project["id"])["features"]
    assert area["bbox"] == pytest.approx([22.15, 45.21, 22.17, 45.23], abs=1e-5)
    person.assert_no_complaints()
