"""Files of a sample set for people and programs."""

import csv
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.gis.geos import Point

from apps.core.errors import InvalidInput, TooLarge
from apps.core.storage import store_open
from apps.projects.selectors import classes_of
from apps.samples.domain import cell_safe
from apps.samples.models import ReferenceSample, SampleSet, SampleSetVersion
from apps.samples.selectors import sample_feature, samples_of

MAX_ROWS = 50_000
COLUMNS = (
    "class_code", "class_name", "status", "confidence", "source", "group", "block", "valid_from",
    "valid_to", "region", "external_id", "revision",
)  # fmt: skip


@dataclass(frozen=True)
class ExportFile:
    """A file ready to be sent as an attachment."""

    name: str
    media_type: str
    data: bytes


def export_of(sample_set: SampleSet, kind: str) -> ExportFile:
    """Return the live samples as ``geojson`` or ``csv``; text cells cannot act as formulas.

    Raises InvalidInput for another format, TooLarge above 50,000 rows.
    """
    if kind not in EXPORTS:
        message = f"Format {kind[:40]!r} is not offered; known: {', '.join(EXPORTS)}."
        raise InvalidInput(message, errors={"format": [message]})
    rows = list(samples_of(sample_set)[: MAX_ROWS + 1])
    if len(rows) > MAX_ROWS:
        raise TooLarge(f"The set has more than {MAX_ROWS:,} samples; export it in parts.")
    media_type, write = EXPORTS[kind]
    return ExportFile(f"{sample_set.slug}.{kind}", media_type, write(sample_set, rows))


def version_export_of(version: SampleSetVersion) -> ExportFile:
    """Return a frozen version as GeoJSON, its features as the snapshot holds them."""
    lines = store_open().read_bytes(version.object_key).rstrip(b"\n").split(b"\n")
    name = f"{version.sample_set.slug}-v{version.number}"
    head = f'{{"type": "FeatureCollection", "name": "{name}", "features": [\n'
    data = head.encode() + b",\n".join(lines) + b"\n]}\n"
    return ExportFile(f"{name}.geojson", "application/geo+json", data)


def _geojson(sample_set: SampleSet, rows: list[ReferenceSample]) -> bytes:
    features = [sample_feature(row) for row in rows]
    value = {"type": "FeatureCollection", "name": sample_set.slug, "features": features}
    return json.dumps(value, ensure_ascii=False).encode()


def _csv(sample_set: SampleSet, rows: list[ReferenceSample]) -> bytes:
    names = {row.code: row.name for row in classes_of(sample_set.nomenclature)}
    places = ("lon", "lat") if all(isinstance(row.geometry, Point) for row in rows) else ("wkt",)
    reserved = {"id", "lon", "lat", "wkt", *COLUMNS}
    extra = sorted({key for row in rows for key in row.attributes} - reserved)
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow([cell_safe(name) for name in ("id", *places, *COLUMNS, *extra)])
    for row in rows:
        properties: dict[str, Any] = sample_feature(row)["properties"]
        properties["class_name"] = names.get(row.class_code) if row.class_code is not None else None
        cells = [str(row.pk), *_place(row), *(properties[name] for name in COLUMNS)]
        writer.writerow(
            ["" if cell is None else cell_safe(cell)
             for cell in (*cells, *(_plain(row.attributes.get(key)) for key in extra))]
        )  # fmt: skip
    return stream.getvalue().encode()


def _place(row: ReferenceSample) -> tuple[Any, ...]:
    geometry = row.geometry
    return (geometry.x, geometry.y) if isinstance(geometry, Point) else (geometry.wkt,)


def _plain(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value


EXPORTS: dict[str, tuple[str, Callable[[SampleSet, list[ReferenceSample]], bytes]]] = {
    "geojson": ("application/geo+json", _geojson),
    "csv": ("text/csv; charset=utf-8", _csv),
}
