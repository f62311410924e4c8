"""CSV with coordinates in two columns, or a geometry as WKT in column ``wkt``."""

import csv
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import shapely

from workers.errors import InputError
from workers.vector.geometry import WGS84, RowRefused, crs_read
from workers.vector.limits import MAX_FEATURES, Options, shown
from workers.vector.source import RawRow, Source, columns_check, count_check

X_NAMES = ("lon", "longitude", "x", "easting")
Y_NAMES = ("lat", "latitude", "y", "northing")
WKT_NAME = "wkt"
MAX_CELL = 5_000_000
Record = dict[str, Any]
# What our own export puts a quote before, so that no spreadsheet runs it.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def csv_read(path: Path, name: str, options: Options) -> Source:
    """Return the records of a CSV file (UTF-8; comma, semicolon or tab).

    ``x_field``/``y_field`` absent: lon/lat, longitude/latitude, x/y; ``crs`` absent: EPSG:4326.
    Raises InputError: not text, no such columns, too many rows.
    """
    columns, records = table_read(path, name)
    columns_check(name, columns, options)
    x, y = _places(name, columns, options)
    rows = [_row(values, x, y) for values in records]
    crs = crs_read(options.crs) if options.crs else WGS84
    return Source(name=name, driver="CSV", crs=crs, columns=columns, rows=rows)


def table_read(path: Path, name: str) -> tuple[tuple[str, ...], list[Record | None]]:
    """Return the columns and the records; None for one with more or fewer cells.

    Raises InputError: not text, no CSV, two columns of one name, too many rows.
    """
    csv.field_size_limit(MAX_CELL)
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            return _table(stream, name)
    except UnicodeDecodeError as error:
        raise InputError(f"{name}: is not UTF-8 text; save it as CSV UTF-8.") from error
    except csv.Error as error:
        raise InputError(f"{name}: is not CSV ({error}).") from error


def places_guess(columns: tuple[str, ...]) -> tuple[str | None, str | None]:
    """Return the columns of x and y by their names; (wkt, None) for a column of geometries."""
    lower = {column.lower(): column for column in columns}
    x = next((lower[n] for n in X_NAMES if n in lower), None)
    y = next((lower[n] for n in Y_NAMES if n in lower), None)
    if (x is None or y is None) and WKT_NAME in lower:
        return lower[WKT_NAME], None
    return x, y


def _table(stream: Any, name: str) -> tuple[tuple[str, ...], list[Record | None]]:
    head = stream.readline()
    if not head.strip():
        raise InputError(f"{name}: is empty; the first line names the columns.")
    delimiter = max(",;\t", key=head.count)
    stream.seek(0)
    records = csv.reader(stream, delimiter=delimiter)
    columns = tuple(column.strip() for column in next(records))
    if len(set(columns)) != len(columns):
        raise InputError(f"{name}: two columns have the same name.")
    return columns, list(_records(records, name, columns))


def _records(
    records: Iterator[list[str]], name: str, columns: tuple[str, ...]
) -> Iterator[Record | None]:
    for number, cells in enumerate((cells for cells in records if cells), start=1):
        if number > MAX_FEATURES:
            count_check(name, number)
        if len(cells) != len(columns):
            yield None
            continue
        yield {
            column: _plain(cell.strip()) or None
            for column, cell in zip(columns, cells, strict=True)
        }


def _plain(cell: str) -> str:
    return cell[1:] if len(cell) > 1 and cell[0] == "'" and cell[1] in FORMULA_STARTS else cell


def _places(name: str, columns: tuple[str, ...], options: Options) -> tuple[str, str]:
    guessed = places_guess(columns)
    x, y = options.x_field or guessed[0], options.y_field or guessed[1]
    if x and y is None and x.lower() == WKT_NAME:
        return x, ""
    for option, column in (("x_field", x), ("y_field", y)):
        if column is None or column not in columns:
            have = ", ".join(columns[:50])
            wanted = f"no column {shown(column)}" if column else "no column of coordinates"
            raise InputError(f"{name}: has {wanted}; give {option}; it has: {have}.")
    return str(x), str(y)


def _row(values: Record | None, x: str, y: str) -> RawRow:
    if values is None:
        return RawRow(None, {}, "has more or fewer cells than the first line")
    attributes = {key: value for key, value in values.items() if key not in (x, y)}
    try:
        shape = _wkt(values[x]) if not y else _point(values[x], values[y], x, y)
    except RowRefused as refused:
        return RawRow(None, attributes, str(refused))
    return RawRow(shape, attributes)


def _point(x: Any, y: Any, x_name: str, y_name: str) -> shapely.Point:
    numbers = []
    for column, cell in ((x_name, x), (y_name, y)):
        try:
            number = float(cell)
        except (TypeError, ValueError) as error:
            raise RowRefused(f"{column} {shown(cell)} is not a number") from error
        if not math.isfinite(number):
            raise RowRefused(f"{column} is not finite")
        numbers.append(number)
    return shapely.Point(numbers)


def _wkt(cell: Any) -> shapely.Geometry:
    text = str(cell or "")
    if not text.upper().startswith(("POINT", "POLYGON", "MULTIPOLYGON")):
        raise RowRefused("its wkt is neither a point nor a polygon")
    try:
        return shapely.from_wkt(text)
    except shapely.errors.ShapelyError as error:
        raise RowRefused("its wkt cannot be read") from error
