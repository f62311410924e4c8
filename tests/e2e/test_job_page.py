"""The job page and the list of jobs, on rows from factories: nothing works in the background."""

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from apps.core.enums import Role
from tests.e2e.axe import grave_issues
from tests.e2e.browser import Visitor
from tests.factories import make_member, make_user
from tests.factories.identity import PASSWORD
from tests.factories.production import Production, make_production

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("rows_beside_a_browser"),
]
SIZE = {"width": 1440, "height": 900}


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
    person = Visitor(browser, live_server.url, viewport=SIZE)
    person.log_in("manager", PASSWORD)
    return person


def test_blocks_are_counted_by_state_without_a_socket(
    visitor: Visitor, production: Production
) -> None:
    page = visitor.goto(f"/jobs/{production.running.pk}/")
    expect(page.locator('[data-block-count="done"]')).to_have_text("20")
    expect(page.locator('[data-block-count="quarantined waived"]')).to_have_text("3")
    painted = """least => { const c = document.querySelector('.block-canvas');
      const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
      let n = 0; for (let k = 3; k < d.length; k += 4) n += d[k] > 0 ? 1 : 0;
      return n > least; }"""
    page.wait_for_function(painted, arg=5000)
    visitor.assert_no_complaints()


def test_cancel_asks_first_and_ends_in_canceled(visitor: Visitor, production: Production) -> None:
    from apps.jobs.services import reconcile

    page = visitor.goto(f"/jobs/{production.running.pk}/")
    page.get_by_role("button", name="Cancel…").click()
    question = page.get_by_role("dialog", name="Cancel this job?")
    page.keyboard.press("Escape")
    expect(question).to_be_hidden()
    assert production.running.runs.get().wanted == "run", "nothing happened yet"
    page.get_by_role("button", name="Cancel…").click()
    with page.expect_response("**/cancel/") as answer:
        question.get_by_role("button", name="Cancel job").click()
    assert answer.value.ok
    expect(page.locator("#job-status")).to_have_attribute("data-status", "canceling")
    reconcile(ring=False)
    page.reload()
    expect(page.locator("#job-status")).to_have_attribute("data-status", "canceled")
    expect(page.get_by_role("button", name="Cancel…")).to_have_count(0)
    expect(page.locator('[data-job-action="retry"]')).to_be_visible()


def test_a_viewer_sees_everything_and_no_action(
    browser: Browser, live_server: Any, production: Production
) -> None:
    member = make_member(production.project, Role.VIEWER)
    person = Visitor(browser, live_server.url, viewport=SIZE)
    page = person.log_in(member.username, PASSWORD, then=f"/jobs/{production.running.pk}/")
    expect(page.get_by_role("heading", name="Failures")).to_be_visible()
    for name in ("Pause", "Cancel…", "Retry group", "Change"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)
    expect(page.get_by_role("link", name="Launch again…")).to_have_count(0)
    page.keyboard.press("p")
    assert production.running.runs.get().wanted == "run"
    person.goto(f"/projects/{production.project.slug}/jobs/")
    expect(page.get_by_role("link", name="Train and map…")).to_have_count(0)


def test_pause_is_one_key_and_priority_is_changed_in_place(
    visitor: Visitor, production: Production
) -> None:
    page = visitor.goto(f"/jobs/{production.running.pk}/")
    page.get_by_label("Priority", exact=True).fill("40")
    with page.expect_response(lambda r: r.request.method == "PATCH") as changed:
        page.get_by_role("button", name="Change").click()
    assert changed.value.ok
    assert production.running.runs.get().priority == 40
    page.locator("body").click(position={"x": 700, "y": 400})
    with page.expect_response("**/pause/") as answer:
        page.keyboard.press("p")
    assert answer.value.ok
    assert production.running.runs.get().wanted == "pause"


