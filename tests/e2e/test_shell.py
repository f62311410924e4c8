"""The shell around every page: palette, keys, notifications, tour, and a session that ends."""

import sys
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from apps.projects.models import Project
from tests.e2e.browser import Visitor
from tests.e2e.system import PASSWORD as SYSTEM_PASSWORD
from tests.e2e.system import USER, System
from tests.factories import PASSWORD, make_member, make_project, make_user
from tests.factories.production import Production, make_production

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("rows_beside_a_browser"),
]
TELL = f"""
from apps.accounts.enums import Tone
from apps.accounts.selectors import user_by_username
from apps.accounts.services import notification_send
notification_send(recipient=user_by_username("{USER}"), kind="test", tone=Tone.ATTENTION,
                  text="Two blocks need you.", url="/styleguide/")
"""


@pytest.fixture
def production(transactional_db: Any) -> Production:
    from apps.products.services import manifest_store
    from workers.contracts.manifest import Manifest
    from workers.workflows import train_and_map

    manifest_store(Manifest(workflows=(train_and_map.SPEC,)), source_sha="test")
    return make_production(make_user(username="manager"))


@pytest.fixture
def visitor(browser: Browser, live_server: Any, production: Production) -> Visitor:
    person = Visitor(browser, live_server.url, viewport={"width": 1440, "height": 900})
    person.log_in("manager", PASSWORD)
    return person


def log_out_elsewhere(person: Visitor) -> None:
    other = person.context.new_page()
    other.goto(person.base + "/styleguide/")
    other.get_by_label("Your account").click()
    other.get_by_role("button", name="Log out").click()
    expect(other.get_by_role("heading", name="Log in")).to_be_visible()
    other.close()


def log_in_again(page: Page, password: str) -> None:
    dialog = page.get_by_role("dialog", name="Log in to go on")
    expect(dialog.get_by_label("User name")).to_have_value("manager")
    dialog.get_by_label("Password").fill(password)
    dialog.get_by_role("button", name="Log in").click()


def test_a_lost_session_goes_on_where_it_was(visitor: Visitor) -> None:
    page = visitor.goto("/")
    page.get_by_role("button", name="New project").first.click()
    form = page.get_by_role("dialog", name="New project")
    form.get_by_label("Name").fill("Typed before the session ended")
    log_out_elsewhere(visitor)
    form.get_by_role("button", name="Create project").click()
    log_in_again(page, "wrong")
    expect(page.get_by_text("The user name or the password is wrong.")).to_be_visible()
    log_in_again(page, PASSWORD)
    page.wait_for_url("**/projects/typed-before-the-session-ended/")
    visitor.assert_no_complaints()


def test_a_grid_that_is_refused_is_told_at_its_field(visitor: Visitor) -> None:
    page = visitor.goto("/")
    page.get_by_role("button", name="New project").first.click()
    form = page.get_by_role("dialog", name="New project")
    form.get_by_label("Name").fill("Own grid")
    form.get_by_role("combobox", name="Grid").select_option("own")
    block = form.get_by_label("Block")
    block.fill("12x")
    form.get_by_role("button", name="Create project").click()
    expect(block).to_have_attribute("aria-invalid", "true")
    expect(block).to_be_focused()
    expect(block).to_have_value("12x")
    expect(form.locator("#error-np-block")).to_contain_text("integer")
    page.set_viewport_size({"width": 390, "height": 844})
    assert form.evaluate("node => node.scrollWidth - node.clientWidth") <= 0
    block.fill("128")
    form.get_by_role("button", name="Create project").click()
    page.wait_for_url("**/projects/own-grid/")
    grid = Project.objects.get(slug="own-grid").grid
    assert grid is not None
    assert (grid["crs"], grid["block_size"]) == ("EPSG:3035", 128)


def test_a_new_key_of_another_tab_is_taken_without_asking(visitor: Visitor) -> None:
    page = visitor.goto("/")
    log_out_elsewhere(visitor)
    other = visitor.context.new_page()
    other.goto(visitor.base + "/login/")
    other.get_by_label("User name").fill("manager")
    other.get_by_label("Password").fill(PASSWORD)
    other.get_by_role("button", name="Log in").click()
    other.wait_for_url(visitor.base + "/")
    page.bring_to_front()
    page.get_by_role("button", name="New project").first.click()
    page.get_by_role("dialog", name="New project").get_by_label("Name").fill("No question")
    page.get_by_role("button", name="Create project").click()
    page.wait_for_url("**/projects/no-question/")


