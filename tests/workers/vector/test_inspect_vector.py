"""Looking into a file before it is imported, through the confined process."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.workers.vector.test_read_vector import feature, geojson, gpkg, shapefile
from workers.contracts.requests import KernelRequest
from workers.errors import InputError
from workers.kernels import inspect_vector
from workers.vector import inspecting


def inspected(path: Path) -> dict[str, Any]:
    staging = path.parent / "staging"
    staging.mkdir(exist_ok=True)
    request = KernelRequest(id="r", kernel="inspect_vector", parameters={}, staging=str(staging))
    parameters = inspect_vector.Parameters(path=str(path))
    result = inspect_vector.run(request, parameters, lambda stage, share: None)
    found: dict[str, Any] = json.loads(Path(result.outputs[0].path).read_text())
    assert result.report["layers"] == len(found["layers"])
    return found


def column(layer: dict[str, Any], name: str) -> dict[str, Any]:
    return next(row for row in layer["columns"] if row["name"] == name)


def test_a_table_tells_columns_types_examples_and_distinct_values(tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_text("Rechtswert;Hochwert;LC_Klasse;Jahr\n22.1;45.2;Wald;2018\n22.2;45.3;Wiese;\n"
                    "22.3;45.4;Wald;2018\n")  # fmt: skip
    [layer] = inspected(path)["layers"]
    assert (layer["rows"], layer["crs"], layer["x_field"], layer["y_field"]) == (
        3,
        None,
        None,
        None,
    )
    assert [row["type"] for row in layer["columns"]] == ["number", "number", "text", "integer"]
    assert column(layer, "LC_Klasse")["values"] == [
        {"value": "Wald", "count": 2},
        {"value": "Wiese", "count": 1},
    ]
    assert column(layer, "Jahr")["empty"] == 1
    assert (column(layer, "Rechtswert")["low"], column(layer, "Hochwert")["high"]) == (22.1, 45.4)
    assert layer["sample"][1]["values"]["LC_Klasse"] == "Wiese"


def test_coordinates_are_found_by_their_names_and_torn_rows_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Longitude,Latitude,c\n22.1,45.2,1\n22.1,45.2\n")
    [layer] = inspected(path)["layers"]
    assert (layer["x_field"], layer["y_field"], layer["refused"]) == ("Longitude", "Latitude", 1)
    assert layer["geometry_types"] == {"Point": 1}


def test_every_layer_of_a_geopackage_is_told_with_its_crs(tmp_path: Path) -> None:
    path = gpkg(tmp_path / "a.gpkg", layers=("first", "second"))
    layers = inspected(path)["layers"]
    assert [layer["name"] for layer in layers] == ["first", "second"]
    assert {layer["crs"] for layer in layers} == {"EPSG:3035"}
    assert column(layers[0], "code")["values"] == [
        {"value": "1", "count": 1},
        {"value": "2", "count": 1},
    ]


@pytest.mark.parametrize("kind", ["gpkg", "zip"])
def test_a_file_without_crs_is_told_as_such_not_refused(tmp_path: Path, kind: str) -> None:
    path = gpkg(tmp_path / "a.gpkg", crs=None) if kind == "gpkg" else shapefile(
        tmp_path / "shp", crs=None
    )  # fmt: skip
    [layer] = inspected(path)["layers"]
    assert layer["crs"] is None
    assert layer["rows"] > 0


def test_geojson_values_are_in_the_words_of_a_class_map(tmp_path: Path) -> None:
    path = geojson(
        tmp_path / "a.geojson",
        feature("Point", [22.1, 45.1], k=3.0),
        feature("Point", [22.1, 45.1], k=11),
        feature("Point", [22.1, 45.1], k=" bare soil "),
        feature("LineString", [[0, 0], [1, 1]], k=None),
    )
    [layer] = inspected(path)["layers"]
    assert [row["value"] for row in column(layer, "k")["values"]] == ["3", "11", "bare soil"]
    assert (layer["crs"], layer["refused"]) == ("EPSG:4326", 1)


def test_a_column_of_ids_lists_no_values(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    count = inspecting.MAX_VALUES + 1
    path.write_text("x,y,id\n" + "".join(f"1,1,s{n}\n" for n in range(count)))
    [layer] = inspected(path)["layers"]
    assert column(layer, "id")["values"] is None
    assert column(layer, "id")["distinct"] == count


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.csv", b"", "is empty"),
        ("a.gpkg", b"GIF89a", "is not GPKG"),
        ("a.zip", b"PK\x03\x04 torn", "damaged"),
        ("a.geojson", b'{"type": "FeatureColl', "is not JSON"),
        ("a.kml", b"<kml/>", "extension"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_by_name(
    tmp_path: Path, name: str, content: bytes, says: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError, match=says) as told:
        inspected(path)
    assert name in str(told.value)
