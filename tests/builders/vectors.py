"""Vector files of polygons in any CRS, as people upload them."""

import json
import warnings
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import geopandas
from shapely.geometry import Point, Polygon, mapping

Ring = list[tuple[float, float]]


def square(lon: float, lat: float, size: float = 0.02) -> Ring:
    return [(lon, lat), (lon + size, lat), (lon + size, lat + size), (lon, lat + size), (lon, lat)]


def bow_tie(lon: float, lat: float, size: float = 0.02) -> Ring:
    return [(lon, lat), (lon + size, lat + size), (lon + size, lat), (lon, lat + size), (lon, lat)]


def vector_file(path: Path, rings: Mapping[str, Ring], crs: str = "EPSG:4326") -> Path:
    """Write named polygons, given in degrees, in a CRS; the suffix of ``path`` is the format."""
    frame = geopandas.GeoDataFrame(
        {"name": list(rings)}, geometry=[Polygon(ring) for ring in rings.values()], crs="EPSG:4326"
    ).to_crs(crs)
    if path.suffix == ".geojson":
        path.write_text(json.dumps(_collection(frame, crs)))
    elif path.suffix == ".zip":
        frame.to_file(path.with_suffix(".shp"), engine="pyogrio")
        with zipfile.ZipFile(path, "w") as archive:
            for part in ("shp", "shx", "dbf", "prj"):
                archive.write(path.with_suffix(f".{part}"), f"{path.stem}.{part}")
    else:
        frame.to_file(path, layer="areas", driver="GPKG", engine="pyogrio")
    return path


def point_file(
    path: Path, layer: str, rows: Sequence[tuple[float, float, str]], crs: str, *, said: bool = True
) -> Path:
    """Add a layer of points, given in degrees with their class, to a GeoPackage.

    ``said``: the layer says its CRS; else its numbers stand alone.
    """
    places = [Point(lon, lat) for lon, lat, _ in rows]
    data = {"LC": [value for _, _, value in rows]}
    frame = geopandas.GeoDataFrame(data, geometry=places, crs="EPSG:4326").to_crs(crs)
    if not said:
        frame = frame.set_crs(None, allow_override=True)
    with warnings.catch_warnings(action="ignore", category=UserWarning):
        frame.to_file(path, layer=layer, driver="GPKG", engine="pyogrio")
    return path


def _collection(frame: geopandas.GeoDataFrame, crs: str) -> dict[str, object]:
    name = f"urn:ogc:def:crs:{crs.replace(':', '::')}"
    features = [
        {"type": "Feature", "properties": {"name": title}, "geometry": mapping(shape)}
        for title, shape in zip(frame["name"], frame.geometry, strict=True)
    ]
    named = {"type": "name", "properties": {"name": name}}
    return {"type": "FeatureCollection", "crs": named, "features": features}
