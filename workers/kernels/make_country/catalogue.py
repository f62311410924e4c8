"""The static STAC catalogue around the written files."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from workers.grid import bounds_of, bounds_to, footprint
from workers.kernels.make_country.landscape import CLASSES
from workers.kernels.make_country.phenology import BANDS, FINE_BANDS
from workers.kernels.make_country.scenes import CRS, YEAR, SceneFiles, transform_of

COLLECTION = "synthetic-country"
REFERENCE = "reference-truth"
COG = "image/tiff; application=geotiff; profile=cloud-optimized"
EXTENSIONS = [
    "https://stac-extensions.github.io/eo/v1.1.0/schema.json",
    "https://stac-extensions.github.io/projection/v1.1.0/schema.json",
    "https://stac-extensions.github.io/raster/v1.1.0/schema.json",
]
LABEL_EXTENSION = "https://stac-extensions.github.io/label/v1.0.1/schema.json"
COMMON = {
    "B02": ("blue", 0.490), "B03": ("green", 0.560), "B04": ("red", 0.665),
    "B05": ("rededge", 0.705), "B08": ("nir", 0.842), "B11": ("swir16", 1.610),
    "B12": ("swir22", 2.190),
}  # fmt: skip


def write_catalogue(folder: Path, scenes: Sequence[SceneFiles], *, size: int, seed: int) -> None:
    """Write catalog.json, collection.json and one item a scene; bands lie beside their item."""
    items = [_scene_item(scene, size) for scene in scenes]
    items.append(_reference_item(size))
    for item in items:
        write_json(folder / COLLECTION / "items" / item["id"] / f"{item['id']}.json", item)
    write_json(folder / COLLECTION / "collection.json", _collection(scenes, items, size, seed))
    catalog = {
        "type": "Catalog",
        "stac_version": "1.0.0",
        "id": "synthetic-country-catalog",
        "title": "Synthetic country",
        "description": "A made-up country with known truth, for demonstration and measurement.",
        "controlcenter:recipe": {"size": size, "seed": seed},
        "links": [
            {"rel": "root", "href": "./catalog.json", "type": "application/json"},
            {"rel": "child", "href": f"./{COLLECTION}/collection.json", "type": "application/json"},
        ],
    }
    write_json(folder / "catalog.json", catalog)


def write_json(path: Path, value: Any) -> None:
    """Write readable JSON with a stable order."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")


def _scene_item(scene: SceneFiles, size: int) -> dict[str, Any]:
    assets: dict[str, Any] = {}
    for name in BANDS:
        resolution = 10 if name in FINE_BANDS else 20
        band = {"nodata": 0, "data_type": "uint16", "scale": 0.0001, "offset": 0}
        assets[name] = _asset(name, f"Surface reflectance {name}", ["data", "reflectance"], band,
                              resolution, size)  # fmt: skip
        common, wavelength = COMMON[name]
        assets[name]["eo:bands"] = [
            {"name": name, "common_name": common, "center_wavelength": wavelength}
        ]
    assets["SCL"] = _asset(
        "SCL", "Scene classification (with its faults)", ["data", "mask"],
        {"nodata": 0, "data_type": "uint8"}, 20, size,
    )  # fmt: skip
    assets["cloud_truth"] = _asset(
        "cloud_truth", "1 where the ground is really seen", ["metadata", "truth"],
        {"nodata": 255, "data_type": "uint8"}, 20, size,
    )  # fmt: skip
    properties = {
        "datetime": f"{scene.time:%Y-%m-%dT%H:%M:%SZ}",
        "platform": "synthetic-2",
        "instruments": ["msi"],
        "gsd": 10,
        "eo:cloud_cover": scene.cloud_cover,
    }
    return _item(scene.item_id, properties, assets, EXTENSIONS, size)


