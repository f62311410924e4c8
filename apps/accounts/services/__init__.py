"""Writes about people, their keys and the audit trail."""

from apps.accounts.services.audit import audit_record
from apps.accounts.services.logins import login_check
from apps.accounts.services.notices import (
    notification_send,
    notifications_read,
)
from apps.accounts.services.people import organisation_ensure, preferences_set, user_create
from apps.accounts.services.tokens import token_issue, token_revoke

__all__ = [
    "audit_record",
    "login_check",
    "notification_send",
    "notifications_read",
    "organisation_ensure",
    "preferences_set",
    "token_issue",
    "token_revoke",
    "user_create",
]
