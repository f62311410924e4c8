"""The table of features as training needs it: integers, classes, places in metres."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from pyproj import CRS, Transformer

from workers.accuracy.folds import SamplePlaces, dense
from workers.accuracy.matrix import class_positions
from workers.contracts.features import TABLE_UNITS
from workers.contracts.requests import KernelRequest
from workers.errors import InputError, ParameterError
from workers.numerics.packed import Units
from workers.storage import input_path, inputs_of

MISSING = -32_768


@dataclass(frozen=True)
class TrainingTable:
    """Samples with at least one valid feature.

    rows: int16 (sample, feature). codes: uint8 (sample). ids: text (sample), of the reference
    sample a row comes from. ``dropped`` counts samples without any.
    ``units``: by feature, units per 1.0 of its source and bands; None when the table says nothing.
    """

    rows: NDArray[np.int16]
    codes: NDArray[np.uint8]
    ids: NDArray[np.str_]
    places: SamplePlaces
    classes: tuple[int, ...]
    dropped: int
    units: Units | None = None


def table_read(
    request: KernelRequest, *, n_features: int, known: Sequence[int], crs: str
) -> TrainingTable:
    """Read the one ``table`` input, drop samples without a valid feature.

    Args:
        request: its input of role ``table`` is read.
        n_features: columns f_0 ... expected.
        known: class codes of the nomenclature.
        crs: of the columns x and y.
    """
    refs = inputs_of(request.inputs, "table")
    if len(refs) != 1:
        raise InputError(f"train_model needs one input of role 'table'; it was given {len(refs)}.")
    table = pq.read_table(input_path(refs[0]))
    columns = _columns(table)
    names = ["id", "class_code", "group", "x", "y", *(f"f_{i}" for i in range(n_features))]
    lacking = [name for name in names if name not in columns]
    if lacking:
        raise InputError(
            f"The table of features lacks the columns {', '.join(lacking[:5])}; "
            "extract the features again with this feature set."
        )
    if not len(columns["id"]):
        raise ParameterError(
            "No sample has features: none lies on usable imagery. Check the place and the dates "
            "of samples and scenes."
        )
    rows = np.stack([columns[f"f_{i}"] for i in range(n_features)], axis=1).astype(np.int16)
    keep = (rows != MISSING).any(axis=1)
    if not keep.any():
        raise ParameterError(
            "Every feature of every sample is missing. Widen the period or the windows, or add "
            "scenes."
        )
    codes = np.asarray(columns["class_code"], dtype=np.int64)[keep]
    class_positions(codes, sorted(set(known)), "sample set")
    present = tuple(int(code) for code in np.unique(codes))
    kept = {name: np.asarray(values)[keep] for name, values in columns.items()}
    return TrainingTable(
        rows=np.ascontiguousarray(rows[keep]),
        codes=codes.astype(np.uint8),
        ids=np.asarray([str(value) for value in kept["id"]]),
        places=places_of(kept, class_positions(codes, present, "sample set"), crs),
        classes=present,
        dropped=int((~keep).sum()),
        units=_units(table),
    )


def _units(table: pa.Table) -> Units | None:
    told = (table.schema.metadata or {}).get(TABLE_UNITS.encode())
    return None if told is None else tuple(tuple(entry) for entry in json.loads(told))


def _columns(table: pa.Table) -> dict[str, NDArray[Any]]:
    return {
        name: np.asarray(table.column(name).to_pandas().to_numpy()) for name in table.column_names
    }


def places_of(
    columns: dict[str, NDArray[Any]], labels: NDArray[np.int64], crs: str
) -> SamplePlaces:
    """Return where samples are, in metres, and what belongs together."""
    x, y = metres(columns["x"].astype(np.float64), columns["y"].astype(np.float64), crs)
    ids = np.asarray([str(value) for value in columns["id"]])
    groups = _texts(columns["group"])
    joined = np.where(groups == "", np.char.add("i:", ids), np.char.add("g:", groups))
    regions = _texts(columns["region"]) if "region" in columns else None
    if regions is not None and (regions == "").all():
        regions = None
    return SamplePlaces(
        x=x,
        y=y,
        labels=labels,
        polygons=dense(ids),
        groups=dense(joined),
        regions=dense(regions) if regions is not None else None,
    )


def _texts(values: NDArray[Any]) -> NDArray[np.str_]:
    return np.asarray(["" if value is None or value != value else str(value) for value in values])


def metres(
    x: NDArray[np.float64], y: NDArray[np.float64], crs: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return coordinates in metres: projected systems keep their axes, degrees are projected."""
    system = CRS.from_user_input(crs)
    if not system.is_geographic:
        factor = system.axis_info[0].unit_conversion_factor or 1.0
        return x * factor, y * factor
    lon, lat = round(float(x.mean()), 1), round(float(y.mean()), 1)
    local = CRS.from_proj4(f"+proj=laea +lat_0={lat} +lon_0={lon} +datum=WGS84 +units=m")
    east, north = Transformer.from_crs(system, local, always_xy=True).transform(x, y)
    return np.asarray(east), np.asarray(north)
