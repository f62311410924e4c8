"""Work, time and storage of a job from its blocks, dates and sources. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

BYTES_PER_VALUE = 2
COMPRESSION = 0.6
OVERVIEWS = 4 / 3
DISPLAY_TWIN = 2
OUTPUT_BYTES = {"data_score": 2}
NOMINAL_BLOCK_PX = 512
NOMINAL_READS = 40  # dates × sources of the block that a nominal rate speaks of
BANDS = {"nominal": (0.5, 2.0), "measured": (0.8, 1.4)}
SUMMED = ("blocks", "bytes_read", "core_seconds", "storage_bytes", "cached_blocks", "work_units")
OUTSIDE_SHARE = 0.005
FEW_SAMPLES = 10
FEW_DATES = 3
NOMINAL = "Rates are nominal: no run of this kind has been measured yet."


@dataclass(frozen=True)
class Work:
    """What prediction has to do; ``dates`` are scenes over the area, each by its share.

    ``known`` blocks have a result already.
    """

    blocks: int
    block_size: int
    dates: float
    sources: int
    known: int = 0

    @property
    def pixels(self) -> int:
        return self.blocks * self.block_size**2

    @property
    def units(self) -> float:
        """Blocks of the nominal size and depth."""
        share = self.block_size**2 / NOMINAL_BLOCK_PX**2
        return self.blocks * share * max(1.0, self.dates * self.sources / NOMINAL_READS)

    @property
    def share_left(self) -> float:
        return 1.0 - self.known / self.blocks if self.blocks else 1.0

    @property
    def units_left(self) -> float:
        """Units of the blocks that have to be computed."""
        return self.units * self.share_left

    @property
    def bytes_read(self) -> int:
        read = self.pixels * self.dates * self.sources * BYTES_PER_VALUE * COMPRESSION
        return int(read * self.share_left)

    def storage_bytes(self, roles: Iterable[str]) -> int:
        values = sum(OUTPUT_BYTES.get(role, 1) for role in roles)
        return int(self.pixels * values * COMPRESSION * OVERVIEWS * DISPLAY_TWIN)


@dataclass(frozen=True)
class Rate:
    """Seconds of a core for one unit (or one run) of a kernel, and where they come from."""

    seconds: float
    runs: int = 0

    @property
    def kind(self) -> str:
        return "measured" if self.runs else "nominal"


def rate_of(measured: Sequence[float], nominal: float) -> Rate:
    """Return the median of what earlier runs took, else the nominal rate."""
    return Rate(median(measured), len(measured)) if measured else Rate(nominal)


def time_band(core_seconds: float, *, parallel: int, kind: str) -> dict[str, float]:
    low, high = BANDS[kind]
    seconds = core_seconds / max(1, parallel)
    return {"low": round(seconds * low, 1), "high": round(seconds * high, 1)}


def notice(text: str, *, level: str = "attention", **place: Any) -> dict[str, Any]:
    """Return one line beside the estimate; ``place`` says what on the page or map it is about."""
    return {"level": level, "text": text} | {k: v for k, v in place.items() if v is not None}


def warnings_of(notices: Iterable[dict[str, Any]]) -> list[str]:
    return [one["text"] for one in notices if one["level"] == "attention"]


def estimates_sum(estimates: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return what several jobs cost together; equal notices are said once."""
    total = dict(estimates[0])
    for name in SUMMED:
        total[name] = sum(one[name] for one in estimates)
    total["eta_seconds"] = {
        end: round(sum(one["eta_seconds"][end] for one in estimates), 1) for end in ("low", "high")
    }
    notices: list[dict[str, Any]] = []
    for one in estimates:
        notices += [line for line in one["notices"] if line not in notices]
    return total | {"notices": notices, "warnings": warnings_of(notices)}
