"""Files become samples by clicking: what is in them, which column, which class, row by row."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from playwright.sync_api import Browser, Locator, Page, expect

from apps.core.enums import Role
from apps.jobs.models import Job
from apps.samples.services import sample_create, sample_set_create
from tests.builders.vectors import point_file
from tests.e2e.axe import grave_issues
from tests.e2e.browser import Visitor
from tests.e2e.system import PASSWORD as SYSTEM_PASSWORD
from tests.e2e.system import USER, System
from tests.factories import PASSWORD, make_member, make_project

pytestmark = [pytest.mark.browser]
JOB_MS = 120_000
ODD = "Ost;Nord;Bedeckung;Trakt\n22.15;45.20;Wald;a\n22.16;45.21;grass_land;a\n22.17;zz;Wald;b\n"


@pytest.fixture
def samples(rows_beside_a_browser: None, transactional_db: Any, store: Any) -> Any:
    """A training set with one sample, and people of each role; no worker runs."""
    call_command("sync_plugins")
    project = make_project(classes={1: "forest", 2: "grassland"})
    for role in (Role.VIEWER, Role.PRODUCER):
        make_member(project, role, username=str(role))
    found = sample_set_create(project=project, name="Field", user=project.created_by)
    place = {"type": "Point", "coordinates": [22.15, 45.2]}
    sample_create(
        sample_set=found, geometry=place, values={"class_code": 1}, user=project.created_by
    )
    return found


def opened(browser: Browser, base: str, samples: Any, who: str) -> Page:
    person = Visitor(browser, base, viewport={"width": 1440, "height": 900})
    address = f"/projects/{samples.project.slug}/samples/?set={samples.pk}"
    page = person.log_in(who, PASSWORD, then=address)
    expect(page.locator("#rows tr")).to_have_count(1)
    expect(page.locator("#versions")).to_contain_text("Not frozen yet")
    return page


def wizard(page: Page) -> Locator:
    page.get_by_role("button", name="Import…").click()
    dialog = page.get_by_role("dialog", name="Import into")
    expect(dialog).to_be_visible()
    return dialog


def choose(dialog: Locator, file: Path) -> None:
    dialog.get_by_label("File", exact=True).set_input_files(file)


@pytest.mark.django_db(transaction=True)
def test_a_false_or_too_large_file_is_said_before_it_is_sent(
    browser: Browser, live_server: Any, samples: Any, tmp_path: Path
) -> None:
    from apps.dashboard.selectors import samples as page_data

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(page_data, "MAX_UPLOAD_BYTES", 50)
        page = opened(browser, live_server.url, samples, "producer")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if "inspect" in request.url else 0)
    dialog = wizard(page)
    for name, text, says in (
        ("a.kml", "<kml/>", "is no GeoJSON, GeoPackage, zipped Shapefile or CSV"),
        ("empty.csv", "", "is empty"),
        ("large.csv", "x,y,c\n" + "1,1,1\n" * 20, "more than the limit"),
    ):
        (tmp_path / name).write_text(text)
        choose(dialog, tmp_path / name)
        dialog.get_by_role("button", name="Read the file").click()
        expect(dialog.locator("#import-upload-error")).to_contain_text(says)
        expect(dialog.get_by_label("File", exact=True)).to_be_focused()
    assert sent == []


@pytest.mark.django_db(transaction=True)
def test_a_cut_upload_keeps_the_file_and_offers_to_try_again(
    browser: Browser, live_server: Any, samples: Any, tmp_path: Path
) -> None:
    page = opened(browser, live_server.url, samples, "producer")
    dialog = wizard(page)
    file = tmp_path / "odd.csv"
    file.write_text(ODD)
    choose(dialog, file)
    page.route("**/import/inspect/", lambda route: route.abort("connectionreset"))
    dialog.get_by_role("button", name="Read the file").click()
    expect(dialog.get_by_role("alert")).to_contain_text("was cut. Nothing was imported")
    expect(dialog.get_by_role("button", name="Try again")).to_be_focused()

    page.unroute("**/import/inspect/")
    problem = '{"status": 413, "title": "Too large", "detail": "File is larger than 200 MB."}'
    page.route("**/import/inspect/", lambda route: route.fulfill(status=413, body=problem))
    dialog.get_by_role("button", name="Try again").click()
    expect(dialog.get_by_role("alert")).to_contain_text("larger than 200 MB")

    page.unroute("**/import/inspect/")
    dialog.get_by_role("button", name="Read the file").click()
    expect(dialog.locator(".import-told")).to_contain_text("Looking into the file")
    page.keyboard.press("Escape")
    assert Job.objects.filter(workflow="inspect_samples").count() == 1
    name = wizard(page).get_by_label("File", exact=True).evaluate("(node) => node.files[0].name")
    assert name == "odd.csv"


@pytest.mark.django_db(transaction=True)
def test_a_set_is_frozen_after_a_question_and_the_version_can_be_taken_home(
    browser: Browser, live_server: Any, samples: Any
) -> None:
    page = opened(browser, live_server.url, samples, "producer")
    page.get_by_role("button", name="Freeze…").click()
    question = page.get_by_role("dialog", name="Freeze Field?")
    expect(question).to_contain_text("1 of 1 samples become version 1.")
    question.get_by_role("button", name="Not now").click()
    assert samples.versions.count() == 0
    page.get_by_role("button", name="Freeze…").click()
    question.get_by_role("button", name="Freeze the set").click()
    versions = page.locator("#versions .versions li")
    expect(versions).to_have_count(1)
    expect(versions).to_contain_text("Version 1")
    expect(versions).to_contain_text("by producer")
    version = samples.versions.get()
    expect(versions).to_contain_text(version.checksum[:12])
    with page.expect_download() as download:
        versions.get_by_role("link", name="Download version 1 as GeoJSON").click()
    assert download.value.suggested_filename == "field-v1.geojson"
    page.get_by_role("button", name="Freeze…").click()
    question.get_by_role("button", name="Freeze the set").click()
    expect(page.locator(".toast")).to_contain_text(["is frozen", "Nothing has changed"])
    expect(versions).to_have_count(1)


@pytest.mark.django_db(transaction=True)
def test_a_viewer_sees_versions_but_neither_import_nor_freeze(
    browser: Browser, live_server: Any, samples: Any
) -> None:
    page = opened(browser, live_server.url, samples, "viewer")
    for name in ("Import…", "Freeze…", "New set…"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)
    page.goto(f"{live_server.url}/projects/{samples.project.slug}/samples/")
    expect(page.get_by_role("link", name="Field")).to_be_visible()
    expect(page.get_by_role("link", name="Import")).to_have_count(0)


@pytest.fixture
def system_page(browser: Browser, system: System) -> Iterator[Page]:
    """A producer on an empty set of a project with two classes, in the whole system."""
    client = system.client()
    project = client.post("projects/", {"name": "By file", "slug": "by-file"})
    classes = {"classes": [
        {"code": 1, "name": "forest", "color": "#117733"},
        {"code": 2, "name": "grassland", "color": "#ddcc77"},
    ]}  # fmt: skip
    answer = client.http.patch(f"/nomenclatures/{project['nomenclature']}/", json=classes)
    assert answer.is_success, answer.text
    made = client.post("sample-sets/", {"project": project["id"], "name": "Odd files"})
    person = Visitor(browser, system.base, viewport={"width": 1440, "height": 900})
    page = person.log_in(USER, SYSTEM_PASSWORD, then="/projects/by-file/samples/")
    page.get_by_role("link", name=f"Import a file into {made['name']}").click()
    yield page
    person.assert_no_complaints()


@pytest.mark.services
def test_two_odd_files_are_imported_by_clicking_alone(
    system: System, system_page: Page, tmp_path: Path
) -> None:
    page = system_page
    dialog = page.get_by_role("dialog", name="Import into Odd files")
    (tmp_path / "odd.csv").write_text(ODD)
    choose(dialog, tmp_path / "odd.csv")
    dialog.get_by_role("button", name="Read the file").click()

    class_field = dialog.get_by_label("Class", exact=True)
    expect(class_field).to_have_value("Bedeckung", timeout=JOB_MS)
    expect(dialog.get_by_role("region", name="First rows")).to_contain_text("grass_land")
    dialog.get_by_role("button", name="Go on").click()
    expect(dialog).to_contain_text("Choose the column with x or the longitude.")
    dialog.get_by_label("x or longitude").select_option("Ost")
    dialog.get_by_label("y or latitude").select_option("Trakt")
    expect(dialog).to_contain_text("Trakt holds no numbers")
    assert grave_issues(page) == []
    dialog.get_by_label("y or latitude").select_option("Nord")
    dialog.get_by_role("button", name="Go on").click()

    wald = dialog.get_by_label("Class for Wald")
    expect(wald).to_have_value("")
    dialog.get_by_role("button", name="Import", exact=True).click()
    expect(dialog.get_by_role("alert")).to_contain_text("“Wald”, “grass_land” are not in the")
    wald.select_option("1")
    dialog.get_by_label("Class for grass_land").select_option("create")
    dialog.get_by_role("button", name="Back").click()
    dialog.get_by_role("button", name="Go on").click()
    expect(wald).to_have_value("1")
    dialog.get_by_role("button", name="Import", exact=True).click()
    expect(dialog.get_by_role("alert")).to_contain_text("Nothing was imported", timeout=JOB_MS)
    report = dialog.get_by_role("table", name="Rows of the file")
    expect(report.get_by_role("row").nth(1)).to_contain_text("refused")
    expect(report.get_by_role("row").nth(1)).to_contain_text("plain number")
    dialog.get_by_role("button", name="Import the other rows").click()
    expect(dialog).to_contain_text("2 samples imported, 1 refused.", timeout=JOB_MS)
    expect(dialog).to_contain_text("Classes created: 3 grass_land.")
    assert grave_issues(page) == []
    with page.expect_download() as download:
        dialog.get_by_role("button", name="Download the report").click()
    assert download.value.path().read_text().splitlines()[1].startswith("3,refused,")
    dialog.get_by_role("button", name="Show on the map").click()
    expect(page.locator("#rows tr")).to_have_count(2)
    expect(page.locator("#rows")).to_contain_text("3 grass_land")
    page_imports_a_layer_without_crs(page, tmp_path)


def page_imports_a_layer_without_crs(page: Page, folder: Path) -> None:
    file = folder / "layers.gpkg"
    point_file(file, "other", [(22.2, 45.3, "x")], crs="EPSG:3035")
    rows = [(22.21, 45.21, "Forest"), (22.22, 45.22, "2")]
    point_file(file, "field work", rows, crs="EPSG:3035", said=False)
    dialog = wizard(page)
    choose(dialog, file)
    dialog.get_by_role("button", name="Read the file").click()
    layer = dialog.get_by_label("Layer")
    expect(layer).to_be_visible(timeout=JOB_MS)
    layer.select_option("field work (2 rows)")
    expect(dialog.get_by_label("Class", exact=True)).to_have_value("LC")
    dialog.get_by_role("button", name="Go on").click()
    crs = dialog.get_by_label("CRS")
    expect(crs).to_have_attribute("aria-invalid", "true")
    expect(dialog).to_contain_text("The file does not say its CRS. Name it")
    crs.fill("EPSG:999999")
    dialog.get_by_role("button", name="Go on").click()
    expect(dialog.get_by_label("Class for Forest")).to_have_value("1")
    expect(dialog.get_by_label("Class for 2")).to_have_value("2")
    dialog.get_by_role("button", name="Import", exact=True).click()
    expect(dialog.get_by_role("alert")).to_contain_text("EPSG:999999' is not known", timeout=JOB_MS)
    expect(crs).to_have_value("EPSG:999999")
    crs.fill("EPSG:3035")
    dialog.get_by_role("button", name="Go on").click()
    dialog.get_by_role("button", name="Import", exact=True).click()
    expect(dialog).to_contain_text("2 samples imported.", timeout=JOB_MS)
    dialog.get_by_role("button", name="Show on the map").click()
    expect(page.locator("#rows tr")).to_have_count(2)
    expect(page.locator("#rows")).to_contain_text("1 forest")


@pytest.mark.services
def test_a_connection_cut_in_the_middle_of_an_upload_leaves_no_job(system: System) -> None:
    client = system.client()
    project = client.post("projects/", {"name": "Cut", "slug": "cut-upload"})
    made = client.post("sample-sets/", {"project": project["id"], "name": "Cut"})
    host, port = system.base.removeprefix("http://").split(":")
    head = (
        f"POST /api/v1/sample-sets/{made['id']}/import/ HTTP/1.1\r\nHost: {host}:{port}\r\n"
        f"Authorization: {client.http.headers['Authorization']}\r\n"
        "Content-Type: multipart/form-data; boundary=b\r\n"
        "Content-Length: 100000\r\n\r\n"
        '--b\r\nContent-Disposition: form-data; name="class_field"\r\n\r\nc\r\n--b\r\n'
        'Content-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\nx,y,c\n1,1,1\n'
    )
    with socket.create_connection((host, int(port)), timeout=30) as link:
        link.sendall(head.encode())
    # The next call of the same person is answered after the server has seen the end of the first.
    assert client.get("jobs/", project=project["id"])["count"] == 0
    assert client.get(f"sample-sets/{made['id']}/")["count"] == 0
