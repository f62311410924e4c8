"""The query of a search for scenes, read and checked."""

import json
import math
from typing import Any
from uuid import UUID

from django.contrib.gis.geos import GEOSGeometry

from apps.aois.domain import SAMPLES, bbox_read, geometry_read
from apps.aois.selectors import aois_visible_to
from apps.catalog.enums import SceneState
from apps.core.errors import InvalidInput, NotFound

SEARCH = (
    "project", "aoi", "bbox", "intersects", "datetime", "collection", "cloud_cover_max", "sensor",
    "state", "text",
)  # fmt: skip
MAX_TEXT = 200


def search_of(params: Any, user: Any) -> dict[str, Any]:
    """Return the filters of a query string; raises InvalidInput naming a wrong one."""
    named = [name for text in params.getlist("collection") for name in text.split(",") if name]
    return {
        "collections": named,
        "datetime": params.get("datetime") or None,
        "cloud_cover_max": _percent(params.get("cloud_cover_max")),
        "geometry": place_of(params, user),
        "sensor": params.get("sensor") or "",
        "state": _state(params.get("state")),
        "text": (params.get("text") or "").strip()[:MAX_TEXT],
    }


def place_of(params: Any, user: Any) -> GEOSGeometry | None:
    """Return the area asked for: ``aoi``, ``bbox`` and ``intersects`` cut with one another."""
    parts = [
        bbox_read(params["bbox"]) if params.get("bbox") else None,
        _shape(params["intersects"]) if params.get("intersects") else None,
        _aoi(params["aoi"], user) if params.get("aoi") else None,
    ]
    found: GEOSGeometry | None = None
    for part in parts:
        if part is not None:
            found = part if found is None else found.intersection(part)
    return found


def _shape(text: str) -> GEOSGeometry:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        message = "intersects is not a GeoJSON geometry."
        raise InvalidInput(message, errors={"intersects": [message]}) from error
    return geometry_read(value, types=SAMPLES, field="intersects")


def _aoi(text: str, user: Any) -> GEOSGeometry:
    try:
        key = UUID(text)
    except ValueError as error:
        raise NotFound(f"Area of interest {text[:40]!r} does not exist.") from error
    found = aois_visible_to(user).filter(pk=key).first()
    if found is None:
        raise NotFound(f"Area of interest {key} does not exist.")
    shape: GEOSGeometry = found.geometry
    return shape


def _state(text: str | None) -> str:
    if not text:
        return ""
    if text not in SceneState.values:
        message = f"state {text[:40]!r} is unknown; known: {', '.join(SceneState.values)}."
        raise InvalidInput(message, errors={"state": [message]})
    return text


def _percent(text: str | None) -> float | None:
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 <= number <= 100:
        message = f"cloud_cover_max {text[:40]!r} is not a number from 0 to 100."
        raise InvalidInput(message, errors={"cloud_cover_max": [message]})
    return number
