"""API tokens: shown once, kept as a hash."""

import secrets
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from apps.accounts.enums import TokenScope
from apps.accounts.models import ApiToken
from apps.accounts.selectors import key_sha256
from apps.accounts.services.audit import audit_record
from apps.core.errors import InvalidInput

LONGEST = timedelta(days=365)
LOGIN_LIFETIME = timedelta(days=7)
TOUCH_EVERY = timedelta(minutes=1)


@transaction.atomic
def token_issue(
    *,
    user: Any,
    name: str = "login",
    scopes: Iterable[str] = tuple(TokenScope),
    lifetime: timedelta = LOGIN_LIFETIME,
    project: Any = None,
) -> str:
    """Return the key of a new token: 256 random bits as text; it is shown this once.

    Raises:
        InvalidInput: The lifetime is not between 0 and a year, or a scope is unknown.
    """
    if not timedelta(0) < lifetime <= LONGEST:
        raise InvalidInput("A token lives at most one year.")
    wanted = sorted(set(scopes))
    if not wanted or not set(wanted) <= set(TokenScope):
        raise InvalidInput(f"Scopes are some of: {', '.join(TokenScope)}.")
    key = secrets.token_urlsafe(32)
    row = ApiToken.objects.create(
        user=user,
        key_sha256=key_sha256(key),
        prefix=key[:8],
        name=name,
        scopes=wanted,
        project=project,
        expires_at=timezone.now() + lifetime,
    )
    state = {"name": name, "scopes": wanted}
    audit_record(actor=user, action="token.issue", obj=row, project=project, after=state)
    return key


@transaction.atomic
def token_revoke(token: ApiToken, *, user: Any) -> None:
    audit_record(actor=user, action="token.revoke", obj=token, project=token.project)
    token.delete()


def token_touch(token: ApiToken) -> None:
    """Note the last use, at most once a minute, so that reading stays free of writes."""
    now = timezone.now()
    if token.last_used_at is not None and token.last_used_at > now - TOUCH_EVERY:
        return
    stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - TOUCH_EVERY)
    ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)
