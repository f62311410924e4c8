"""Pages in a real browser, with rows from factories: layout, theme, content policy, forms."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.browser import Visitor
from tests.factories import PASSWORD, make_user
from tests.factories.production import Production, make_production

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("rows_beside_a_browser"),
]
NEW_JOB = "11111111-2222-3333-4444-555555555555"


@pytest.fixture
def production(transactional_db: Any) -> Production:
    from apps.products.services import manifest_store
    from workers.contracts.manifest import Manifest
    from workers.workflows import predict_map, train_and_map, train_model

    rows = (predict_map.SPEC, train_and_map.SPEC, train_model.SPEC)
    manifest_store(Manifest(workflows=rows), source_sha="test")
    return make_production(make_user(username="manager"))


@pytest.fixture
def visitor(browser: Browser, live_server: Any, production: Production) -> Visitor:
    person = Visitor(browser, live_server.url, viewport={"width": 1440, "height": 900})
    person.log_in("manager", PASSWORD)
    return person


def addresses_of(production: Production) -> list[str]:
    home = f"/projects/{production.project.slug}/"
    sections = [
        f"{home}{name}/" for name in ("map", "scenes", "samples", "features", "models", "jobs")
    ]
    sections.append(f"{home}features/new/")
    jobs = [f"/jobs/{job.pk}/" for job in (production.running, production.failed)]
    return ["/", home, *sections, *jobs, f"/models/{production.model.pk}/", launch_of(production)]


def launch_of(production: Production) -> str:
    address = f"/projects/{production.project.slug}/launch/train_and_map/"
    return f"{address}?from={production.finished.pk}"


@pytest.mark.parametrize(
    ("width", "theme"), [(1440, "light"), (390, "dark")], ids=["desk-light", "phone-dark"]
)
def test_every_page_fits_and_obeys_the_content_policy(
    browser: Browser, live_server: Any, production: Production, width: int, theme: Any
) -> None:
    size = {"width": width, "height": 860}
    person = Visitor(browser, live_server.url, viewport=size, color_scheme=theme)
    person.log_in("manager", PASSWORD)
    for address in addresses_of(production):
        person.goto(address).wait_for_load_state("networkidle")
        assert person.overflow() <= 0, address
        assert person.page.locator("h1, .map-screen").count() >= 1, address
        person.assert_no_complaints()


def test_theme_is_kept_over_pages(visitor: Visitor) -> None:
    page = visitor.page
    page.click('[data-action="theme"]')
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.reload()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(15, 18, 22)"


def with_estimate(page: Page) -> None:
    """Answer the dry run: the rows of these tests have no imagery that could be counted."""
    told = {
        "blocks": 36, "bytes_read": 1, "core_seconds": 90.0, "storage_bytes": 1, "jobs": 1,
        "eta_seconds": {"low": 45.0, "high": 180.0}, "cached_blocks": 4, "warnings": [],
        "notices": [], "rates": {"kind": "measured", "runs": 3}, "workers": 2, "areas": [],
    }  # fmt: skip
    page.route("**/api/v1/jobs/estimate/", lambda route: route.fulfill(status=200, json=told))


def test_two_clicks_on_launch_send_one_key(visitor: Visitor, production: Production) -> None:
    with_estimate(visitor.page)
    page = visitor.goto(launch_of(production))
    sent: list[tuple[str | None, Any]] = []

    def answer(route: Route) -> None:
        sent.append((route.request.headers.get("idempotency-key"), route.request.post_data_json))
        route.fulfill(status=201, content_type="application/json", body=f'{{"id": "{NEW_JOB}"}}')

    page.route("**/api/v1/jobs/", answer)
    page.dblclick("#launch-button")
    page.wait_for_url(f"**/jobs/{NEW_JOB}/")
    assert len({key for key, _ in sent}) == 1
    body = sent[0][1]
    assert body["workflow"] == "train_and_map"
    assert body["project"] == str(production.project.pk)
    assert body["parameters"]["seed"] == 7
    assert body["parameters"]["outputs"] == ["class", "confidence"]
    assert body["parameters"]["sample_set"]


def test_errors_of_the_server_stand_beside_their_fields(
    visitor: Visitor, production: Production
) -> None:
    with_estimate(visitor.page)
    page = visitor.goto(launch_of(production))
    problem = {
        "type": "about:blank",
        "title": "Invalid",
        "status": 400,
        "detail": "Parameter folds.k: 40 is greater than the maximum of 20.",
        "errors": {"parameters.folds.k": ["40 is greater than the maximum of 20."]},
    }
    page.route(
        "**/api/v1/jobs/",
        lambda route: route.fulfill(
            status=400, content_type="application/problem+json", body=json.dumps(problem)
        ),
    )
    page.click("#launch-button")
    error = page.locator('[id="error-parameters.folds.k"]')
    expect(error).to_have_text("40 is greater than the maximum of 20.")
    expect(page.locator('[data-path="parameters.folds.k"]')).to_have_attribute(
        "aria-invalid", "true"
    )
    expect(page.locator("#launch-button")).to_be_enabled()


def test_launch_can_be_copied_as_an_api_call(visitor: Visitor, production: Production) -> None:
    page = visitor.goto(launch_of(production))
    page.get_by_role("button", name="Show as API call").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="curl").click()
    expect(dialog.get_by_label("The call", exact=True)).to_contain_text("curl -X POST ")
    expect(dialog.get_by_label("The call", exact=True)).to_contain_text(
        '"workflow": "train_and_map"'
    )
    page.keyboard.press("Escape")
    page.get_by_role("button", name="As command").click()
    expect(page.get_by_label("Command", exact=True)).to_contain_text(
        "manage.py run_job train_and_map"
    )


def test_map_shows_legend_value_and_series_of_a_click(
    visitor: Visitor, production: Production
) -> None:
    page = visitor.page
    point = {"value": 1, "lon": 22.17, "lat": 45.23}
    dates = [{"datetime": f"2018-{m:02d}-05T00:00:00Z", "value": m / 20, "valid": m % 3 > 0} for m in range(1, 13)]  # fmt: skip  # noqa: E501
    page.route("**/point/?*", lambda route: route.fulfill(json=point))
    page.route(
        "**/series/?*",
        lambda route: route.fulfill(json={"source": "ndvi", "sources": ["ndvi"], "series": dates}),
    )
    visitor.goto(f"/projects/{production.project.slug}/map/")
    classes = page.get_by_role("list", name="Classes of").locator("li")
    expect(classes).to_have_count(7)
    expect(classes.first).to_contain_text("Broadleaved forest")
    page.mouse.click(800, 450)
    pixel = page.get_by_role("region", name="Pixel")
    expect(pixel.locator(".value-line")).to_contain_text("1 Broadleaved forest")
    expect(pixel.locator(".chart svg")).to_be_visible()
    expect(pixel).to_contain_text("8 of 12 dates valid")
    page.get_by_label("Opacity of Base classes").first.fill("40")
    expect(page).to_have_url(re.compile(r"\*o40"))
    address = page.url
    assert f"l.{production.layer.pk}" in address
    page.goto(address)
    expect(page.get_by_label("Opacity of Base classes").first).to_have_value("40")
    expect(pixel.locator(".value-line")).to_be_visible()
    visitor.assert_no_complaints()
