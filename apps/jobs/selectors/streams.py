"""Live streams read back: the rows are the truth, a socket message is a hint."""

from typing import Any

from django.db.models import Max

from apps.core.errors import InvalidInput
from apps.jobs.models import Outbox

MAX_MESSAGES = 10_000


def stream_since(stream: str, since: int, *, limit: int = MAX_MESSAGES) -> dict[str, Any]:
    """Return ``{seq, results}`` after ``since``; with ``reset`` the client must start anew."""
    held = list(Outbox.objects.filter(stream=stream, seq__gt=since).order_by("seq")[: limit + 1])
    last = held[-1].seq if held else since
    if len(held) > limit or (held and held[0].seq > since + 1):
        return {"reset": True, "seq": stream_last(stream), "results": []}
    messages = [
        {"type": row.type, "seq": row.seq, "at": row.at.isoformat(), **row.payload} for row in held
    ]
    return {"seq": last, "results": messages}


def stream_last(stream: str) -> int:
    """Return the number of the last message of a stream, 0 when there is none."""
    return int(Outbox.objects.filter(stream=stream).aggregate(top=Max("seq"))["top"] or 0)


def since_read(text: str | None) -> int:
    """Return ``?since=`` as a number, 0 when absent."""
    text = text or "0"
    if not text.isdigit() or len(text) > 18:
        raise InvalidInput("since is not a number.", errors={"since": ["A whole number ≥ 0."]})
    return int(text)
