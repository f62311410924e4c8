"""What every format yields: a CRS and raw rows."""

from dataclasses import dataclass, field
from typing import Any

import shapely
from pyproj import CRS

from workers.errors import InputError
from workers.vector.limits import MAX_FEATURES, MAX_FIELDS, Options, shown


@dataclass(frozen=True)
class RawRow:
    """A row as read; ``error`` when it has no usable shape."""

    shape: shapely.Geometry | None
    values: dict[str, Any]
    error: str | None = None


@dataclass(frozen=True)
class Source:
    """An opened file. ``columns`` are its attribute names in order."""

    name: str
    driver: str
    crs: CRS
    columns: tuple[str, ...]
    rows: list[RawRow] = field(default_factory=list)
    layer: str | None = None


def columns_check(name: str, columns: tuple[str, ...], options: Options) -> None:
    """Raise InputError naming a wanted column the file does not have, and those it has."""
    if len(columns) > MAX_FIELDS:
        raise InputError(f"{name}: has {len(columns)} columns, more than {MAX_FIELDS}.")
    for option, wanted in options.fields().items():
        if wanted not in columns:
            have = ", ".join(columns[:50]) or "none"
            raise InputError(f"{name}: has no column {shown(wanted)} ({option}); it has: {have}.")


def count_check(name: str, count: int) -> None:
    """Raise InputError above the limit of features."""
    if count > MAX_FEATURES:
        raise InputError(f"{name}: has {count:,} rows, more than {MAX_FEATURES:,}; split it.")