def test_the_palette_goes_anywhere_by_keyboard(visitor: Visitor, production: Production) -> None:
    page = visitor.goto(f"/projects/{production.project.slug}/")
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Search or run a command")
    expect(field).to_be_focused()
    page.keyboard.type("retezat")
    hit = page.get_by_role("option", name="Retezat clearing")
    expect(hit).to_be_visible()
    field.fill("mod")
    expect(page.get_by_role("option").first).to_contain_text("Models")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    first = page.get_by_role("option").first.get_attribute("id")
    expect(field).to_have_attribute("aria-activedescendant", first or "")
    page.keyboard.press("Enter")
    page.wait_for_url("**/models/")
    page.keyboard.press("Control+k")
    page.keyboard.press("Escape")
    expect(field).to_be_hidden()


def test_a_viewer_is_not_offered_what_needs_a_higher_role(
    browser: Browser, live_server: Any, production: Production
) -> None:
    viewer = make_member(production.project)
    person = Visitor(browser, live_server.url)
    page = person.log_in(viewer.username, PASSWORD, then=f"/projects/{production.project.slug}/")
    expect(page.get_by_role("button", name="Search or run a command")).to_be_visible()
    page.keyboard.press("Control+k")
    page.keyboard.type("train")
    expect(page.get_by_text("Nothing is called “train” here.")).to_be_visible()


def test_single_letter_keys_can_be_switched_off(visitor: Visitor) -> None:
    page = visitor.goto("/styleguide/")
    help_of_keys = page.get_by_role("dialog", name="Keys on this page")
    page.keyboard.press("?")
    expect(help_of_keys).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_label("Your account").click()
    with page.expect_response("**/users/me/"):
        page.get_by_role("switch", name="Single-letter keys").click()
    page.evaluate("localStorage.clear()")
    page.reload()
    page.get_by_label("Your account").click()
    switch = page.get_by_role("switch", name="Single-letter keys")
    expect(switch).to_have_attribute("aria-checked", "false")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(help_of_keys).to_be_hidden()


def test_a_long_list_of_projects_is_searched(visitor: Visitor, production: Production) -> None:
    manager = production.project.memberships.get().user
    for number in range(8):
        make_project(manager=manager, name=f"Region {number}")
    page = visitor.goto(f"/projects/{production.project.slug}/")
    page.get_by_label("Switch project").click()
    expect(page.get_by_label("Find a project")).to_be_focused()
    page.keyboard.type("region 5")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("link", name="Region 5")).to_be_focused()
    expect(page.get_by_role("link", name="Region 6")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.get_by_label("Switch project")).to_be_focused()


def test_the_tour_leads_over_the_demo_and_is_remembered(
    browser: Browser, live_server: Any, transactional_db: Any
) -> None:
    make_project(manager=make_user(username="newcomer"), slug="demo", name="Demo")
    person = Visitor(browser, live_server.url, viewport={"width": 1440, "height": 900})
    page = person.log_in("newcomer", PASSWORD)
    page.get_by_role("button", name="Take the tour").click()
    step = page.locator(".tour-card[role=dialog]")
    expect(step).to_contain_text("1 of 8")
    page.keyboard.press("Enter")
    page.wait_for_url("**/projects/demo/scenes/")
    expect(step.get_by_role("button", name="Next")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.wait_for_url("**/projects/demo/")
    with page.expect_response("**/users/me/"):
        page.keyboard.press("Escape")
    expect(step).to_be_hidden()
    page.goto(live_server.url + "/")
    expect(page.get_by_role("heading", name="Projects")).to_be_visible()
    expect(page.locator(".tour-card")).to_have_count(0)
    page.get_by_label("Your account").click()
    page.get_by_role("button", name="Take the tour").click()
    expect(step).to_contain_text("1 of 8")


def test_focus_begins_with_the_way_past_the_frame(visitor: Visitor, production: Production) -> None:
    page = visitor.goto(f"/projects/{production.project.slug}/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#screen")).to_be_focused()


@pytest.mark.services
@pytest.mark.data
def test_a_notification_arrives_while_the_page_is_open(browser: Browser, system: System) -> None:
    person = Visitor(browser, system.base)
    page = person.log_in(USER, SYSTEM_PASSWORD)
    bell = page.get_by_role("button", name="Notifications")
    with page.expect_websocket(lambda socket: "/ws/users/me/" in socket.url):
        page.reload()
    system.supervise("services", "--", sys.executable, "manage.py", "shell", "-c", TELL)
    expect(page.get_by_text("Two blocks need you.")).to_be_visible()
    expect(bell).to_have_accessible_name("Notifications, 1 unread")
    bell.click()
    drawer = page.get_by_role("dialog", name="Notifications")
    with page.expect_response("**/notifications/read/"):
        drawer.get_by_role("button", name="Mark all as read").click()
    expect(bell).to_have_accessible_name("Notifications")
    drawer.get_by_role("link", name="Two blocks need you.").click()
    page.wait_for_url("**/styleguide/")
