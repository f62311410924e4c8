"""Figures as people read them."""

from datetime import timedelta

THIN = "\u202f"


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
