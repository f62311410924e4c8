"""Figures as people read them."""

from datetime import timedelta

THIN = "\u202f"
BYTE_UNITS = ("B", "kB", "MB", "GB", "TB", "PB")


def percent(fraction: float | None, digits: int = 1) -> str:
    """Return a share of one as percent without the sign; a dash when there is none."""
    return "–" if fraction is None else f"{fraction * 100:.{digits}f}"


def interval(ci95: list[float] | tuple[float, float] | None, digits: int = 1) -> str:
    """Return a confidence interval of shares as percent: ``89.5 – 91.5``."""
    if not ci95 or ci95[0] is None or ci95[1] is None:
        return ""
    return f"{percent(ci95[0], digits)} – {percent(ci95[1], digits)}"


def duration(span: timedelta | None) -> str:
    """Return 40 s, 6 min or 1:10 h."""
    if span is None:
        return ""
    seconds = span.total_seconds()
    if seconds < 90:
        return f"{seconds:.0f}{THIN}s"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"{minutes}{THIN}min"
    return f"{minutes // 60}:{minutes % 60:02d}{THIN}h"


def area_words(km2: float) -> str:
    """Return square kilometres with as many digits as say something: 0.42, 31.4, 12,345."""
    digits = 0 if km2 >= 100 else 1 if km2 >= 10 else 2
    return f"{km2:,.{digits}f}"


def duration_text(seconds: float | None) -> str:
    """Return seconds as people say them; a dash when there are none."""
    return "–" if seconds is None else duration(timedelta(seconds=seconds))


def bytes_text(value: float | None) -> str:
    """Return 12 MB, 3.1 GB; a dash when there is no figure."""
    if value is None:
        return "–"
    power, rest = 0, float(value)
    while rest >= 1000 and power < len(BYTE_UNITS) - 1:
        rest, power = rest / 1000, power + 1
    digits = 0 if power == 0 or rest >= 100 else 1
    return f"{rest:.{digits}f}{THIN}{BYTE_UNITS[power]}"


def amount(value: float) -> str:
    """Return a figure with one digit below ten."""
    return f"{value:,.1f}" if value < 10 else f"{value:,.0f}"