def test_blocks_are_walked_by_arrows_and_linked_with_map_and_address(
    visitor: Visitor, production: Production
) -> None:
    page = visitor.goto(f"/jobs/{production.running.pk}/")
    expect(page.locator('[data-block-count="done"]')).to_have_text("20")
    page.keyboard.press("b")
    table = page.get_by_role("table", name="Blocks of the map")
    expect(table.locator("tbody tr")).to_have_count(36)
    page.get_by_label("State of blocks").select_option("quarantined waived")
    expect(table.locator("tbody tr")).to_have_count(3)
    first = table.locator("tbody tr").first
    expect(first).to_contain_text("asset B8A: read error")
    first.focus()
    page.keyboard.press("ArrowDown")
    chosen = table.locator('tr[aria-selected="true"]')
    expect(chosen).to_have_count(1)
    expect(chosen).to_be_focused()
    place = chosen.locator("th").inner_text().replace(" ", "")
    assert f"block={place}" in page.url
    page.reload()
    expect(table.locator('tr[aria-selected="true"] th')).to_have_text(place.replace(",", ", "))


def test_the_log_is_filtered_by_level_and_words_and_kept_in_the_address(
    visitor: Visitor, production: Production
) -> None:
    page = visitor.goto(f"/jobs/{production.running.pk}/")
    lines = page.get_by_role("list", name="Events, newest first").locator("li")
    expect(lines).to_have_count(5)
    page.get_by_label("Level").select_option("warning")
    expect(lines).to_have_count(1)
    expect(lines.first).to_contain_text("failed")
    page.get_by_label("Level").select_option("all")
    page.get_by_role("searchbox", name="Words, or a block as 3, 4").fill("no such word")
    expect(lines.first).to_contain_text("No line fits the filter.")
    assert "level=all" in page.url
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename.endswith(".log")


def test_a_cause_of_failure_leads_to_its_block_and_waits_for_the_end(
    visitor: Visitor, production: Production
) -> None:
    page = visitor.goto(f"/jobs/{production.running.pk}/")
    group = page.locator(".failure-group")
    expect(group).to_contain_text("The imagery")
    expect(group).to_contain_text("Can be retried when the job has ended.")
    group.get_by_role("button", name="Show block").click()
    expect(page.get_by_role("tab", name="Blocks")).to_have_attribute("aria-selected", "true")
    assert "block=" in page.url


def test_an_action_can_be_copied_as_an_api_call(visitor: Visitor, production: Production) -> None:
    page = visitor.goto(f"/jobs/{production.running.pk}/")
    page.get_by_text("API call", exact=True).click()
    page.get_by_role("button", name="Pause", exact=True).last.click()
    shown = page.get_by_role("dialog", name="The same as an API call")
    expect(shown).to_contain_text(f"POST /api/v1/jobs/{production.running.pk}/pause/")


def test_jobs_are_filtered_in_place_and_a_link_shows_the_same(
    visitor: Visitor, production: Production
) -> None:
    page = visitor.goto(f"/projects/{production.project.slug}/jobs/")
    rows = page.locator("#job-table tbody tr")
    expect(rows).to_have_count(3)
    page.get_by_label("Status").select_option("failed")
    expect(rows).to_have_count(1)
    expect(rows.first).to_contain_text("No valid date in window 06-15/08-31.")
    page.get_by_label("Words").fill("no such job")
    expect(page.locator("#job-table")).to_contain_text("No such jobs.")
    page.get_by_label("Words").fill("train")
    expect(rows).to_have_count(1)
    assert "q=train" in page.url
    page.reload()
    expect(rows).to_have_count(1)
    expect(page.get_by_label("Words")).to_have_value("train")


@pytest.mark.parametrize(
    ("width", "theme"), [(1440, "light"), (390, "dark")], ids=["desk-light", "phone-dark"]
)
def test_pages_fit_and_have_no_grave_issue(
    browser: Browser, live_server: Any, production: Production, width: int, theme: Any
) -> None:
    size = {"width": width, "height": 860}
    person = Visitor(browser, live_server.url, viewport=size, color_scheme=theme)
    person.log_in("manager", PASSWORD)
    home = f"/jobs/{production.running.pk}/"
    list_page = f"/projects/{production.project.slug}/jobs/"
    for address in (home, f"{home}?tab=blocks", f"{home}?tab=attempts", list_page):
        page = person.goto(address)
        page.wait_for_load_state("networkidle")
        assert person.overflow() <= 0, address
        assert grave_issues(page) == [], address
    person.assert_no_complaints()
