"""STAC item of a published release, with the lineage that answers "what made this pixel"."""

from typing import Any

STAC_EXTENSIONS = (
    "https://stac-extensions.github.io/projection/v1.1.0/schema.json",
    "https://stac-extensions.github.io/raster/v1.1.0/schema.json",
    "https://stac-extensions.github.io/classification/v1.1.0/schema.json",
    "https://stac-extensions.github.io/processing/v1.1.0/schema.json",
    "https://stac-extensions.github.io/file/v2.1.0/schema.json",
)


def stac_item(
    *,
    release_id: str,
    title: str,
    bbox: list[float],
    period: tuple[str, str],
    grid: dict[str, Any],
    assets: dict[str, Any],
    lineage: dict[str, Any],
    self_href: str,
) -> dict[str, Any]:
    """Return a STAC 1.0 Item. ``period``: first and last acquisition, ISO 8601 UTC."""
    west, south, east, north = bbox
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    crs = str(grid["crs"])
    projection = (
        {"proj:epsg": int(crs[5:])}
        if crs.startswith("EPSG:")
        else {"proj:epsg": None, "proj:wkt2": crs}
    )
    return {
        "type": "Feature",
        "stac_version": "1.0.0",
        "stac_extensions": list(STAC_EXTENSIONS),
        "id": release_id,
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "bbox": bbox,
        "properties": {
            "title": title,
            "datetime": None,
            "start_datetime": period[0],
            "end_datetime": period[1],
            **projection,
            "processing:software": lineage.get("software", {}),
            "processing:lineage": lineage.get("summary", ""),
            "controlcenter:lineage": {
                key: value for key, value in lineage.items() if key not in {"software", "summary"}
            },
        },
        "links": [{"rel": "self", "href": self_href, "type": "application/geo+json"}],
        "assets": assets,
    }
