"""The one path from planes to features: points, blocks and previews all go through here."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workers.contracts.features import n_min_of
from workers.contracts.windows import Period, WindowError, window_empty, window_select
from workers.errors import ParameterError
from workers.numerics.quality import count_valid_observations
from workers.numerics.series import JobTable, series_run
from workers.numerics.series.layout import Job, Jobs
from workers.pipeline.cube import Cube
from workers.pipeline.inputs import Stack

MISSING = -32768


@dataclass(frozen=True)
class Evaluated:
    """features: int16 (feature, pixel), −32768 = missing. data_score: uint16 (pixel), clear dates.

    valid: bool (pixel), where at least one feature that needs an observation has one.
    """

    features: NDArray[np.int16]
    data_score: NDArray[np.uint16]
    valid: NDArray[np.bool_]


@dataclass(frozen=True)
class Plan:
    """What to compute for one season: tables of the kernels, and which dates count.

    warnings: windows of features that hold no date (their features stay missing).
    """

    table: JobTable
    features: int
    counts: NDArray[np.bool_]
    empty: NDArray[np.bool_]
    slots: NDArray[np.int32]
    slot_ends: NDArray[np.int32]
    warnings: tuple[str, ...]


def plan_build(
    cube: Cube,
    *,
    dropped: frozenset[int],
    season: Period | None = None,
    n_min: Sequence[int] | None = None,
) -> Plan:
    """Turn a cube into kernel tables.

    dropped: positions of dates that could not be read. n_min: by feature, where the cube holds
    only a part of the selection; without it the cube is the selection. A dropped date lowers it
    where enough dates were held before: one damaged file must not empty a block.

    Raises:
        ParameterError: a window that is no period.
    """
    jobs = Jobs(days=_days(cube), day_of_year=_days_of_year(cube))
    rows = [cube.plane_rows(source, dropped) for source in cube.sources]
    held = [cube.plane_rows(source, frozenset()) for source in cube.sources] if dropped else rows
    for source, mine in zip(cube.sources, rows, strict=True):
        jobs.add_source(source.program, source.scale, source.leaf_scales, mine)
    grouped: dict[tuple[int, tuple[int, ...]], list[tuple[str, int, int]]] = defaultdict(list)
    warnings, empty = list(cube.warnings), np.zeros(len(cube.feature_sources), dtype=bool)
    for position, number in enumerate(cube.feature_sources):
        feature = cube.feature_set.features[position]
        times = () if number is None else _times(cube, rows[number], feature.window, season)
        empty[position] = not times
        if number is not None and times:
            before = _times(cube, held[number], feature.window, season) if dropped else times
            days = [cube.dates[t] for t in before]
            wanted = n_min_of(feature.statistic, days) if n_min is None else n_min[position]
            least = min(wanted, len(times)) if len(before) >= wanted else wanted
            grouped[number, times].append((feature.statistic, position, least))
        elif number is not None:
            dates = [cube.dates[t] for t in np.flatnonzero(rows[number][0] >= 0)]
            warnings.append(window_empty(feature.name, feature.window, dates, season))
    jobs.jobs = [Job(s, times, tuple(outputs)) for (s, times), outputs in grouped.items()]
    slots, ends = _slots(cube, jobs, rows)
    counts = [feature.statistic == "count_valid" for feature in cube.feature_set.features]
    return Plan(jobs.table(), len(empty), np.array(counts), empty, slots, ends, tuple(warnings))


def evaluate(stack: Stack, plan: Plan, pixels: tuple[int, int] | None = None) -> Evaluated:
    """Compute features and data score of a range of pixels (first, one past the last)."""
    first, last = pixels or (0, stack.planes.shape[1])
    features = series_run(stack.planes, stack.mask, plan.table, plan.features, (first, last))
    features[plan.counts & plan.empty] = 0
    score = np.empty(last - first, dtype=np.uint16)
    count_valid_observations(stack.planes, stack.mask, plan.slots, plan.slot_ends, first, score)
    needing = features[~plan.counts]
    valid = (needing != MISSING).any(axis=0) if needing.size else score > 0
    return Evaluated(features, score, valid)


def windows_require(cube: Cube, plan: Plan) -> None:
    """Refuse a plan of which a feature window holds no date.

    Raises:
        ParameterError: names the feature and its window.
    """
    if plan.warnings and len(plan.warnings) > len(cube.warnings):
        raise ParameterError(plan.warnings[len(cube.warnings)])


def _times(
    cube: Cube, rows: np.ndarray, window: str | None, season: Period | None
) -> tuple[int, ...]:
    held = np.flatnonzero(rows[0] >= 0)
    try:
        chosen = window_select(window, [cube.dates[t] for t in held], season)
    except WindowError as error:
        raise ParameterError(str(error)) from error
    return tuple(int(held[i]) for i in chosen)


def _slots(
    cube: Cube, jobs: Jobs, rows: list[np.ndarray]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Planes of each date that some feature uses: flat, with the end of each date."""
    used: list[set[int]] = [set() for _ in cube.scenes]
    for job in jobs.jobs:
        for t in job.times:
            used[t].update(int(row) for row in rows[job.source][:, t])
    slots = [row for mine in used for row in sorted(mine)]
    ends = np.cumsum([len(mine) for mine in used]) if used else np.empty(0)
    return np.array(slots, dtype=np.int32), ends.astype(np.int32)


def _days(cube: Cube) -> NDArray[np.int32]:
    return np.array([day.toordinal() for day in cube.dates], dtype=np.int32)


def _days_of_year(cube: Cube) -> NDArray[np.int32]:
    return np.array([day.timetuple().tm_yday for day in cube.dates], dtype=np.int32)
