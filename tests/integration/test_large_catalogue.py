"""A catalogue of thousands of items: probed in parts, reported while it goes on."""

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from rasterio.transform import from_origin

from apps.catalog.models import Scene
from apps.jobs.models import Block, Run
from apps.orchestration.services.controls import imports
from tests.builders.main_job import Operator
from workers.contracts.child import MAX_LINE_BYTES

ITEMS = 3_000


def catalogue_made(folder: Path, count: int) -> None:
    """Write one ItemCollection of items with a raster each; the files share their bytes."""
    folder.mkdir()
    pattern = folder / "0.tif"
    form = {"height": 8, "width": 8, "count": 1, "dtype": "int16", "crs": "EPSG:32631"}
    with rasterio.open(
        pattern, "w", driver="GTiff", transform=from_origin(6e5, 5.5e6, 20, 20), **form
    ) as target:
        target.write(np.ones((1, 8, 8), dtype="int16"))
    for number in range(1, count):
        os.link(pattern, folder / f"{number}.tif")
    features = [item(number) for number in range(count)]
    features[1]["assets"]["red"]["href"] = "./missing.tif"
    collection = {"type": "FeatureCollection", "features": features}
    (folder / "items.json").write_text(json.dumps(collection))


def item(number: int) -> dict[str, Any]:
    west = 4.4 + number % 50 / 100
    ring = [[west, 49.6], [west + 0.1, 49.6], [west + 0.1, 49.7], [west, 49.7], [west, 49.6]]
    day = f"20{10 + number // 365:02d}-01-01T10:00:00Z"
    return {
        "type": "Feature",
        "stac_version": "1.0.0",
        "id": f"item-{number:05d}",
        "collection": "many",
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "bbox": [west, 49.6, west + 0.1, 49.7],
        "properties": {"datetime": day, "eo:cloud_cover": number % 100},
        "assets": {"red": {"href": f"./{number}.tif", "type": "image/tiff", "roles": ["data"]}},
        "links": [],
    }


def test_thousands_of_items_are_probed_in_parts_that_fit_a_line(
    operator: Operator, store: Any
) -> None:
    folder = store.root.parent / "many"
    catalogue_made(folder, ITEMS)
    project = operator.project("many")
    job = operator.catalogue(project, folder / "items.json")
    assert job["status"] == "finished", job
    assert (job["result"]["created"], job["result"]["flagged"]) == (ITEMS, 1)
    parts = Block.objects.filter(step__run__job=job["id"], step__name="probe")
    assert parts.count() == -(-(ITEMS - 1) // imports.PART_ASSETS)
    reports = parts.values_list("result__report", flat=True)
    assert max(len(json.dumps(report)) for report in reports) < MAX_LINE_BYTES / 4
    checked: Any = Run.objects.get(job=job["id"]).invariant_report
    assert checked["ok"]
    told = operator.get(f"catalog/imports/{job['id']}/")
    assert (told["stage"], told["items"], told["files"]) == ("apply", ITEMS, ITEMS - 1)
    assert told["rasters"] == {"done": 6, "total": 6}
    assert told["counts"]["created"] == ITEMS
    (problem,) = told["errors"]
    assert (problem["item"], problem["asset"]) == ("item-00001", "red")
    assert "Restore the file" in problem["advice"]
    assert Scene.objects.get(item_id="item-00001").flagged_reason
