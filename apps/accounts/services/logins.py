"""Checking a password without letting anybody guess, or lock another person out."""

import hashlib
from typing import Any

from django.contrib.auth import authenticate
from django.db import connection

from apps.accounts.models import User
from apps.accounts.services.audit import audit_record
from apps.core.errors import TooManyAttempts, WrongCredentials

WINDOW_SECONDS = 900
PER_ACCOUNT_AND_ADDRESS = 10
PER_ADDRESS = 100
# The attempt is counted before the password is looked at: a thousand parallel guesses get ten.
_COUNT = """
INSERT INTO accounts_loginattempt (key, window_start, failures)
VALUES (%(key)s, clock_timestamp(), 1)
ON CONFLICT (key) DO UPDATE SET
  failures = CASE WHEN accounts_loginattempt.window_start < clock_timestamp() - %(window)s::interval
                  THEN 1 ELSE accounts_loginattempt.failures + 1 END,
  window_start = CASE
    WHEN accounts_loginattempt.window_start < clock_timestamp() - %(window)s::interval
    THEN clock_timestamp() ELSE accounts_loginattempt.window_start END
RETURNING failures, ceil(extract(epoch FROM
  window_start + %(window)s::interval - clock_timestamp()))::int
"""
_UNCOUNT = """
UPDATE accounts_loginattempt SET failures = greatest(failures - 1, 0) WHERE key = ANY(%s)
"""


def login_check(*, username: str, password: str, address: str, request: Any = None) -> User:
    """Return the user of a name and a password; only failures count, for 15 minutes.

    Call it outside a transaction that may be rolled back, else failures would not be counted.

    Raises:
        TooManyAttempts: Over 10 failures of this account from this address, or 100 of the address.
        WrongCredentials: Unknown name, wrong password or a suspended account; all the same.
    """
    keys = [_key("account", username.casefold(), address), _key("address", address)]
    for key, limit in zip(keys, (PER_ACCOUNT_AND_ADDRESS, PER_ADDRESS), strict=True):
        _attempt_count(key, limit)
    user = authenticate(request, username=username, password=password)
    if not isinstance(user, User):
        audit_record(actor=None, action="login.failed", obj=None, after={"name": username})
        raise WrongCredentials(
            "The user name or the password is wrong.", advice="Check both and try again."
        )
    with connection.cursor() as cursor:
        cursor.execute(_UNCOUNT, [keys])
    audit_record(actor=user, action="login", obj=user)
    return user


def login_attempts_purge() -> int:
    """Forget counts whose window is over; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM accounts_loginattempt WHERE window_start < now() - %s::interval",
            [f"{WINDOW_SECONDS} seconds"],
        )
        return int(cursor.rowcount)


def _key(*parts: str) -> str:
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()


def _attempt_count(key: str, limit: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"key": key, "window": f"{WINDOW_SECONDS} seconds"})
        failures, wait = cursor.fetchone()
    if failures > limit:
        raise TooManyAttempts("Too many failed attempts from here.", wait=max(int(wait), 1))
