"""STAC periods: ``a/b`` with open ends, a single instant, or a shortened date."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, datetime, time

from apps.core.errors import InvalidInput

_SHORT = re.compile(r"^(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?$")
ADVICE = "Give start/end, for example 2018-03-01/2018-10-31; '..' leaves an end open."


@dataclass(frozen=True)
class Period:
    """A closed interval in UTC; None is an open end."""

    start: datetime | None
    end: datetime | None


def period_parse(text: str) -> Period:
    """Return the period a text means; a date without time covers its whole day (month, year).

    Raises InvalidInput naming the part that cannot be read, or when the end is before the start.
    """
    parts = text.strip().split("/")
    if len(parts) > 2 or text.strip() in ("", "..", "/"):
        raise _wrong(text, "it is neither a date nor start/end")
    first, last = parts[0], parts[-1]
    if len(parts) == 1 and first == "..":
        raise _wrong(text, "a single '..' says nothing")
    period = Period(start=_bound(first, text, last=False), end=_bound(last, text, last=True))
    if period.start and period.end and period.end < period.start:
        raise _wrong(text, "its end is before its start")
    return period


def _bound(part: str, text: str, *, last: bool) -> datetime | None:
    part = part.strip()
    if part in ("", ".."):
        return None
    short = _SHORT.match(part)
    try:
        if short:
            return _short_bound(short, last=last)
        read = datetime.fromisoformat(part)
    except ValueError as error:
        raise _wrong(text, f"{part[:40]!r} is not an ISO 8601 date") from error
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def _short_bound(found: re.Match[str], *, last: bool) -> datetime:
    year, month, day = (int(part) if part else None for part in found.groups())
    assert year is not None  # noqa: S101 - the pattern requires it
    if month is None:
        month = 12 if last else 1
    if day is None:
        day = monthrange(year, month)[1] if 1 <= month <= 12 and last else 1
    moment = datetime(year, month, day, tzinfo=UTC)
    return datetime.combine(moment.date(), time.max, UTC) if last else moment


def _wrong(text: str, reason: str) -> InvalidInput:
    message = f"The period {text[:80]!r} cannot be used: {reason}."
    return InvalidInput(message, advice=ADVICE, errors={"datetime": [message]})
