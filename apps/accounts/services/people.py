"""Organisations and users."""

from typing import Any

from django.db import transaction

from apps.accounts.models import Organisation, User
from apps.accounts.services.audit import audit_record


@transaction.atomic
def organisation_ensure(*, slug: str, name: str, actor: Any = None) -> Organisation:
    """Return the organisation of a slug, made when it does not exist."""
    row, fresh = Organisation.objects.get_or_create(slug=slug, defaults={"name": name})
    if fresh:
        audit_record(actor=actor, action="organisation.create", obj=row)
    return row


@transaction.atomic
def user_create(
    *, username: str, password: str, organisation: Organisation | None, actor: Any = None
) -> User:
    """Create a user; the caller has checked the password where a person chose it."""
    user = User(username=username, organisation=organisation)
    user.set_password(password)
    user.save(force_insert=True)
    audit_record(actor=actor, action="user.create", obj=user)
    return user
