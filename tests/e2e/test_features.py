"""A feature set is put together by clicking and typing, and a job is launched with it."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from apps.catalog.models import Asset, Scene
from apps.core.enums import Role
from apps.jobs.models import Job
from apps.modelling.models import FeatureSet
from apps.products.services import manifest_store
from tests.e2e.browser import Visitor
from tests.factories import PASSWORD, make_member, make_user
from tests.factories.production import Production, make_production
from workers.classifiers import random_forest
from workers.contracts.manifest import Manifest
from workers.features import evi, ndmi, ndvi
from workers.workflows import predict_map, train_and_map, train_model

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("rows_beside_a_browser"),
]
BANDS = {"B02": "blue", "B03": "green", "B04": "red", "B08": "nir", "B11": "swir16"}


@pytest.fixture
def production(transactional_db: Any) -> Production:
    manifest = Manifest(
        workflows=(predict_map.SPEC, train_and_map.SPEC, train_model.SPEC),
        classifiers=(random_forest.SPEC,),
        indices=(ndvi.SPEC, ndmi.SPEC, evi.SPEC),
    )
    manifest_store(manifest, source_sha="test")
    production = make_production(make_user(username="manager"))
    Asset.objects.bulk_create(
        Asset(
            project=production.project, scene=scene, key=key, common_name=common, has_data=True,
            href="x", path="x", driver="GTiff", dtype="uint16", nodata=0, scale=1e-4,
            roles=["data"],
            crs="EPSG:32634", transform=[10, 0, 590000, 0, -10, 5020000], shape=[900, 700],
        )
        for scene in Scene.objects.filter(project=production.project)
        for key, common in BANDS.items()
    )  # fmt: skip
    return production


@pytest.fixture
def visitor(browser: Browser, live_server: Any, production: Production) -> Visitor:
    person = Visitor(browser, live_server.url, viewport={"width": 1440, "height": 900})
    person.log_in("manager", PASSWORD)
    expect(person.page).not_to_have_url(re.compile("/login/"))
    return person


def home(production: Production) -> str:
    return f"/projects/{production.project.slug}/"


def opened(visitor: Visitor, address: str) -> Page:
    page = visitor.goto(address)
    expect(page.get_by_role("group", name="Bands")).to_be_visible()
    return page


def chip(page: Page, group: str, name: str) -> Any:
    return page.get_by_role("group", name=group).get_by_role("button", name=name, exact=True)


def rows(page: Page) -> Any:
    return page.get_by_role("table", name="Features", exact=True).get_by_role("row")


def names(page: Page) -> Any:
    return rows(page).get_by_role("textbox")


def test_a_set_is_made_from_the_launch_form_and_launched(
    visitor: Visitor, production: Production
) -> None:
    visitor.goto(f"{home(production)}launch/train_model/")
    page = visitor.page
    period = page.get_by_label("Period")
    period.fill("2018-03-01/2018-10-31")
    page.get_by_role("link", name="New feature set…").click()
    chip(page, "Indices", "ndvi").click()
    chip(page, "Spread", "std").click()
    chip(page, "Level", "p010").click()
    expect(names(page)).to_have_count(3)
    text = page.get_by_label("Expression")
    text.fill("(B08 - B04) / (B08 + ")
    said = page.locator("#expression-said")
    expect(said).to_contain_text("ot an expression")
    expect(text).to_have_attribute("aria-invalid", "true")
    page.get_by_role("button", name="Add", exact=True).first.click()
    expect(names(page)).to_have_count(3)
    expect(text).to_have_value("(B08 - B04) / (B08 + ")
    text.fill("B08 / B04")
    expect(said).to_contain_text("Understood")
    page.get_by_label("Called in names of features").fill("RATIO")
    text.press("Enter")
    expect(names(page)).to_have_count(6)
    expect(names(page).nth(3)).to_have_value("S2_RATIO_p050")

    page.get_by_role("button", name="Save feature set").click()
    name = page.get_by_label("Name", exact=True)
    expect(name).to_be_focused()
    expect(page.get_by_text("Give the set a name.")).to_be_visible()
    name.fill("Vigour")
    page.get_by_role("button", name="Save feature set").click()

    expect(page).to_have_url(re.compile("/launch/train_model/"))
    expect(page.get_by_role("combobox", name="Feature set")).to_have_value("Vigour")
    expect(period).to_have_value("2018-03-01/2018-10-31")
    made = FeatureSet.objects.get(name="Vigour")
    assert [(f["source"], f["statistic"]) for f in made.features[3:]] == [
        ("B08 / B04", "p050"), ("B08 / B04", "p090"), ("B08 / B04", "std"),
    ]  # fmt: skip
    expect(page.locator("#estimate-blocks")).to_be_visible(timeout=30_000)
    page.click("#launch-button")
    expect(page).to_have_url(re.compile("/jobs/[0-9a-f-]{36}/"), timeout=30_000)
    job = Job.objects.get(pk=re.findall("/jobs/([0-9a-f-]{36})/", page.url)[0])
    assert job.spec["parameters"]["feature_set"] == str(made.pk)
    visitor.assert_no_complaints()


def test_the_grid_is_walked_by_keys_and_the_last_change_undone(
    visitor: Visitor, production: Production
) -> None:
    page = opened(visitor, f"{home(production)}features/new/")
    chip(page, "Bands", "B04").click()
    chip(page, "Bands", "B08").click()
    page.get_by_role("button", name="Spring 03-15/06-15").click()
    expect(names(page)).to_have_count(12)
    first = page.get_by_role("checkbox", name="B04, p010, whole selection")
    first.focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    cell = page.get_by_role("checkbox", name="B08, p010, 03-15/06-15")
    expect(cell).to_be_focused()
    page.keyboard.press("Space")
    expect(names(page)).to_have_count(11)
    page.keyboard.press("Control+z")
    expect(names(page)).to_have_count(12)
    expect(cell).to_be_checked()
    expect(names(page).nth(9)).to_have_value("S2_B08_0315-0615_p010")
    page.keyboard.press("Control+Shift+z")
    expect(cell).not_to_be_checked()


def test_names_and_duplicates_are_told_in_place(visitor: Visitor, production: Production) -> None:
    page = opened(visitor, f"{home(production)}features/new/")
    chip(page, "Bands", "B08").click()
    chip(page, "Common names", "nir").click()
    checks = page.get_by_role("list", name="Checks and warnings")
    expect(checks).to_contain_text("nir gives the same values as B08.")
    expect(rows(page).nth(4)).to_contain_text("Same values as S2_B08_p010.")
    names(page).nth(1).fill("S2_B08_p010")
    expect(rows(page).nth(2)).to_contain_text("Another feature has this name.")
    page.get_by_label("Name", exact=True).fill("Twice")
    page.get_by_role("button", name="Save feature set").click()
    expect(names(page).nth(0)).to_be_focused()
    expect(names(page).nth(1)).to_have_value("S2_B08_p010")
    checks.get_by_role("button", name="Show").click()
    expect(names(page).nth(0)).to_be_focused()
    page.get_by_role("button", name="Remove S2_B08_p010").nth(1).click()
    expect(names(page)).to_have_count(5)
    expect(rows(page).nth(1)).not_to_contain_text("Another feature")
    assert not FeatureSet.objects.filter(name="Twice").exists()


def test_a_used_set_is_saved_as_a_copy_with_another_window(
    visitor: Visitor, production: Production
) -> None:
    used = production.model.feature_set
    page = opened(visitor, f"{home(production)}features/{used.pk}/")
    expect(page.locator("#form-notes")).to_contain_text("no longer changes")
    checks = page.get_by_role("list", name="Checks and warnings")
    expect(checks).to_contain_text("No scene of the project offers B8A")
    page.get_by_label("From").fill("06-31")
    page.get_by_label("To", exact=True).fill("08-31")
    page.get_by_role("group", name="Another window").get_by_role("button", name="Add").click()
    expect(page.locator("#window-error")).to_contain_text("names a day that does not exist")
    expect(page.get_by_label("From")).to_have_value("06-31")
    page.get_by_label("From").fill("06-01")
    page.get_by_label("From").press("Enter")
    expect(names(page)).to_have_count(16)
    page.get_by_role("button", name="Save feature set").click()
    expect(page.locator("#chosen-set")).to_contain_text("Percentiles of four (copy)")
    used.refresh_from_db()
    assert len(used.features) == 8
    copy = FeatureSet.objects.get(name="Percentiles of four (copy)")
    assert {f.get("window") for f in copy.features} == {None, "06-01/08-31"}


def test_what_was_chosen_survives_a_reload_and_can_be_seen_as_a_call(
    visitor: Visitor, production: Production
) -> None:
    page = opened(visitor, f"{home(production)}features/new/")
    chip(page, "Indices", "evi").click()
    page.get_by_label("Name", exact=True).fill("Kept")
    page.reload()
    expect(names(page)).to_have_count(3)
    expect(page.get_by_label("Name", exact=True)).to_have_value("Kept")
    page.get_by_role("button", name="Show as API call").click()
    call = page.get_by_role("dialog").locator("pre").inner_text()
    body = json.loads(call[call.index("{") :])
    assert body["name"] == "Kept"
    assert [f["name"] for f in body["features"]] == ["S2_EVI_p010", "S2_EVI_p050", "S2_EVI_p090"]
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Start over").click()
    expect(page.get_by_text("No feature yet.")).to_be_visible()


def test_a_viewer_reads_sets_and_a_free_one_is_deleted_by_its_owner(
    browser: Browser, live_server: Any, visitor: Visitor, production: Production
) -> None:
    free = FeatureSet.objects.create(
        project=production.project,
        name="Free",
        features=[{"name": "a", "source": "B04", "statistic": "mean"}],
        hash="f" * 64,
    )
    viewer = Visitor(browser, live_server.url, viewport={"width": 390, "height": 844})
    who = make_member(production.project, Role.VIEWER)
    page = viewer.log_in(who.username, PASSWORD, then=f"{home(production)}features/")
    page.get_by_role("link", name="Free").click()
    expect(page.get_by_role("heading", name="Free")).to_be_visible()
    for word in ("Save feature set", "Copy…", "Delete…", "Undo"):
        expect(page.get_by_role("button", name=word)).to_have_count(0)
    assert viewer.overflow() <= 0

    page = visitor.goto(f"{home(production)}features/")
    page.get_by_role("button", name="Delete… Free").click()
    page.get_by_role("button", name="Delete feature set").click()
    expect(page.get_by_role("row").filter(has_text="Free")).to_have_count(0)
    assert not FeatureSet.objects.filter(pk=free.pk).exists()
