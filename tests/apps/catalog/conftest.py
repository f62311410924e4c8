"""Catalogues for tests: real ones, and small ones written to a folder."""

import json
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from apps.catalog.domain import probe_list
from apps.catalog.gateways import catalog_read
from apps.catalog.services import catalog_import_apply
from workers.contracts.plugins import SensorSpec
from workers.contracts.requests import KernelRequest

SENSORS = ("generic", "sentinel1", "sentinel2_l2a", "synthetic")


@pytest.fixture(scope="session")
def specs() -> list[SensorSpec]:
    return [import_module(f"workers.sensors.{name}").SPEC for name in SENSORS]


def probe(assets: list[dict[str, Any]], roots: list[Path]) -> list[dict[str, Any]]:
    """Run the real probe kernel in this process."""
    kernel = import_module("workers.kernels.probe_rasters")
    request = KernelRequest(
        id="probe",
        kernel="probe_rasters",
        parameters={},
        staging="/nowhere",
        roots=tuple(str(root) for root in roots),
    )
    result = kernel.run(request, kernel.Parameters(assets=assets), lambda stage, share: None)
    found: list[dict[str, Any]] = result.report["assets"]
    return found


@pytest.fixture
def import_catalog(specs: list[SensorSpec]) -> Callable[..., dict[str, Any]]:
    """Read, probe and apply a catalogue, as the import job does."""

    def run(project: Any, folder: Path, root: Path | None = None) -> dict[str, Any]:
        roots = [root or folder]
        items = catalog_read(str(folder), roots=roots)
        probes = probe(probe_list(items), roots)
        return catalog_import_apply(project=project, items=items, probes=probes, specs=specs)

    return run


class SmallCatalog:
    """A static catalogue of one collection in a folder, item by item."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.links: list[dict[str, str]] = []
        self.collection("{}")

    def collection(self, _: str = "") -> None:
        self.write(
            "collection.json",
            {
                "type": "Collection",
                "stac_version": "1.0.0",
                "id": "small",
                "description": "",
                "license": "various",
                "extent": {},
                "links": self.links,
            },
        )

    def item(self, name: str, **changes: Any) -> dict[str, Any]:
        ring = [[5.0, 50.0], [5.1, 50.0], [5.1, 50.1], [5.0, 50.1], [5.0, 50.0]]
        item: dict[str, Any] = {
            "type": "Feature",
            "stac_version": "1.0.0",
            "id": name,
            "geometry": {"type": "Polygon", "coordinates": [ring]},
            "bbox": [5.0, 50.0, 5.1, 50.1],
            "properties": {"datetime": "2020-06-01T10:00:00Z"},
            "collection": "small",
            "assets": {"red": {"href": f"./{name}.tif", "type": "image/tiff", "roles": ["data"]}},
            "links": [],
            **changes,
        }
        self.write(f"{name}.json", item)
        self.link("item", f"./{name}.json")
        return item

    def link(self, rel: str, href: str) -> None:
        self.links.append({"rel": rel, "href": href})
        self.collection()

    def write(self, name: str, value: Any) -> Path:
        path = self.folder / name
        path.write_text(value if isinstance(value, str) else json.dumps(value))
        return path

    def raster(self, name: str) -> Path:
        import numpy as np
        import rasterio
        from rasterio.transform import from_origin

        path = self.folder / f"{name}.tif"
        form = {"height": 10, "width": 10, "count": 1, "dtype": "int16", "crs": "EPSG:32631"}
        with rasterio.open(
            path, "w", driver="GTiff", transform=from_origin(6e5, 5.5e6, 20, 20), **form
        ) as target:
            target.write(np.ones((1, 10, 10), dtype="int16"))
        return path


@pytest.fixture
def small(tmp_path: Path) -> SmallCatalog:
    folder = tmp_path / "catalog"
    folder.mkdir()
    return SmallCatalog(folder)