def _reference_item(size: int) -> dict[str, Any]:
    def vector(name: str, title: str, roles: list[str]) -> dict[str, Any]:
        return {"href": f"./{name}", "type": "application/geo+json", "title": title, "roles": roles}

    truth = _asset("truth", "True land cover", ["data", "labels-raster"],
                   {"nodata": 255, "data_type": "uint8"}, 10, size)  # fmt: skip
    assets = {
        "truth": truth,
        "samples": vector("samples.geojson", "Training points, 5 % wrong", ["labels"]),
        "validation": vector("validation.geojson", "Random points, all right", ["labels"]),
        "regions": vector("regions.geojson", "Bio-geographic regions", ["metadata"]),
        "legend": {"href": "./legend.csv", "type": "text/csv", "roles": ["metadata"]},
    }
    properties = {
        "datetime": f"{YEAR}-07-01T00:00:00Z",
        "label:type": "vector",
        "label:description": "The land cover the scenes were made from, and points drawn from it",
        "label:tasks": ["classification"],
        "label:methods": ["synthetic"],
        "label:properties": ["class_name"],
        "label:classes": [{"name": "class_name", "classes": [name for _, name, _ in CLASSES]}],
    }
    return _item(REFERENCE, properties, assets, [*EXTENSIONS[1:], LABEL_EXTENSION], size)


def _asset(
    key: str, title: str, roles: list[str], band: dict[str, Any], resolution: int, size: int
) -> dict[str, Any]:
    pixels = size * 10 // resolution
    asset: dict[str, Any] = {
        "href": f"./{key}.tif",
        "type": COG,
        "title": title,
        "roles": roles,
        "gsd": resolution,
        "raster:bands": [{**band, "spatial_resolution": resolution}],
    }
    if resolution != 10:
        asset["proj:shape"] = [pixels, pixels]
        asset["proj:transform"] = list(transform_of(float(resolution)))
    return asset


def _item(
    item_id: str,
    properties: dict[str, Any],
    assets: dict[str, Any],
    extensions: list[str],
    size: int,
) -> dict[str, Any]:
    transform = transform_of(10.0)
    bbox = bounds_to(bounds_of(transform, (size, size)), CRS)
    projection = {
        "proj:epsg": int(CRS.removeprefix("EPSG:")),
        "proj:shape": [size, size],
        "proj:transform": list(transform),
    }
    return {
        "type": "Feature",
        "stac_version": "1.0.0",
        "stac_extensions": extensions,
        "id": item_id,
        "geometry": footprint(transform, (size, size), CRS),
        "bbox": [round(value, 7) for value in bbox],
        "properties": {**properties, **projection},
        "collection": COLLECTION,
        "assets": assets,
        "links": [
            {"rel": "root", "href": "../../../catalog.json", "type": "application/json"},
            {"rel": "parent", "href": "../../collection.json", "type": "application/json"},
            {"rel": "collection", "href": "../../collection.json", "type": "application/json"},
        ],
    }


def _collection(
    scenes: Sequence[SceneFiles], items: Sequence[dict[str, Any]], size: int, seed: int
) -> dict[str, Any]:
    interval = [f"{scenes[0].time:%Y-%m-%dT%H:%M:%SZ}", f"{scenes[-1].time:%Y-%m-%dT%H:%M:%SZ}"]
    links = [
        {"rel": "root", "href": "../catalog.json", "type": "application/json"},
        {"rel": "parent", "href": "../catalog.json", "type": "application/json"},
    ]
    links += [
        {"rel": "item", "href": f"./items/{item['id']}/{item['id']}.json",
         "type": "application/geo+json"}
        for item in items
    ]  # fmt: skip
    return {
        "type": "Collection",
        "stac_version": "1.0.0",
        "stac_extensions": [],
        "id": COLLECTION,
        "title": "Synthetic country",
        "description": f"Seeded Sentinel-2-like scenes of {YEAR} ({size} x {size} px, seed {seed}) "
        "with phenology by class and region, clouds, shadows, missing dates and known truth.",
        "license": "CC0-1.0",
        "extent": {
            "spatial": {"bbox": [items[0]["bbox"]]},
            "temporal": {"interval": [interval]},
        },
        "links": links,
    }
