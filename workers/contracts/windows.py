"""Which dates a feature window takes, given the season of the sample or of the map."""

from collections.abc import Sequence
from datetime import date

from workers.contracts.features import FIXED_WINDOW, FeatureSetSpec


class WindowError(ValueError):
    """A window or season that is no period, or holds no date."""


type Period = tuple[date, date]


def period_parse(text: str) -> Period:
    """Read ``YYYY-MM-DD/YYYY-MM-DD``; both ends belong to the period."""
    try:
        first, last = (date.fromisoformat(part) for part in text.split("/"))
    except ValueError:
        raise WindowError(f"{text!r} is no period; write YYYY-MM-DD/YYYY-MM-DD.") from None
    if last < first:
        raise WindowError(f"{text!r} ends before it begins.")
    return first, last


def season_parse(text: str | None) -> Period | None:
    """Read a season; ``..`` or nothing leaves an end open, None means no season."""
    if not text:
        return None
    first, slash, last = text.partition("/")
    if not slash:
        raise WindowError(f"Season {text!r} is no period; write YYYY-MM-DD/YYYY-MM-DD.")
    low = "0001-01-01" if first in ("", "..") else first[:10]
    high = "9998-12-31" if last in ("", "..") else last[:10]
    return period_parse(f"{low}/{high}")


def window_select(
    window: str | None, dates: Sequence[date], season: Period | None = None
) -> list[int]:
    """Return the positions of the dates inside a window, in their order.

    None takes the season, or all. Fixed dates ignore the season. A month-day window is taken in
    the year of the season: the occurrences that end within it, else the one that shares most
    days with it; a window that wraps the new year begins in the year before. Without a season all
    years are pooled.
    """
    if window is None:
        periods = [season] if season else [(date.min, date.max)]
    elif FIXED_WINDOW.match(window):
        periods = [period_parse(window)]
    elif season is None:
        first, last = _month_days(window)
        return [i for i, day in enumerate(dates) if _in_month_days(day, first, last)]
    else:
        periods = _occurrences(window, season, dates)
    return [i for i, day in enumerate(dates) if any(a <= day <= b for a, b in periods)]


def windows_check(
    feature_set: FeatureSetSpec, dates: Sequence[date], season: Period | None = None
) -> None:
    """Refuse a feature set of which a window holds no date at all.

    Raises:
        WindowError: naming the feature and its window.
    """
    for feature in feature_set.features:
        if not window_select(feature.window, dates, season):
            raise WindowError(window_empty(feature.name, feature.window, dates, season))


def window_empty(
    name: str, window: str | None, dates: Sequence[date], season: Period | None = None
) -> str:
    """Say which window of which feature holds no date, and what dates there are."""
    held = f"{min(dates)} to {max(dates)}" if dates else "no date"
    where = f" in season {season[0]}/{season[1]}" if season else ""
    return (
        f"Feature {name!r}: window {window or 'of the whole selection'}{where} holds no scene "
        f"(the scenes that have its bands cover {held}); widen the window or add scenes."
    )


def _month_days(window: str) -> tuple[tuple[int, int], tuple[int, int]]:
    try:
        first, last = (date.fromisoformat(f"2000-{part}") for part in window.split("/"))
    except ValueError:
        raise WindowError(f"Window {window!r} names a day that does not exist.") from None
    return (first.month, first.day), (last.month, last.day)


def _in_month_days(day: date, first: tuple[int, int], last: tuple[int, int]) -> bool:
    today = (day.month, day.day)
    if first <= last:
        return first <= today <= last
    return today >= first or today <= last


def _occurrences(window: str, season: Period, dates: Sequence[date]) -> list[Period]:
    first, last = _month_days(window)
    low = max(season[0].year, min((d.year for d in dates), default=season[0].year))
    high = min(season[1].year, max((d.year for d in dates), default=season[1].year))
    years = range(max(low - 1, 2), min(high + 2, 9998))
    periods = [
        (_day(year - 1 if first > last else year, first, end=False), _day(year, last, end=True))
        for year in years
    ]
    inside = [period for period in periods if season[0] <= period[1] <= season[1]]
    if inside:
        return inside
    shared = [(_shared_days(period, season), period) for period in periods]
    best = max((days for days, _ in shared), default=0)
    return [period for days, period in shared if days == best > 0][-1:]


def _day(year: int, month_day: tuple[int, int], *, end: bool) -> date:
    try:
        return date(year, *month_day)
    except ValueError:  # 29 February of a common year
        return date(year, 2, 28) if end else date(year, 3, 1)


def _shared_days(a: Period, b: Period) -> int:
    return (min(a[1], b[1]) - max(a[0], b[0])).days + 1
