"""Importing catalogues: kinds, idempotence, flags, the native grid."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

from apps.catalog.enums import SceneKind
from apps.catalog.models import Asset, Collection, Scene
from apps.catalog.selectors import scene_ref
from tests.apps.catalog.conftest import SmallCatalog
from tests.factories import make_project

pytestmark = pytest.mark.django_db
Import = Callable[..., dict[str, Any]]

REAL = {
    # folder: scenes, statics, references, sensors
    "romania-s2-hrl": (140, 0, 1, {"sentinel2_l2a"}),
    "slovenia-s2-ndvi": (68, 0, 1, {"generic"}),
    "lombardia-modis-clc": (12, 0, 1, {"generic"}),
    "belgium-s1-s2-monthly": (24, 1, 1, {"generic", "sentinel1"}),
}
GRIDS = {
    "romania-s2-hrl": ("EPSG:3035", (10.0, 10.0), (5271982.576551932, 2533004.2149151857)),
    "slovenia-s2-ndvi": (
        "EPSG:32633",
        (9.99479222007154, 9.997448467363668),
        (465181.0522318204, 5080254.63349641),
    ),
    "lombardia-modis-clc": ("EPSG:3035", (500.0, 500.0), (4172250.0, 2673250.0)),
}


@pytest.mark.data
@pytest.mark.parametrize("folder", REAL)
def test_real_catalogue_imports_as_its_readme_says(
    folder: str, data_root: Path, import_catalog: Import
) -> None:
    project = make_project(grid="native")
    report = import_catalog(project, data_root / folder)
    scenes, statics, references, sensors = REAL[folder]
    assert report["errors"] == []
    assert (report["scenes"], report["statics"], report["references"]) == (
        scenes,
        statics,
        references,
    )
    assert report["created"] == scenes + statics + references
    found = Scene.objects.filter(project=project, kind=SceneKind.SCENE)
    assert set(found.values_list("sensor", flat=True)) == sensors
    if folder in GRIDS:
        crs, resolution, origin = GRIDS[folder]
        grid = project.grid_contract
        assert grid is not None
        assert (grid.crs, grid.resolution, grid.origin) == (crs, resolution, origin)


@pytest.mark.data
def test_whole_data_folder_imports_and_again_unchanged(
    data_root: Path, import_catalog: Import
) -> None:
    project = make_project()
    first = import_catalog(project, data_root)
    assert (first["created"], first["scenes"]) == (249, 244)
    before = set(Asset.objects.values_list("pk", flat=True))
    second = import_catalog(project, data_root)
    assert (second["created"], second["updated"], second["unchanged"]) == (0, 0, 249)
    assert set(Asset.objects.values_list("pk", flat=True)) == before
    assert Collection.objects.filter(project=project).count() == 4


@pytest.mark.data
def test_scene_ref_of_a_real_scene_says_what_the_item_says(
    data_root: Path, import_catalog: Import
) -> None:
    project = make_project()
    import_catalog(project, data_root / "romania-s2-hrl")
    scene = Scene.objects.get(item_id="S2_L2A_RO_20180107")
    ref = scene_ref(scene)
    red, swir = ref.assets["B04"], ref.assets["B11"]
    assert (red.scale, red.nodata, red.dtype, red.shape) == (0.0001, 0.0, "uint16", (100, 100))
    assert (swir.shape, swir.transform[0], swir.common_name) == ((50, 50), 20.0, "swir16")
    assert ref.assets["SCL"].roles == ("data", "cloud-mask")
    assert red.version
    assert Path(red.path).is_file()


def test_label_properties_and_label_assets_make_a_reference(
    small: SmallCatalog, import_catalog: Import
) -> None:
    small.item("by-property", properties={"datetime": None, "label:type": "vector"})
    labels = {"href": "./x.geojson", "roles": ["labels"]}
    small.item("by-role", assets={"labels": labels}, properties={"datetime": None})
    report = import_catalog(make_project(), small.folder)
    assert (report["references"], report["scenes"]) == (2, 0)


def test_elevation_is_static_and_a_band_without_eo_bands_is_a_scene(
    small: SmallCatalog, import_catalog: Import
) -> None:
    small.raster("dem")
    asset = {"href": "./dem.tif", "type": "image/tiff", "roles": ["data"]}
    small.item("terrain", assets={"elevation": asset})
    small.item("index", assets={"ndvi": asset})
    report = import_catalog(make_project(), small.folder)
    assert report["errors"] == []
    assert (report["statics"], report["scenes"]) == (1, 1)


def test_missing_and_truncated_assets_flag_their_scene_and_spare_the_rest(
    small: SmallCatalog, import_catalog: Import
) -> None:
    for name in ("good", "cut", "gone"):
        small.raster(name)
        small.item(name)
    (small.folder / "gone.tif").unlink()
    cut = small.folder / "cut.tif"
    cut.write_bytes(cut.read_bytes()[:100])
    report = import_catalog(make_project(), small.folder)
    assert {entry["item"] for entry in report["errors"]} == {"cut", "gone"}
    assert report["created"] == 3
    flagged = dict(Scene.objects.values_list("item_id", "flagged_reason"))
    assert flagged["good"] == ""
    assert "does not exist" in flagged["gone"]
    assert "red" in flagged["cut"]


def test_item_without_date_or_raster_is_listed_and_left_out(
    small: SmallCatalog, import_catalog: Import
) -> None:
    small.raster("dateless")
    small.item("dateless", properties={"datetime": None})
    small.item("empty", assets={"notes": {"href": "./notes.txt", "type": "text/plain"}})
    small.raster("odd")
    small.item("odd", properties={"datetime": "yesterday"})
    report = import_catalog(make_project(), small.folder)
    assert report["skipped"] == 3
    messages = {entry["item"]: entry["message"] for entry in report["errors"]}
    assert "neither datetime" in messages["dateless"]
    assert "no raster asset" in messages["empty"]
    assert "'yesterday'" in messages["odd"]
    assert Scene.objects.count() == 0


def test_changed_item_and_changed_file_are_updated_in_place(
    small: SmallCatalog, import_catalog: Import
) -> None:
    project = make_project()
    for name in ("a", "b", "c"):
        small.raster(name)
        small.item(name)
    import_catalog(project, small.folder)
    kept = dict(Scene.objects.values_list("item_id", "pk"))
    item = json.loads((small.folder / "a.json").read_text())
    item["properties"]["eo:cloud_cover"] = 12
    small.write("a.json", item)
    small.raster("b").touch()
    report = import_catalog(project, small.folder)
    assert (report["updated"], report["unchanged"], report["created"]) == (2, 1, 0)
    assert dict(Scene.objects.values_list("item_id", "pk")) == kept
    assert Scene.objects.get(item_id="a").cloud_cover == 12


def test_several_bands_of_one_file_become_several_assets(
    small: SmallCatalog, import_catalog: Import
) -> None:
    small.raster("multi")
    asset = {
        "href": "./multi.tif",
        "type": "image/tiff",
        "roles": ["data"],
        "eo:bands": [{"name": "R", "common_name": "red"}, {"name": "N", "common_name": "nir"}],
        "raster:bands": [{"nodata": -1, "scale": 0.5}, {"nodata": -2, "offset": 3}],
    }
    small.item("multi", assets={"all": asset})
    import_catalog(make_project(), small.folder)
    rows = Asset.objects.order_by("band").values_list(
        "key", "band", "common_name", "nodata", "scale", "offset"
    )
    assert list(rows) == [
        ("all_R", 1, "red", -1.0, 0.5, 0.0),
        ("all_N", 2, "nir", -2.0, 1.0, 3.0),
    ]


def test_item_twice_in_one_catalogue_is_listed_once(
    small: SmallCatalog, import_catalog: Import
) -> None:
    small.raster("a")
    item = small.item("a")
    small.write("again.json", item)
    small.link("item", "./again.json")
    report = import_catalog(make_project(), small.folder)
    assert (report["created"], report["skipped"]) == (1, 1)
    assert "occurs twice" in report["errors"][0]["message"]


def test_project_with_a_grid_of_its_own_keeps_it(
    small: SmallCatalog, import_catalog: Import
) -> None:
    small.raster("a")
    small.item("a")
    project = make_project()
    before = project.grid
    assert import_catalog(project, small.folder)["grid"] is False
    assert project.grid == before
    native = make_project(grid="native")
    assert import_catalog(native, small.folder)["grid"] is True
    grid = native.grid_contract
    assert grid is not None
    assert (grid.resolution, grid.origin) == ((20.0, 20.0), (6e5, 5.5e6))


def test_same_catalogue_in_two_projects_stays_apart(
    small: SmallCatalog, import_catalog: Import
) -> None:
    small.raster("a")
    small.item("a")
    for _ in range(2):
        assert import_catalog(make_project(), small.folder)["created"] == 1
    assert Scene.objects.count() == 2


def test_each_band_of_a_file_has_its_own_scale_and_offset(
    small: SmallCatalog, import_catalog: Import
) -> None:
    path = small.raster("two")
    form = {"height": 10, "width": 10, "count": 2, "dtype": "int16", "crs": "EPSG:32631"}
    with rasterio.open(
        path, "w", driver="GTiff", transform=from_origin(6e5, 5.5e6, 20, 20), **form
    ) as target:
        target.write(np.ones((2, 10, 10), dtype="int16"))
        target.scales, target.offsets = (0.5, 0.01), (0.0, -3.0)
    bands = [{"name": "a"}, {"name": "b"}]
    asset = {"href": "./two.tif", "type": "image/tiff", "roles": ["data"], "eo:bands": bands}
    small.item("two", assets={"two": asset})
    import_catalog(make_project(), small.folder)
    found = Asset.objects.order_by("key").values_list("key", "scale", "offset")
    assert list(found) == [("two_a", 0.5, 0.0), ("two_b", 0.01, -3.0)]
