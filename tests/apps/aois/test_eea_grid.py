"""The European reference grid, computed and compared with the published layer of its cells."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.contrib.gis.geos import Polygon

from apps.aois.domain import Cell, cell_of_code, cell_outline, cells_in
from apps.aois.domain.eea_grid import to_degrees, to_metres
from apps.core.errors import InvalidInput


@pytest.fixture(scope="module")
def published(data_root: Path) -> list[dict[str, Any]]:
    text = (data_root / "europe-context" / "eea_grid_100km.geojson").read_text()
    return list(json.loads(text)["features"])


@pytest.mark.data
def test_every_published_cell_is_found_by_its_code_and_has_its_outline(
    published: list[dict[str, Any]],
) -> None:
    assert len(published) == 871
    worst = 0.0
    for feature in published:
        cell = cell_of_code(feature["properties"]["cellcode"])
        assert cell.code == feature["properties"]["cellcode"]
        known = {(round(x, 4), round(y, 4)) for x, y in feature["geometry"]["coordinates"][0]}
        ring = [(x, y) for x, y in cell_outline(cell)]
        for x, y in known:
            near = min(max(abs(x - a), abs(y - b)) for a, b in ring)
            worst = max(worst, near)
    assert worst <= 0.0000501  # the layer is rounded to four digits


@pytest.mark.data
def test_published_cells_are_among_the_cells_of_a_window(published: list[dict[str, Any]]) -> None:
    window = Polygon.from_bbox((5.0, 45.0, 15.0, 55.0))
    codes = {cell.code for cell in cells_in(window, 100)}
    inside = {
        feature["properties"]["cellcode"]
        for feature in published
        if all(5.1 < x < 14.9 and 45.1 < y < 54.9 for x, y in feature["geometry"]["coordinates"][0])
    }
    assert len(inside) > 40
    assert inside <= codes


@pytest.mark.parametrize(
    ("code", "corner"),
    [
        ("100kmE42N26", (4_200_000, 2_600_000)),
        ("100kmE09N27", (900_000, 2_700_000)),
        ("50kmE425N260", (4_250_000, 2_600_000)),
        ("20kmE422N260", (4_220_000, 2_600_000)),
        ("10kmE421N261", (4_210_000, 2_610_000)),
    ],
)
def test_codes_name_the_lower_left_corner(code: str, corner: tuple[int, int]) -> None:
    cell = cell_of_code(code)
    assert cell.corner == corner
    assert cell.code == code


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("E42N26", "write it like"),
        ("30kmE42N26", "Cells of 30 km are not offered"),
        ("50kmE423N260", "No cell of 50 km begins"),
        ("100kmE99N99", "outside the European grid"),
        ("", "no cell code"),
    ],
)
def test_wrong_codes_are_refused_in_words(code: str, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        cell_of_code(code)


def test_projection_goes_there_and_back() -> None:
    # The centre of the projection, and a point that PROJ gives for EPSG:3035.
    assert to_metres(10, 52) == pytest.approx((4_321_000, 3_210_000), abs=1e-6)
    assert to_metres(22.145, 45.2) == pytest.approx((5_272_005.860, 2_531_886.235), abs=1e-3)
    for lon, lat in [(-30.3, 39.2), (22.1, 45.2), (40.0, 70.0), (10.0, 36.0)]:
        assert to_degrees(*to_metres(lon, lat)) == pytest.approx((lon, lat), abs=1e-9)


def test_neighbours_share_their_edge() -> None:
    left, right = (set(cell_outline(Cell(50, column, 50))) for column in (85, 86))
    assert len(left & right) == 3


def test_too_many_cells_are_refused_with_a_remedy() -> None:
    europe = Polygon.from_bbox((-20, 35, 40, 70))
    with pytest.raises(InvalidInput, match=r"more than the limit of 1,000; zoom in") as refused:
        cells_in(europe, 10)
    assert "bbox" in refused.value.errors


def test_a_window_outside_europe_is_refused() -> None:
    with pytest.raises(InvalidInput, match="outside Europe"):
        cells_in(Polygon.from_bbox((100, 0, 110, 10)), 100)
