"""Tables that tell the numba kernels what to compute. Plain arrays, built once per block."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from workers.contracts.expression import Program
from workers.contracts.features import STATISTICS

LANE = 256
STATISTIC_CODE = {name: code for code, name in enumerate(STATISTICS)}
YEAR_DAYS = 365.25


@lru_cache(maxsize=512)
def sort_network(n: int) -> np.ndarray:
    """Return Batcher's merge exchange (Knuth 5.2.2 M) for n values: int32 (comparator, 2)."""
    pairs: list[tuple[int, int]] = []
    top = 1 << max(0, (n - 1).bit_length() - 1)
    p = top if n > 1 else 0
    while p > 0:
        q, r, d = top, 0, p
        while d > 0:
            pairs += [(i, i + d) for i in range(n - d) if i & p == r]
            d, q, r = q - p, q >> 1, p
        p >>= 1
    return np.array(pairs, dtype=np.int32).reshape(-1, 2)


@dataclass(frozen=True)
class Job:
    """Statistics of one source over one window.

    times: positions of the dates. outputs: (statistic, position of the feature, n_min).
    """

    source: int
    times: tuple[int, ...]
    outputs: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class JobTable:
    """All that the kernels read, flattened.

    programs: int32 (operation, 2) with the number's position or the plane row; program_ends per
    source. scales: units per 1.0 of each source; plane_scales: of each leaf. rows: int32
    (source, leaf, time) → plane, −1 where a date lacks the band.
    """

    codes: np.ndarray
    numbers: np.ndarray
    source_ends: np.ndarray
    source_scales: np.ndarray
    leaf_scales: np.ndarray
    leaf_rows: np.ndarray
    leaf_ends: np.ndarray
    job_source: np.ndarray
    time_ends: np.ndarray
    times: np.ndarray
    output_ends: np.ndarray
    outputs: np.ndarray
    network_ends: np.ndarray
    network: np.ndarray
    days: np.ndarray
    day_of_year: np.ndarray
    harmonic: np.ndarray
    depth: int
    longest: int


@dataclass
class Jobs:
    """Collects sources and jobs; ``table`` flattens them.

    days: date numbers (int32, sorted); day_of_year: 1–366.
    """

    days: np.ndarray
    day_of_year: np.ndarray
    programs: list[Program] = field(default_factory=list)
    scales: list[float] = field(default_factory=list)
    leaf_scales: list[list[float]] = field(default_factory=list)
    leaf_rows: list[np.ndarray] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)

    def add_source(
        self, program: Program, scale: float, leaf_scales: Sequence[float], rows: np.ndarray
    ) -> int:
        """Add a source; rows: int32 (leaf, time) → plane. Returns its number."""
        self.programs.append(program)
        self.scales.append(scale)
        self.leaf_scales.append(list(leaf_scales))
        self.leaf_rows.append(rows.astype(np.int32))
        return len(self.programs) - 1

    def _wanted_rows(self) -> list[np.ndarray]:
        """Leaf rows, −1 on dates that no window of the source takes: they are not computed."""
        wanted = np.zeros((len(self.programs), self.days.size), dtype=bool)
        for job in self.jobs:
            wanted[job.source, list(job.times)] = True
        return [
            np.where(w, rows, -1).astype(np.int32)
            for w, rows in zip(wanted, self.leaf_rows, strict=True)
        ]

    def table(self) -> JobTable:
        """Flatten; jobs are ordered by source, so that each series is computed once."""
        jobs = sorted(self.jobs, key=lambda job: job.source)
        codes, numbers = _programs(self.programs)
        networks = [sort_network(len(job.times)) for job in jobs]
        return JobTable(
            codes=codes,
            numbers=numbers,
            source_ends=_ends([len(p.code) for p in self.programs]),
            source_scales=np.array(self.scales, dtype=np.float32),
            leaf_scales=np.array([s for scales in self.leaf_scales for s in scales], np.float32),
            leaf_rows=_stack(self._wanted_rows(), self.days.size),
            leaf_ends=_ends([len(p.leaves) for p in self.programs]),
            job_source=np.array([job.source for job in jobs], dtype=np.int32),
            time_ends=_ends([len(job.times) for job in jobs]),
            times=np.array([t for job in jobs for t in job.times], dtype=np.int32),
            output_ends=_ends([len(job.outputs) for job in jobs]),
            outputs=_outputs(jobs),
            network_ends=_ends([len(network) for network in networks]),
            network=np.concatenate([*networks, np.empty((0, 2), np.int32)]),
            days=self.days.astype(np.int32),
            day_of_year=self.day_of_year.astype(np.int32),
            harmonic=_harmonic(self.days),
            depth=max([p.stack_depth for p in self.programs], default=1),
            longest=max([len(job.times) for job in jobs], default=0),
        )


def _ends(lengths: Sequence[int]) -> np.ndarray:
    return np.cumsum(np.array([0, *lengths]), dtype=np.int32)


def _programs(programs: Sequence[Program]) -> tuple[np.ndarray, np.ndarray]:
    code = [step for program in programs for step in program.code]
    operations = np.array([operation for operation, _ in code], dtype=np.int32)
    return operations, np.array([argument for _, argument in code], dtype=np.float32)


def _stack(rows: Sequence[np.ndarray], dates: int) -> np.ndarray:
    return np.ascontiguousarray(np.concatenate([*rows, np.empty((0, dates), np.int32)]))


def _outputs(jobs: Sequence[Job]) -> np.ndarray:
    rows = [
        (STATISTIC_CODE[name], position, n_min)
        for job in jobs
        for name, position, n_min in job.outputs
    ]
    return np.array(rows, dtype=np.int32).reshape(-1, 3)


def _harmonic(days: np.ndarray) -> np.ndarray:
    """Cosine and sine of the yearly wave at each date: float64 (2, time)."""
    angle = 2 * np.pi * np.asarray(days, dtype=np.float64) / YEAR_DAYS
    return np.ascontiguousarray(np.stack([np.cos(angle), np.sin(angle)]))
