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
    assert "does not exist" in others[1]["error"]
    assert "outside the folders" in others[2]["error"]
    assert result.warnings == ("3 of 4 rasters cannot be used.",)
