"""What people are told: a row that stays, and a message of their live stream."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from apps.accounts.enums import Tone
from apps.accounts.models import Notification, User
from apps.accounts.selectors import notifications_of, notifications_unread
from apps.core.services import stream_say


@transaction.atomic
def notification_send(
    *,
    recipient: User,
    kind: str,
    tone: Tone,
    text: str,
    url: str = "",
    project: Any = None,
) -> Notification:
    """Tell a person something; call it in the transaction of what happened.

    ``kind`` is a word for programs (``job_ended``), ``url`` a path of this site.
    """
    row = Notification.objects.create(
        recipient=recipient, project=project, kind=kind, tone=tone, text=text[:300], url=url
    )
    stream_say(f"user:{recipient.pk}", "notification", notification_message(row))
    return row


@transaction.atomic
def notifications_read(*, user: Any, ids: Sequence[UUID] | None = None) -> int:
    """Mark a person's notifications (None: all of them) as read; returns how many were unread."""
    rows = notifications_of(user).filter(read_at__isnull=True)
    chosen = list((rows if ids is None else rows.filter(pk__in=ids)).values_list("pk", flat=True))
    if not chosen:
        return 0
    Notification.objects.filter(pk__in=chosen).update(read_at=timezone.now())
    left = {"ids": [str(pk) for pk in chosen], "unread": notifications_unread(user)}
    stream_say(f"user:{user.pk}", "notifications_read", left)
    return len(chosen)


def notification_message(row: Notification) -> dict[str, Any]:
    """Return a notification as the API and the stream show it."""
    return {
        "id": str(row.pk),
        "kind": row.kind,
        "tone": row.tone,
        "text": row.text,
        "url": row.url,
        "project": str(row.project_id) if row.project_id else None,
        "created_at": row.created_at.isoformat(),
        "read_at": row.read_at.isoformat() if row.read_at else None,
    }
