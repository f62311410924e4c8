"""The samples of a set in a browser: drawn, moved, labelled, taken back; two people, one sample."""

import re
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Browser, Page, expect

from apps.core.enums import Role
from apps.samples.models import ReferenceSample, SampleRevision
from apps.samples.services import sample_create, sample_set_create
from tests.e2e.browser import Visitor
from tests.factories import PASSWORD, make_member, make_project

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("rows_beside_a_browser"),
]
PLACE = (22.15, 45.2)


@pytest.fixture
def samples(transactional_db: Any) -> Any:
    """A training set with one sample, and people of each role."""
    project = make_project(classes={1: "forest", 2: "grassland", 3: "water"})
    for role in (Role.VIEWER, Role.INTERPRETER, Role.PRODUCER):
        make_member(project, role, username=str(role))
    found = sample_set_create(project=project, name="Field", user=project.created_by)
    place = {"type": "Point", "coordinates": list(PLACE)}
    sample_create(
        sample_set=found, geometry=place, values={"class_code": 1}, user=project.created_by
    )
    return found


def opened(browser: Browser, base: str, samples: Any, who: str, **context: Any) -> Page:
    size = {"width": 1440, "height": 900}
    person = Visitor(browser, base, **{"viewport": size, **context})
    view = f"view=15/{PLACE[1]}/{PLACE[0]}"
    address = f"/projects/{samples.project.slug}/samples/?set={samples.pk}&{view}"
    page = person.log_in(who, PASSWORD, then=address.replace("&", "%26"))
    expect(page.locator("#rows tr")).to_have_count(samples.samples.count())
    return page


def middle(page: Page) -> tuple[float, float]:
    box = page.locator("#map").bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page: Page, selector: str, dx: float, dy: float) -> None:
    box = page.locator(selector).first.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx, y + dy, steps=5)
    page.mouse.up()
    page.wait_for_timeout(300)


def saved(page: Page) -> None:
    expect(page.locator("#saving")).to_have_text("All saved")


def newest() -> ReferenceSample:
    return ReferenceSample.objects.order_by("-created_at")[0]


def test_a_point_is_drawn_moved_labelled_deleted_and_all_of_it_undone(
    browser: Browser, live_server: Any, samples: Any
) -> None:
    page = opened(browser, live_server.url, samples, "interpreter")
    x, y = middle(page)
    page.select_option("#draw-class", "2")
    page.get_by_role("button", name="Point").click()
    page.mouse.click(x + 120, y - 60)
    page.keyboard.press("Escape")
    expect(page.locator("#rows tr")).to_have_count(2)
    saved(page)
    made = newest()
    assert (made.class_code, made.revision) == (2, 1)

    page.keyboard.press("3")
    expect(page.locator("#rows tr").first).to_contain_text("3")
    saved(page)
    page.keyboard.press("e")
    drag(page, ".move-handle", -80, 40)
    saved(page)
    moved = newest()
    assert (moved.class_code, moved.revision) == (3, 3)
    assert not moved.geometry.equals(made.geometry)
    page.keyboard.press("Escape")

    page.keyboard.press("Delete")
    expect(page.locator("#rows tr")).to_have_count(1)
    for _ in range(3):
        page.keyboard.press("Control+z")
    expect(page.locator("#rows tr")).to_have_count(2)
    saved(page)
    back = newest()
    assert (back.class_code, back.deleted_at) == (2, None)
    assert back.geometry.equals(made.geometry)
    page.keyboard.press("Control+z")
    expect(page.locator("#rows tr")).to_have_count(1)
    for _ in range(4):
        page.keyboard.press("Control+Shift+z")
    expect(page.locator("#rows tr")).to_have_count(1)
    saved(page)
    assert newest().deleted_at is not None
    actions = SampleRevision.objects.filter(sample=back).values_list("action", flat=True)
    assert list(actions) == [
        *("created", "changed", "changed", "deleted"),
        *("restored", "changed", "changed", "deleted"),
        *("restored", "changed", "changed", "deleted"),
    ]


