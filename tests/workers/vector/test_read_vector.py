"""Reading vector files through the confined process."""

import json
import sqlite3
import zipfile
from pathlib import Path
from typing import Any

import pytest
from pyproj import CRS, Transformer

from workers.contracts.requests import InputRef, KernelRequest
from workers.errors import InputError
from workers.kernels import _vector_process, read_vector
from workers.vector import limits
from workers.vector.geometry import invalid_text

SQUARE = [[[22.0, 45.0], [22.1, 45.0], [22.1, 45.1], [22.0, 45.1], [22.0, 45.0]]]
BOW_TIE = [[[0.0, 0.0], [1.0, 1.0], [1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]]
Rows = list[dict[str, Any]]


def read(path: Path, **options: Any) -> tuple[dict[str, Any], Rows]:
    """Return (report, rows) of a file."""
    staging = path.parent / "staging"
    staging.mkdir(exist_ok=True)
    request = KernelRequest(id="r", kernel="read_vector", parameters={}, staging=str(staging))
    parameters = read_vector.Parameters(path=str(path), **options)
    result = read_vector.run(request, parameters, lambda stage, share: None)
    text = Path(result.outputs[0].path).read_text()
    return result.report, [json.loads(line) for line in text.splitlines()]


def feature(kind: str, coordinates: Any, **properties: Any) -> dict[str, Any]:
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def geojson(path: Path, *features: Any, **more: Any) -> Path:
    path.write_text(json.dumps({"type": "FeatureCollection", "features": list(features), **more}))
    return path


def gpkg(path: Path, *, crs: str | None = "EPSG:3035", layers: tuple[str, ...] = ("a",)) -> Path:
    import geopandas
    from shapely import Point

    for layer in layers:
        frame = geopandas.GeoDataFrame(
            {"code": [1, 2]}, geometry=[Point(5.2e6, 2.5e6), Point(5.2e6, 2.6e6)], crs=crs
        )
        frame.to_file(path, layer=layer, driver="GPKG", engine="pyogrio")
    return path


def shapefile(folder: Path, *, crs: str | None = "EPSG:32632") -> Path:
    import geopandas
    from shapely import box

    folder.mkdir()
    frame = geopandas.GeoDataFrame(
        {"name": ["forest"]}, geometry=[box(5e5, 5e6, 5.1e5, 5.1e6)], crs=crs
    )
    frame.to_file(folder / "areas.shp", engine="pyogrio")
    path = folder.parent / "areas.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for part in sorted(folder.iterdir()):
            archive.write(part, f"inside/{part.name}")
    return path


def test_geojson_rows_carry_class_group_and_season(tmp_path: Path) -> None:
    path = geojson(
        tmp_path / "a.geojson",
        feature("Point", [22.15, 45.2], k="forest", b="b1", von="2018", bis="2018-10-31"),
        feature("Polygon", SQUARE, k="grass"),
    )
    report, rows = read(path, class_field="k", group_field="b", from_field="von", to_field="bis")
    assert report["geometry_types"] == {"Point": 1, "Polygon": 1}
    assert rows[0]["class"] == "forest"
    assert (rows[0]["group"], rows[0]["valid_from"], rows[0]["valid_to"]) == (
        "b1",
        "2018-01-01",
        "2018-10-31",
    )
    assert rows[0]["geometry"] == {"type": "Point", "coordinates": [22.15, 45.2]}
    assert rows[1]["geometry"]["coordinates"] == SQUARE


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (feature("Polygon", BOW_TIE), "crosses itself near longitude 0.5, latitude 0.5"),
        (feature("Polygon", []), "empty"),
        (feature("LineString", [[0, 0], [1, 1]]), "is a LineString"),
        (feature("Point", [200.0, 0.0]), "outside the Earth"),
        (feature("Point", [1.0, "x"]), "not a number"),
        (feature("Polygon", [[[[0.0, 0.0]]]]), "not a pair"),
        ({"type": "Feature", "geometry": None, "properties": {}}, "no geometry"),
        (feature("Polygon", [[[-175, 0], [175, 0], [175, 5], [-175, 0]]]), "antimeridian"),
    ],
)
def test_bad_row_is_refused_with_its_reason(tmp_path: Path, bad: Any, words: str) -> None:
    path = geojson(tmp_path / "a.geojson", feature("Point", [1.0, 2.0]), bad)
    report, rows = read(path)
    assert (report["accepted"], report["refused"]) == (1, 1)
    assert rows[0]["error"] is None
    assert words in rows[1]["error"]
    assert report["errors"] == [{"row": 2, "message": rows[1]["error"]}]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("{", "is not JSON"),
        ("[" * 200_000, "is nested too deeply"),
        ('{"type": "Topology"}', "not GeoJSON"),
        ('{"type": "FeatureCollection", "features": [], "x": NaN}', "is not JSON"),
        ("<kml/>", "is not GeoJSON, although its extension says so"),
    ],
)
def test_file_that_is_no_geojson_is_named(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "a.geojson"
    path.write_text(text)
    with pytest.raises(InputError, match=f"a.geojson: .*{words}"):
        read(path)


def test_geometry_nested_deeply_never_reaches_the_library(tmp_path: Path) -> None:
    inner: Any = [0.0, 0.0]
    for _ in range(500):
        inner = [inner]
    _, rows = read(geojson(tmp_path / "a.geojson", feature("Polygon", inner)))
    assert "not" in rows[0]["error"]


def test_geojson_in_another_system_is_brought_to_wgs84(tmp_path: Path) -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3035"}}
    path = geojson(tmp_path / "a.geojson", feature("Point", [5271982.5, 2533004.2]), crs=crs)
    _, rows = read(path)
    lon, lat = rows[0]["geometry"]["coordinates"]
    assert (lon, lat) == (pytest.approx(22.1469, abs=1e-3), pytest.approx(45.2099, abs=1e-3))
    with pytest.raises(InputError, match="leave crs out"):
        read(path, crs="EPSG:32633")


def test_geopackage_with_one_layer_needs_no_name(tmp_path: Path) -> None:
    report, rows = read(gpkg(tmp_path / "a.gpkg"), class_field="code")
    assert (report["layer"], report["crs"]) == ("a", "EPSG:3035")
    assert [row["class"] for row in rows] == [1, 2]


def test_geopackage_with_two_layers_needs_a_name(tmp_path: Path) -> None:
    path = gpkg(tmp_path / "a.gpkg", layers=("points", "more"))
    with pytest.raises(InputError, match=r"has the layers .*points.*: give layer"):
        read(path)
    assert read(path, layer="points")[0]["rows"] == 2
    with pytest.raises(InputError, match=r"no layer 'x'; it has: .*more"):
        read(path, layer="x")


def test_file_without_a_system_asks_for_it(tmp_path: Path) -> None:
    path = gpkg(tmp_path / "a.gpkg", crs=None)
    with pytest.raises(InputError, match="has no CRS: give crs"):
        read(path)
    assert read(path, crs="EPSG:3035")[0]["accepted"] == 2
    zipped = shapefile(tmp_path / "shp", crs=None)
    with pytest.raises(InputError, match="has no CRS: give crs"):
        read(zipped)


def test_column_that_is_missing_is_named_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no column 'klass' \(class_field\); it has: code"):
        read(gpkg(tmp_path / "a.gpkg"), class_field="klass")


def test_geopackage_with_a_trigger_or_a_view_is_refused(tmp_path: Path) -> None:
    path = gpkg(tmp_path / "a.gpkg")
    with sqlite3.connect(path) as base:
        base.execute("CREATE VIEW spy AS SELECT * FROM a")
    with pytest.raises(InputError, match="view 'spy', which is not allowed"):
        read(path)


def test_damaged_geopackage_is_refused(tmp_path: Path) -> None:
    path = gpkg(tmp_path / "a.gpkg")
    data = bytearray(path.read_bytes())
    data[5000:9000] = b"\xff" * 4000
    path.write_bytes(data)
    with pytest.raises(InputError, match=r"a\.gpkg"):
        read(path)


def test_other_format_under_a_known_extension_is_refused(tmp_path: Path) -> None:
    for suffix in (".gpkg", ".zip", ".geojson"):
        path = tmp_path / f"a{suffix}"
        path.write_text("<OGRVRTDataSource></OGRVRTDataSource>")
        with pytest.raises(InputError, match="although its extension says so"):
            read(path)
    path = tmp_path / "a.kml"
    path.write_text("<kml/>")
    with pytest.raises(InputError, match="the extension is not one of"):
        read(path)


def test_zipped_shapefile_is_read_and_reprojected(tmp_path: Path) -> None:
    report, rows = read(shapefile(tmp_path / "shp"), class_field="name")
    assert (report["driver"], report["crs"], rows[0]["class"]) == (
        "ESRI Shapefile",
        "EPSG:32632",
        "forest",
    )
    lon, lat = rows[0]["geometry"]["coordinates"][0][0]
    assert (8.9 < lon < 9.3, 44 < lat < 47) == (True, True)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("../areas.shp", "is not allowed"),
        ("/areas.shp", "is not allowed"),
        ("a\\b.shp", "is not allowed"),
        ("inner.zip", "another archive"),
        ("x" * 121 + ".shp", "is not allowed"),
        ("readme.txt", "no .shp"),
        ("areas.shp", "no .shx part"),
    ],
)
def test_hostile_or_incomplete_archive_is_refused(tmp_path: Path, name: str, words: str) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), b"x")
    with pytest.raises(InputError, match=words):
        read(path)


