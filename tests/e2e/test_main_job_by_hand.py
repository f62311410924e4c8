"""The whole main job by a producer who only clicks and types, on two countries."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e import by_hand
from tests.e2e.browser import Visitor
from tests.e2e.by_hand import Place
from tests.e2e.system import PASSWORD, USER, System

pytestmark = [pytest.mark.browser, pytest.mark.services, pytest.mark.data]
SET, SELECTION, FEATURES, AREA = "Field", "Clear 2018", "Few figures", "Middle"
AREA_CORNERS = (Place(0.35, 0.3), Place(0.65, 0.3), Place(0.65, 0.7), Place(0.35, 0.7))
TRIANGLE = (Place(0.42, 0.42), Place(0.46, 0.42), Place(0.45, 0.47))
MIDDLE = Place(0.5, 0.5)
SEED, SIZE = 7, 256


@dataclass(frozen=True)
class Country:
    """What a producer has: imagery, labels, and what they know of both."""

    name: str
    catalogue: Path
    labels: Path
    class_field: str
    classes: tuple[str, ...]
    samples: int
    least_accuracy: float
    layer: str = ""
    block: int | None = None


@pytest.fixture(scope="module")
def synthetic(system: System) -> Country:
    """A small synthetic country, where the system finds demo countries."""
    folder = system.folder / "demo" / f"country-{SIZE}-{SEED}"
    make = (sys.executable, "manage.py", "make_country", "--size", str(SIZE), "--seed", str(SEED))
    system.supervise("services", "--", *make)
    return Country(
        name="Synthetic country",
        catalogue=folder,
        labels=next(folder.rglob("samples.geojson")),
        class_field="class_id",
        classes=("1", "2", "3", "4", "5", "6"),
        samples=360,
        least_accuracy=50,
        block=128,
    )


@pytest.fixture
def romania(data_root: Path) -> Country:
    folder = data_root / "romania-s2-hrl"
    return Country(
        name="Forest of Romania",
        catalogue=folder,
        labels=folder / "items" / "reference-hrl-tcd-2018" / "labels.gpkg",
        class_field="class_name",
        layer="points",
        classes=("forest", "non-forest"),
        samples=242,
        least_accuracy=70,
    )


@pytest.fixture
def visitor(browser: Browser, system: System) -> Iterator[Visitor]:
    person = Visitor(browser, system.base, viewport={"width": 1440, "height": 900})
    page = person.log_in(USER, PASSWORD)
    expect(page.get_by_role("heading", name="Projects")).to_be_visible(timeout=by_hand.PAGE_MS)
    yield person
    person.assert_no_complaints()


def test_the_synthetic_country_is_mapped_by_hand(visitor: Visitor, synthetic: Country) -> None:
    do_the_main_job(visitor, synthetic)


def test_romania_is_mapped_by_hand(visitor: Visitor, romania: Country) -> None:
    do_the_main_job(visitor, romania)


def do_the_main_job(visitor: Visitor, country: Country) -> None:
    page = visitor.page
    by_hand.project_create(visitor, country.name, block=country.block)
    by_hand.catalogue_import(page, country.catalogue)
    by_hand.area_draw(page, AREA, *AREA_CORNERS)
    by_hand.scenes_pick(page, SELECTION, cloud=40)
    collect_samples(page, country)
    by_hand.features_choose(page, FEATURES, bands=("B03", "B04", "B08"), index="ndvi")
    blocks = by_hand.job_launch(page, samples=SET, scenes=SELECTION, features=FEATURES, area=AREA)
    by_hand.job_watch(page, blocks=blocks)
    by_hand.map_review(page, classes=country.classes)
    by_hand.remark_leave(page, "Is this a clearing?", MIDDLE)
    accuracy = by_hand.matrix_read(page, classes=len(country.classes))
    assert accuracy >= country.least_accuracy


def collect_samples(page: Page, country: Country) -> None:
    """Import the labels, then draw a point and a polygon of two classes."""
    by_hand.set_create(page, SET)
    fields = {"class_field": country.class_field, "layer": country.layer}
    imported = by_hand.samples_import(page, country.labels, **fields)
    assert imported == country.samples
    labels = page.locator("#draw-class option").all_inner_texts()
    by_hand.point_draw(page, MIDDLE, label=labels[0])
    by_hand.samples_are(page, imported + 1)
    by_hand.polygon_draw(page, *TRIANGLE, label=labels[1])
    by_hand.samples_are(page, imported + 2)
