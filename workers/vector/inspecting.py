"""What an upload holds, before anybody says how its columns are read."""

import json
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from pyproj import CRS

from workers.vector.archive import shapefile_extract, shapefile_names
from workers.vector.geojson import geojson_read
from workers.vector.geometry import crs_text
from workers.vector.limits import MAX_TEXT, Options
from workers.vector.ogr import ogr_layers, ogr_look
from workers.vector.reading import class_value, gpkg_linked, upload_check
from workers.vector.source import RawRow, columns_check
from workers.vector.table import places_guess, table_read

MAX_LAYERS = 20
MAX_COLUMNS = 200
MAX_VALUES = 300  # distinct ones of a column: beyond, it is no class field
MAX_VALUES_ALL = 6_000
MAX_CELL = 80
SHOWN_ROWS = 6
EXAMPLES = 3


def upload_inspect(path: Path, file_name: str, target: Path) -> dict[str, Any]:
    """Write what the file holds as JSON and return the number of its layers and rows.

    Written: ``driver``, ``layers`` [{name, rows, refused, geometry_types, crs (None: not said),
    x_field, y_field, columns [{name, type, empty, distinct, examples, low, high, values}],
    sample [{row, geometry, error, values}]}]; ``low`` and ``high`` of the cells that are numbers;
    ``values`` [{value, count}] in the words of ``class_map``, None when there are too many.
    Raises InputError naming the file and the remedy.
    """
    driver, name = upload_check(path, file_name)
    budget = _Budget()
    layers = list(_layers(path, name, driver, budget))
    target.write_text(json.dumps({"driver": driver, "layers": layers}, ensure_ascii=False))
    return {"layers": len(layers), "rows": sum(layer["rows"] for layer in layers)}


class _Budget:
    """How many distinct values may still be listed in the whole answer."""

    def __init__(self) -> None:
        self.left = MAX_VALUES_ALL

    def listed(self, counts: "Counter[int | str]") -> list[dict[str, Any]] | None:
        if len(counts) > min(MAX_VALUES, self.left):
            return None
        self.left -= len(counts)
        ordered = sorted(counts.items(), key=lambda pair: (isinstance(pair[0], str), pair[0]))
        return [{"value": str(value), "count": count} for value, count in ordered]


def _layers(path: Path, name: str, driver: str, budget: _Budget) -> Iterable[dict[str, Any]]:
    if driver == "CSV":
        yield _table_layer(path, name, budget)
    elif driver == "GeoJSON":
        source = geojson_read(path, name, Options())
        columns_check(name, source.columns, Options())
        yield _layer(None, source.crs, source.columns, source.rows, budget)
    elif driver == "GPKG":
        with tempfile.TemporaryDirectory(dir=path.parent) as folder:
            linked = gpkg_linked(path, name, Path(folder))
            for layer in ogr_layers(linked, name, driver)[:MAX_LAYERS]:
                yield _layer(layer, *ogr_look(linked, name, driver, layer), budget)
    else:
        stems: Sequence[str | None] = shapefile_names(path, name)[:MAX_LAYERS]
        # Without a .shp the reader itself says what is missing.
        for stem in stems or [None]:
            with tempfile.TemporaryDirectory() as folder:
                shp = shapefile_extract(path, name, Path(folder), stem)
                yield _layer(stem, *ogr_look(shp, name, driver, None), budget)


def _table_layer(path: Path, name: str, budget: _Budget) -> dict[str, Any]:
    columns, records = table_read(path, name)
    columns_check(name, columns, Options())
    torn = "has more or fewer cells than the first line"
    rows = [RawRow(None, values or {}, None if values else torn) for values in records]
    x, y = places_guess(columns)
    layer = _layer(None, None, columns, rows, budget)
    kinds = {"Point": layer["rows"] - layer["refused"]} if y else {}
    return {**layer, "geometry_types": kinds, "x_field": x, "y_field": y}


def _layer(
    name: str | None,
    crs: CRS | None,
    columns: tuple[str, ...],
    rows: list[RawRow],
    budget: _Budget,
) -> dict[str, Any]:
    kinds = Counter(row.shape.geom_type for row in rows if row.shape is not None)
    return {
        "name": name,
        "rows": len(rows),
        "refused": sum(row.error is not None for row in rows),
        "geometry_types": dict(kinds),
        "crs": crs_text(crs) if crs else None,
        "x_field": None,
        "y_field": None,
        "columns": [_column(column, rows, budget) for column in columns[:MAX_COLUMNS]],
        "sample": [_shown_row(number, row) for number, row in enumerate(rows[:SHOWN_ROWS], 1)],
    }


def _column(name: str, rows: list[RawRow], budget: _Budget) -> dict[str, Any]:
    given = [row.values.get(name) for row in rows]
    cells = [value for value in given if value is not None and value != ""]
    counts = Counter(value for cell in cells if (value := class_value(cell)) is not None)
    numbers = [number for cell in cells if (number := _number(cell)) is not None]
    complete = bool(cells) and len(numbers) == len(cells)
    return {
        "name": name[:MAX_TEXT],
        "type": _kind(cells, numbers if complete else None),
        "empty": len(given) - len(cells),
        "distinct": len(counts),
        "examples": [_cell(value) for value in list(dict.fromkeys(map(str, cells)))[:EXAMPLES]],
        "low": min(numbers, default=None),
        "high": max(numbers, default=None),
        "values": budget.listed(counts),
    }


def _kind(cells: list[Any], numbers: list[float] | None) -> str:
    if not cells:
        return "empty"
    if all(isinstance(cell, bool) for cell in cells):
        return "true or false"
    if numbers is not None:
        return "integer" if all(number.is_integer() for number in numbers) else "number"
    return "text"


def _number(cell: Any) -> float | None:
    if isinstance(cell, bool):
        return None
    try:
        number = float(cell)
    except (TypeError, ValueError):
        return None
    return number if abs(number) < float("inf") else None


def _shown_row(number: int, row: RawRow) -> dict[str, Any]:
    values = list(row.values.items())[:MAX_COLUMNS]
    return {
        "row": number,
        "geometry": row.shape.geom_type if row.shape is not None else None,
        "error": row.error,
        "values": {key[:MAX_TEXT]: None if cell is None else _cell(cell) for key, cell in values},
    }


def _cell(value: Any) -> str:
    text = str(value)
    return text if len(text) <= MAX_CELL else f"{text[: MAX_CELL - 1]}…"
