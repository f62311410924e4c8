"""GeoDjango runs on the GDAL and GEOS of the wheels: transform, query, measure."""

import pytest
from django.contrib.gis.gdal import CoordTransform, SpatialReference, gdal_version
from django.contrib.gis.geos import GEOSGeometry, Point, geos_version
from django.db import connection

from controlcenter.settings.geo import GDAL_LIBRARY_PATH, GEOS_LIBRARY_PATH


def test_the_libraries_are_those_of_the_wheels() -> None:
    assert GDAL_LIBRARY_PATH is not None
    assert GEOS_LIBRARY_PATH is not None
    assert gdal_version() >= b"3.10"
    assert geos_version() >= b"3.12"


def moved_to_europe(lon: float, lat: float) -> tuple[float, float]:
    moved = Point(lon, lat, srid=4326).transform(3035, clone=True)
    assert isinstance(moved, Point)
    return moved.x, moved.y


def test_geos_and_ogr_transform_lon_lat_to_the_european_grid() -> None:
    # EPSG:3035 has its natural origin at 10 E, 52 N with these false coordinates.
    assert moved_to_europe(10.0, 52.0) == pytest.approx((4_321_000.0, 3_210_000.0), abs=1e-3)
    there = CoordTransform(SpatialReference(4326), SpatialReference(3035))
    by_ogr = Point(10.0, 52.0, srid=4326).transform(there, clone=True)
    assert isinstance(by_ogr, Point)
    assert (by_ogr.x, by_ogr.y) == pytest.approx(moved_to_europe(10.0, 52.0), abs=1e-3)


@pytest.mark.django_db
def test_postgis_agrees_with_the_library_on_a_transform() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_X(g), ST_Y(g) "
            "FROM ST_Transform(ST_SetSRID(ST_MakePoint(%s, %s), 4326), 3035) AS g",
            [26.0, 45.5],
        )
        from_database = cursor.fetchone()
    assert from_database == pytest.approx(moved_to_europe(26.0, 45.5), abs=0.01)


@pytest.mark.django_db
def test_a_geometry_survives_the_way_through_postgis() -> None:
    square = GEOSGeometry("POLYGON((0 0, 0 2, 2 2, 2 0, 0 0))", srid=3035)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_Area(%s::geometry), ST_AsEWKB(%s::geometry)",
            [square.ewkt, square.ewkt],
        )
        area, back = cursor.fetchone()
    assert area == square.area == 4.0
    assert GEOSGeometry(memoryview(back)).equals_exact(square)
