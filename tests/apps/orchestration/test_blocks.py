import pytest
from django.contrib.gis.geos import GEOSGeometry, Polygon

from apps.orchestration.gateways import (
    block_outline_4326,
    blocks_touching,
    geometry_clipped,
    geometry_to_grid,
)
from workers.contracts.grid import Grid

LAEA = Grid(crs="EPSG:3035", resolution=(10, 10), origin=(5_270_000, 2_540_000), block_size=128)


def test_an_outline_goes_to_the_grid_and_back(db: None) -> None:
    outline = block_outline_4326(LAEA, 3, 4)
    back = geometry_to_grid(outline, LAEA)
    assert back.extent == pytest.approx(LAEA.block_bounds(3, 4), abs=0.6)


def test_blocks_that_share_only_an_edge_are_not_mapped(db: None) -> None:
    left, bottom, right, top = LAEA.block_bounds(2, 2)
    assert blocks_touching(Polygon.from_bbox((left, bottom, right, top)), LAEA) == [(2, 2)]
    wider = Polygon.from_bbox((left - 10, bottom, right, top + 10))
    assert blocks_touching(wider, LAEA) == [(1, 1), (2, 1), (1, 2), (2, 2)]


def test_a_triangle_leaves_out_the_blocks_it_does_not_meet(db: None) -> None:
    left, _, _, top = LAEA.block_bounds(0, 0)
    size = 3 * 1280
    triangle = GEOSGeometry(
        f"POLYGON(({left} {top}, {left + size} {top}, {left} {top - size}, {left} {top}))"
    )
    found = blocks_touching(triangle, LAEA)
    assert (2, 2) not in found
    assert {(0, 0), (2, 0), (0, 2), (1, 1)} <= set(found)


def test_a_block_inside_the_area_needs_no_boundary(db: None) -> None:
    left, bottom, right, top = LAEA.block_bounds(0, 0)
    area = Polygon.from_bbox((left - 5, bottom - 5, right + 5, top + 5))
    assert geometry_clipped(area, LAEA, 0, 0) is None
    beside = geometry_clipped(area, LAEA, 1, 0)
    assert beside is not None
    assert beside["type"] == "Polygon"


def test_a_grid_with_a_wkt_crs_works_like_one_with_a_code(db: None) -> None:
    from django.contrib.gis.gdal import SpatialReference

    wkt = Grid(**(LAEA.model_dump() | {"crs": SpatialReference("EPSG:3035").wkt}))
    assert block_outline_4326(wkt, 1, 1).equals_exact(block_outline_4326(LAEA, 1, 1), 1e-9)
