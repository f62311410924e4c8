"""probe_rasters: files tell their form; a bad one is reported and stops nothing."""

from pathlib import Path

import numpy as np

from tests.builders.rasters import GRID, raster_asset
from workers.contracts.requests import KernelRequest
from workers.kernels import probe_rasters


def test_form_and_errors_are_reported_in_order(tmp_path: Path) -> None:
    good = raster_asset(tmp_path / "B04.tif", np.ones((40, 60), np.uint16))
    (tmp_path / "bad.tif").write_text("<VRTDataset></VRTDataset>")
    assets = [
        {"key": "B04", "path": good.path},
        {"key": "bad", "path": str(tmp_path / "bad.tif")},
        {"key": "gone", "path": str(tmp_path / "gone.tif")},
        {"key": "far", "path": "/etc/passwd"},
    ]
    request = KernelRequest(
        id="x", kernel="probe_rasters", parameters={}, staging=str(tmp_path), roots=(str(tmp_path),)
    )
    result = probe_rasters.run(
        request, probe_rasters.Parameters(assets=assets), lambda stage, fraction: None
    )
    first, *others = result.report["assets"]
    assert first["error"] is None
    assert (first["dtype"], first["shape"], first["crs"]) == ("uint16", [40, 60], "EPSG:3035")
    assert first["transform"] == list(GRID.transform())
    assert first["nodata"] == 0
    assert first["version"].startswith(f"{first['size']}:")
    assert [report["key"] for report in others] == ["bad", "gone", "far"]
    assert "cannot be opened as GTiff" in others[0]["error"]
    assert others[0]["version"].startswith("25:")  # so that its mended form is another file
    assert "version" not in others[1]
    assert "version" not in others[2]
    assert "does not exist" in others[1]["error"]
    assert "outside the folders" in others[2]["error"]
    assert result.warnings == ("3 of 4 rasters cannot be used.",)


def test_what_a_mask_leaves_valid_is_measured(tmp_path: Path) -> None:
    classes = np.full((40, 60), 4, np.uint8)
    classes[:20] = 9  # cloud
    classes[:, :10] = 0  # no data
    clouds = np.zeros((40, 60), np.uint8)
    clouds[:10] = 1
    assets = [
        {
            "key": "scl",
            "path": raster_asset(tmp_path / "SCL.tif", classes).path,
            "mask": "sentinel2_l2a",
            "name": "SCL",
        },
        {
            "key": "clouds",
            "path": raster_asset(tmp_path / "clouds.tif", clouds, nodata=255).path,
            "mask": "generic",
            "name": "clouds",
            "roles": ["cloud-mask"],
        },
        {"key": "plain", "path": raster_asset(tmp_path / "B04.tif", classes).path},
    ]
    request = KernelRequest(
        id="x", kernel="probe_rasters", parameters={}, staging=str(tmp_path), roots=(str(tmp_path),)
    )
    result = probe_rasters.run(
        request, probe_rasters.Parameters(assets=assets), lambda stage, fraction: None
    )
    scl, cloud, plain = result.report["assets"]
    assert scl["valid_percent"] == 50.0
    assert cloud["valid_percent"] == 75.0
    assert "valid_percent" not in plain
