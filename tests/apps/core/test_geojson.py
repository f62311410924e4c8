"""Geometries from outside are checked as data before GEOS sees them."""

import math
from typing import Any

import pytest
from django.contrib.gis.geos import MultiPolygon, Point

from apps.core.domain.geojson import (
    MAX_VERTICES,
    feature_parts,
    geometry_parse,
    multipolygon_parse,
)
from apps.core.errors import InvalidInput, TooLarge

SQUARE = [[[26.0, 45.0], [26.1, 45.0], [26.1, 45.1], [26.0, 45.1], [26.0, 45.0]]]


def polygon(coordinates: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": coordinates}


def test_a_polygon_becomes_a_multipolygon_in_lon_lat() -> None:
    area = multipolygon_parse(polygon(SQUARE))
    assert isinstance(area, MultiPolygon)
    assert area.srid == 4326
    assert area.extent == pytest.approx((26.0, 45.0, 26.1, 45.1))


def test_heights_are_cut() -> None:
    point = geometry_parse({"type": "Point", "coordinates": [26.0, 45.0, 300.0]})
    assert not point.hasz
    assert isinstance(point, Point)
    assert (point.x, point.y) == (26.0, 45.0)


def test_a_self_crossing_names_its_place() -> None:
    bow_tie = [[[26.0, 45.0], [27.0, 46.0], [27.0, 45.0], [26.0, 46.0], [26.0, 45.0]]]
    with pytest.raises(InvalidInput, match=r"crosses itself at longitude 26\.5, latitude 45\.5"):
        multipolygon_parse(polygon(bow_tie))


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (None, "Expected a GeoJSON geometry"),
        ({"type": "GeometryCollection", "geometries": []}, "not a geometry"),
        ({"type": ["Point"], "coordinates": [0, 0]}, "not a geometry"),
        (polygon([]), "empty"),
        (polygon([[]]), "empty"),
        (polygon(None), "not nested"),
        (polygon([[[26.0, 45.0], [26.1, 45.0], [26.0, 45.0]]]), "fewer than four"),
        (polygon([[[0, 0], [1, 0], [1, 1], [0, 1]]]), "not closed"),
        (polygon([[[0, 0], [1, math.nan], [1, 1], [0, 0]]]), "not finite"),
        (polygon([[[0, 0], [1, math.inf], [1, 1], [0, 0]]]), "not finite"),
        (polygon([[[0, 0], ["1", 0], [1, 1], [0, 0]]]), "not a number"),
        (polygon([[[0, 0], [True, 0], [1, 1], [0, 0]]]), "not a number"),
        (polygon([[[[0, 0]], [1, 0], [1, 1], [0, 0]]]), r"not \[longitude, latitude\]"),
        (polygon([[[0, 0], [10**400, 0], [1, 1], [0, 0]]]), "outside longitude"),
        (polygon([[[300_000, 5_000_000]] * 4]), "outside longitude"),
    ],
)
def test_a_bad_geometry_is_refused_with_its_reason(value: Any, says: str) -> None:
    with pytest.raises(InvalidInput, match=says) as caught:
        multipolygon_parse(value)
    assert caught.value.errors["geometry"]


def test_another_type_than_asked_for_names_what_is_taken() -> None:
    with pytest.raises(InvalidInput, match="Expected MultiPolygon or Polygon, not Point"):
        multipolygon_parse({"type": "Point", "coordinates": [26.0, 45.0]})


def test_too_many_vertices_are_refused_before_geos() -> None:
    line = {"type": "LineString", "coordinates": [[0.0, 0.0]] * (MAX_VERTICES + 1)}
    with pytest.raises(TooLarge, match="100,000 vertices"):
        geometry_parse(line)


def test_deeply_nested_coordinates_are_refused_at_once() -> None:
    nested: Any = [0.0, 0.0]
    for _ in range(900):
        nested = [nested]
    with pytest.raises(InvalidInput):
        geometry_parse({"type": "MultiPolygon", "coordinates": nested})


def test_a_feature_gives_geometry_and_properties() -> None:
    geometry, properties = feature_parts(
        {"type": "Feature", "geometry": polygon(SQUARE), "properties": None}
    )
    assert geometry["type"] == "Polygon"
    assert properties == {}
    with pytest.raises(InvalidInput, match="Expected a GeoJSON Feature"):
        feature_parts(polygon(SQUARE))
