"""Repeated calls, whose first answer is kept, and messages of live streams."""

import hashlib
import json
from datetime import timedelta
from importlib import import_module
from typing import Any

from django.conf import settings
from django.utils import timezone

from apps.core.errors import Conflict, InvalidInput
from apps.core.models import IdempotencyRecord

KEEP = timedelta(hours=24)


def body_sha256(data: Any, files: Any) -> str:
    """Return the SHA-256 of a parsed body: canonical JSON, or fields and contents of files."""
    digest = hashlib.sha256()
    if not files:
        plain = dict(data.lists()) if hasattr(data, "lists") else data
        digest.update(json.dumps(plain, sort_keys=True, default=str).encode())
        return digest.hexdigest()
    for name in sorted(data):
        if name in files:
            continue
        digest.update(json.dumps([name, data.getlist(name)], default=str).encode())
    for name in sorted(files):
        digest.update(json.dumps([name, files[name].name, files[name].size]).encode())
        for piece in files[name].chunks():
            digest.update(piece)
        files[name].seek(0)
    return digest.hexdigest()


def idempotency_begin(*, user: Any, route: str, key: str, body_sha: str) -> IdempotencyRecord:
    """Claim a key, or return the record of the call that already used it (``status`` not null).

    A second call waits on the unique index until the first one's transaction ends; it then
    finds its answer, or claims the key when the first was rolled back.

    Raises:
        InvalidInput: The key is empty or over 255 characters.
        Conflict: The key was used with another body.
    """
    if not key.strip() or len(key) > 255 or not key.isprintable():
        raise InvalidInput("Idempotency-Key must have 1 to 255 printable characters.")
    where = {"user": user, "route": route[:300], "key": key}
    IdempotencyRecord.objects.filter(**where, created_at__lt=timezone.now() - KEEP).delete()
    mine = IdempotencyRecord(**where, body_sha256=body_sha)
    IdempotencyRecord.objects.bulk_create([mine], ignore_conflicts=True)
    found = IdempotencyRecord.objects.get(**where)
    if found.pk == mine.pk:
        return found
    if found.body_sha256 != body_sha:
        raise Conflict(
            "This Idempotency-Key was already used with another body.",
            advice="Use a new key for a new request.",
        )
    return found


def idempotency_finish(
    record: IdempotencyRecord, *, status: int, body: Any, headers: dict[str, str]
) -> None:
    """Keep the answer of the call that claimed the key; same transaction as its effect."""
    record.status, record.body, record.headers = status, body, headers
    record.save(update_fields=["status", "body", "headers"])


def idempotency_purge() -> int:
    """Forget answers older than a day; returns how many."""
    old = IdempotencyRecord.objects.filter(created_at__lt=timezone.now() - KEEP)
    return old.delete()[0]


def stream_say(stream: str, kind: str, payload: dict[str, Any]) -> int:
    """Append a message to a live stream (``user:<id>``); it is sent when the transaction ends.

    For apps below the one that holds the streams (``settings.STREAM_WRITER``).
    """
    return int(import_module(settings.STREAM_WRITER).outbox_add(stream, kind, payload))