def test_a_polygon_is_drawn_and_its_corner_moved(
    browser: Browser, live_server: Any, samples: Any
) -> None:
    page = opened(browser, live_server.url, samples, "interpreter")
    x, y = middle(page)
    page.get_by_role("button", name="Polygon").click()
    expect(page.locator(".leaflet-container.geoman-draw-cursor")).to_be_visible()
    for dx, dy in ((-60, -40), (70, -50), (60, 60), (-60, -40)):
        page.mouse.click(x + dx, y + dy)
    expect(page.locator("#rows tr")).to_have_count(2)
    saved(page)
    drawn = newest()
    assert (drawn.geometry.geom_type, drawn.class_code) == ("Polygon", 1)
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Edit shape")).to_be_enabled()
    page.keyboard.press("e")
    expect(page.locator(".marker-icon:not(.marker-icon-middle)")).to_have_count(3)
    drag(page, ".marker-icon:not(.marker-icon-middle)", -30, -30)
    expect(page.locator("#sample-history")).to_contain_text("shape moved")
    saved(page)
    assert not newest().geometry.equals(drawn.geometry)


def test_two_people_on_one_sample_are_both_asked_and_nothing_is_lost(
    browser: Browser, live_server: Any, samples: Any
) -> None:
    mine = opened(browser, live_server.url, samples, "interpreter")
    theirs = opened(browser, live_server.url, samples, "producer")
    for page in (mine, theirs):
        page.locator("#rows tr").first.click()
    theirs.keyboard.press("2")
    saved(theirs)
    mine.keyboard.press("3")
    dialog = mine.get_by_role("dialog", name="This sample was edited meanwhile")
    expect(dialog).to_contain_text("3 water")
    expect(dialog).to_contain_text("2 grassland")
    expect(dialog).to_contain_text("producer")
    assert ReferenceSample.objects.get().class_code == 2
    dialog.get_by_role("button", name="Apply mine on top").click()
    expect(dialog).to_be_hidden()
    saved(mine)
    assert (ReferenceSample.objects.get().class_code, ReferenceSample.objects.get().revision) == (
        3,
        3,
    )
    theirs.keyboard.press("1")
    other = theirs.get_by_role("dialog")
    other.get_by_role("button", name="Keep theirs").click()
    expect(theirs.locator("#rows tr").first).to_contain_text("3 water")
    assert ReferenceSample.objects.get().revision == 3


def test_two_tabs_of_one_person_on_one_sample_lose_nothing(
    browser: Browser, live_server: Any, samples: Any
) -> None:
    first = opened(browser, live_server.url, samples, "interpreter")
    second = first.context.new_page()
    second.goto(first.url)
    for page in (first, second):
        page.locator("#rows tr").first.click()
        expect(page.locator("#selection-bar")).to_contain_text("1 selected")
    first.route("**/api/v1/samples/**", lambda route: route.abort())
    first.keyboard.press("2")
    expect(first.locator("#saving")).to_contain_text("1 waiting to be saved")
    second.keyboard.press("3")
    saved(second)
    assert (ReferenceSample.objects.get().class_code, ReferenceSample.objects.get().revision) == (
        3,
        2,
    ), "the edit that waits in one tab is not sent by the other"
    first.unroute("**/api/v1/samples/**")
    dialog = first.get_by_role("dialog", name="This sample was edited meanwhile")
    expect(dialog).to_contain_text("2 grassland", timeout=40_000)
    expect(dialog).to_contain_text("3 water")
    dialog.get_by_role("button", name="Apply mine on top").click()
    expect(dialog).to_be_hidden()
    expect(first.locator("#sample")).to_contain_text("Revision3")
    saved(first)
    assert (ReferenceSample.objects.get().class_code, ReferenceSample.objects.get().revision) == (
        2,
        3,
    )


def test_an_edit_outlives_a_lost_session(browser: Browser, live_server: Any, samples: Any) -> None:
    page = opened(browser, live_server.url, samples, "interpreter")
    page.locator("#rows tr").first.click()
    expect(page.locator("#selection-bar")).to_contain_text("1 selected")
    address = page.url
    Session.objects.all().delete()
    page.keyboard.press("2")
    dialog = page.get_by_role("dialog", name="Log in to go on")
    expect(dialog.get_by_label("User name")).to_have_value("interpreter")
    assert ReferenceSample.objects.get().class_code == 1
    dialog.get_by_label("Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Log in").click()
    expect(dialog).to_be_hidden()
    saved(page)
    assert ReferenceSample.objects.get().class_code == 2
    assert page.url == address
    expect(page.locator("#selection-bar")).to_contain_text("1 selected")