def test_zip_bomb_and_link_are_refused(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("areas.shp", b"\x00" * 50_000_000)
    with pytest.raises(InputError, match="unpacks to more than 20 times"):
        read(bomb)
    link = tmp_path / "link.zip"
    entry = zipfile.ZipInfo("areas.shp")
    entry.external_attr = 0o120777 << 16
    with zipfile.ZipFile(link, "w") as archive:
        archive.writestr(entry, "/etc/passwd")
    with pytest.raises(InputError, match="is a link"):
        read(link)


def test_csv_finds_its_coordinates_and_takes_quotes_off(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("lon;lat;kind;note\n22.15;45.2;forest;'=1+1\n22.16;45.3;;plain\n")
    report, rows = read(path, class_field="kind")
    assert (report["accepted"], report["crs"]) == (2, "EPSG:4326")
    assert rows[0]["attributes"] == {"note": "=1+1"}
    assert [row["class"] for row in rows] == ["forest", None]


def test_csv_in_metres_with_named_columns(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("ost,nord\n5271982.5,2533004.2\nabc,1\n1,2,3\n")
    report, rows = read(path, x_field="ost", y_field="nord", crs="EPSG:3035")
    assert rows[0]["geometry"]["coordinates"][0] == pytest.approx(22.1469, abs=1e-3)
    assert "ost 'abc' is not a number" in rows[1]["error"]
    assert "more or fewer cells" in rows[2]["error"]
    assert report["refused"] == 2
    with pytest.raises(InputError, match="no column of coordinates; give x_field"):
        read(path)


def test_bad_date_and_repeated_id_are_refused_by_row(tmp_path: Path) -> None:
    path = geojson(
        tmp_path / "a.geojson",
        feature("Point", [1, 2], d="someday", n="1"),
        feature("Point", [1, 2], d="2018-02-01", n="2"),
        feature("Point", [1, 2], d="2018-02-01", n="2"),
    )
    _, rows = read(path, from_field="d", id_field="n")
    assert "d 'someday' is not a date" in rows[0]["error"]
    assert rows[1]["error"] is None
    assert "n '2' occurs twice" in rows[2]["error"]


def test_reader_has_one_driver_and_no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret@host/db")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    environment = _vector_process._environment("a.gpkg")
    assert not any("secret" in value for value in environment.values())
    skipped = environment["GDAL_SKIP"].split(",")
    assert "GPKG" not in skipped
    assert {"GeoJSON", "ESRI Shapefile", "CSV", "OGR_VRT", "KML"} <= set(skipped)


def test_upload_that_changed_in_the_store_is_refused(tmp_path: Path) -> None:
    path = geojson(tmp_path / "a.geojson", feature("Point", [1, 2]))
    given = InputRef(role="upload", path=str(path), sha256="0" * 64, size=1)
    request = KernelRequest(
        id="r", kernel="read_vector", parameters={}, inputs=(given,), staging=str(tmp_path)
    )
    with pytest.raises(InputError, match="has changed"):
        read_vector.run(
            request, read_vector.Parameters(file_name="a.geojson"), lambda stage, share: None
        )


def test_options_of_an_import_job_are_understood() -> None:
    parameters = read_vector.Parameters.model_validate(
        {"upload": "cas/ab/x", "file_name": "a.csv", "target": "id",
         "options": {"class_field": "k", "layer": "", "class_map": {"1": 2}}}
    )  # fmt: skip
    assert (parameters.file_name, parameters.class_field, parameters.layer) == ("a.csv", "k", None)


def test_limits_are_those_of_the_paper() -> None:
    assert (limits.MAX_BYTES, limits.MAX_FEATURES) == (200 * 1024**2, 200_000)
    assert (limits.MAX_VERTICES_EACH, limits.MAX_VERTICES_ALL) == (100_000, 5_000_000)


def test_too_many_vertices_in_one_row_are_refused(tmp_path: Path) -> None:
    ring = [[index * 1e-6, 0.0] for index in range(100_001)]
    _, rows = read(geojson(tmp_path / "a.geojson", feature("Polygon", [[*ring, ring[0]]])))
    assert "100,002 vertices, more than 100,000" in rows[0]["error"]


def test_file_without_rows_is_read_as_such(tmp_path: Path) -> None:
    report, rows = read(geojson(tmp_path / "a.geojson"), class_field="k")
    assert (report["rows"], rows) == (0, [])


def test_a_crossing_is_placed_in_degrees_whatever_the_file_uses() -> None:
    place = to_mercator(0.5, 0.5)
    text = invalid_text(f"Self-intersection[{place[0]} {place[1]}]", CRS.from_epsg(3857))
    assert "crosses itself near longitude 0.5, latitude 0.5" in text
    assert "near (1e+30, 0)" in invalid_text("Self-intersection[1e+30 0]", CRS.from_epsg(3035))


def to_mercator(lon: float, lat: float) -> tuple[float, float]:
    reproject = Transformer.from_crs("EPSG:4326", "EPSG:3857", always_xy=True).transform
    x, y = reproject(lon, lat)
    return float(x), float(y)
