"""Reads about people and their keys."""

import hashlib
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from apps.accounts.models import ApiToken, AuditEntry, Notification, Organisation, User

ACTIVE = Q(is_active=True) & (Q(organisation__isnull=True) | Q(organisation__is_active=True))


def key_sha256(key: str) -> str:
    """Return how a key is kept: the hex SHA-256 of its text."""
    return hashlib.sha256(key.encode()).hexdigest()


def token_of_key(key: str) -> ApiToken | None:
    """Return the valid token of a key whose owner and organisation are active, else None."""
    return (
        ApiToken.objects.select_related("user__organisation")
        .filter(key_sha256=key_sha256(key), expires_at__gt=timezone.now(), user__is_active=True)
        .filter(Q(user__organisation__isnull=True) | Q(user__organisation__is_active=True))
        .first()
    )


def active_user(user_id: Any) -> User | None:
    """Return a user who is not suspended, nor the organisation, else None."""
    return User.objects.select_related("organisation").filter(ACTIVE, pk=user_id).first()


def user_by_username(username: str) -> User | None:
    return User.objects.select_related("organisation").filter(ACTIVE, username=username).first()


def organisation_named(key: str) -> Organisation | None:
    """Return an active organisation by its id or slug, else None."""
    try:
        wanted = Q(pk=UUID(key))
    except ValueError:
        wanted = Q(slug=key)
    return Organisation.objects.filter(wanted, is_active=True).first()


def audit_of_project(project: Any) -> QuerySet[AuditEntry]:
    """Return what was done in a project, latest first."""
    return AuditEntry.objects.filter(project=project).order_by("-id")


def notifications_of(user: Any) -> QuerySet[Notification]:
    """Return what a person was told, newest first; not of projects they are no longer in."""
    if not (user and user.is_authenticated):
        return Notification.objects.none()
    now = timezone.now()
    member = Q(project__memberships__user=user) & (
        Q(project__memberships__valid_until__isnull=True)
        | Q(project__memberships__valid_until__gt=now)
    )
    rows = Notification.objects.filter(recipient=user).select_related("project")
    only = getattr(user, "token_project_id", None)
    seen = rows.filter(project_id=only) if only else rows
    return seen.filter(Q(project__isnull=True) | member).order_by("-created_at", "pk")


def notifications_unread(user: Any) -> int:
    return notifications_of(user).filter(read_at__isnull=True).count()