def test_unsaved_edits_are_counted_and_survive_a_reload(
    browser: Browser, live_server: Any, samples: Any
) -> None:
    page = opened(browser, live_server.url, samples, "interpreter")
    page.route("**/api/v1/samples/**", lambda route: route.abort())
    page.locator("#rows tr").first.click()
    page.keyboard.press("2")
    expect(page.locator("#saving")).to_contain_text("1 waiting to be saved")
    page.reload()
    expect(page.locator("#rows tr").first).to_contain_text("2 grassland")
    assert ReferenceSample.objects.get().class_code == 1
    page.unroute("**/api/v1/samples/**")
    saved(page)
    assert ReferenceSample.objects.get().class_code == 2


def test_table_map_and_filters_are_one(browser: Browser, live_server: Any, samples: Any) -> None:
    for number in range(6):
        place = {"type": "Point", "coordinates": [PLACE[0] + number / 1000, PLACE[1] + 0.003]}
        values = {"class_code": 2, "status": "ok"}
        sample_create(sample_set=samples, geometry=place, values=values, user=None)
    page = opened(browser, live_server.url, samples, "interpreter")
    rows = page.locator("#rows tr")
    rows.nth(1).click()
    rows.nth(4).click(modifiers=["Shift"])
    expect(page.locator("#selection-bar")).to_contain_text("4 selected")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#selection-bar")).to_contain_text("1 selected")
    x, y = middle(page)
    page.mouse.click(x, y)
    expect(rows.first).to_have_attribute("aria-selected", "true")
    page.get_by_role("button", name=re.compile("2 grassland")).first.click()
    expect(rows).to_have_count(6)
    assert "class=2" in page.url
    page.get_by_role("button", name="Box").click()
    page.mouse.move(x - 300, y - 130)
    page.mouse.down()
    page.mouse.move(x + 300, y + 100, steps=4)
    page.mouse.up()
    expect(page.locator("#selection-bar")).to_contain_text("6 selected")
    page.keyboard.press("Escape")
    page.keyboard.press("3")
    saved(page)
    assert ReferenceSample.objects.filter(class_code=3).count() == 6
    page.reload()
    expect(page.locator("#rows-note")).to_contain_text("No sample fits the filters")


def test_a_viewer_sees_the_samples_and_no_way_to_edit_them(
    browser: Browser, live_server: Any, samples: Any
) -> None:
    page = opened(browser, live_server.url, samples, "viewer")
    page.locator("#rows tr").first.click()
    expect(page.locator("#selection-bar")).to_contain_text("1 selected")
    for name in ("Point", "Polygon", "Undo", "Delete", "Edit shape", "New set…", "Classes…"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)
    page.keyboard.press("2")
    page.keyboard.press("Delete")
    expect(page.locator("#rows tr")).to_have_count(1)
    assert ReferenceSample.objects.get().revision == 1


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_the_editor_fits_and_axe_finds_nothing_serious(
    browser: Browser, live_server: Any, samples: Any, width: int, theme: Any
) -> None:
    size = {"width": width, "height": 860}
    page = opened(
        browser, live_server.url, samples, "producer",
        viewport=size, color_scheme=theme, bypass_csp=True,
    )  # fmt: skip
    page.locator("#rows tr").first.click()
    expect(page.locator("#sample-history")).to_contain_text("made by")
    page.add_script_tag(path="frontend/node_modules/axe-core/axe.min.js")
    found = page.evaluate(
        "axe.run(document, {resultTypes: ['violations']}).then(r => r.violations"
        ".filter(v => ['serious', 'critical'].includes(v.impact))"
        ".map(v => v.id + ': ' + v.nodes.map(n => n.html.slice(0, 120)).join(' | ')))"
    )
    assert found == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
