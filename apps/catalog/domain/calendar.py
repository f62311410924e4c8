"""Valid observations by periods of ten days: what the strip and the calendar count."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

MAX_PERIODS = 1_200


@dataclass(frozen=True)
class Observation:
    """A scene over an area. ``overlap`` is the share of the area it covers (0–1).

    ``valid_percent`` is measured from its mask, ``cloud_cover`` stated by its item; both percent,
    either may be unknown.
    """

    day: date
    overlap: float
    cloud_cover: float | None = None
    valid_percent: float | None = None

    @property
    def basis(self) -> str:
        """``measured`` (mask), ``estimated`` (cloud cover) or ``unknown`` (counted as clear)."""
        if self.valid_percent is not None:
            return "measured"
        return "unknown" if self.cloud_cover is None else "estimated"

    @property
    def valid(self) -> float:
        """Return how many times the area is seen on average, 0–1."""
        if self.valid_percent is not None:
            return self.overlap * self.valid_percent / 100
        return self.overlap * (1 - (self.cloud_cover or 0.0) / 100)


@dataclass
class TenDays:
    """One period; ``valid`` is the mean number of valid observations of a place in the area."""

    start: date
    end: date
    scenes: int = 0
    valid: float = 0.0
    bases: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("measured", "estimated", "unknown"), 0)
    )

    def add(self, seen: Observation) -> None:
        self.scenes += 1
        self.valid += seen.valid
        self.bases[seen.basis] += 1


def ten_days_of(day: date) -> tuple[date, date]:
    """Return first and last day of the third of a month that a day lies in."""
    start = day.replace(day=min((day.day - 1) // 10, 2) * 10 + 1)
    if start.day < 21:
        return start, start + timedelta(days=9)
    following = (start.replace(day=1) + timedelta(days=32)).replace(day=1)
    return start, following - timedelta(days=1)


def calendar_of(observations: Iterable[Observation]) -> list[TenDays]:
    """Return every period from the first to the last observation, empty ones too.

    Beyond 1,200 periods (33 years) only those that hold something.
    """
    found: dict[date, TenDays] = {}
    for seen in observations:
        start, end = ten_days_of(seen.day)
        found.setdefault(start, TenDays(start, end)).add(seen)
    if not found:
        return []
    whole = list(_between(min(found), max(found)))
    if len(whole) > MAX_PERIODS:
        return [found[start] for start in sorted(found)]
    return [found.get(start) or TenDays(start, end) for start, end in whole]


def _between(first: date, last: date) -> Iterator[tuple[date, date]]:
    start, end = ten_days_of(first)
    while start <= last:
        yield start, end
        start, end = ten_days_of(end + timedelta(days=1))
