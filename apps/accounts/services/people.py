"""Organisations and users."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from apps.accounts.models import Organisation, User
from apps.accounts.services.audit import audit_record
from apps.core.errors import InvalidInput

# What a person may keep on the server, and the values each may have.
PREFERENCES = {
    "tour": frozenset({"seen", "done"}),
    "single_keys": frozenset({"on", "off"}),
}


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


@transaction.atomic
def preferences_set(*, user: Any, changes: Mapping[str, str]) -> dict[str, str]:
    """Change some of a person's preferences and return all; an empty text forgets one.

    Raises:
        InvalidInput: An unknown name, or a value that is not one of those known.
    """
    for name, value in changes.items():
        known = PREFERENCES.get(name)
        if known is None or not (value == "" or value in known):
            choices = f"One of: {', '.join(sorted(known))}." if known else "Unknown preference."
            raise InvalidInput(choices, errors={f"preferences.{name}": [choices]})
    row = User.objects.select_for_update().get(pk=user.pk)
    row.preferences = {k: v for k, v in {**row.preferences, **changes}.items() if v != ""}
    row.save(update_fields=["preferences"])
    user.preferences = row.preferences
    return dict(row.preferences)
