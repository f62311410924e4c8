"""The audit trail."""

import hashlib
import json
from typing import Any

from apps.accounts.models import AuditEntry
from apps.core.domain.context import context_get


def audit_record(
    *,
    actor: Any,
    action: str,
    obj: Any,
    project: Any = None,
    before: Any = None,
    after: Any = None,
) -> AuditEntry:
    """Write one act; call it in the transaction of the act.

    ``obj`` is the row acted on (or None); ``before`` and ``after`` are JSON-like states, of which
    only hashes are kept. ``actor`` None or anonymous means the system or a visitor.
    """
    known = actor if actor is not None and getattr(actor, "is_authenticated", False) else None
    here = context_get()
    return AuditEntry.objects.create(
        actor=known,
        organisation_id=getattr(known, "organisation_id", None),
        project_id=getattr(project, "pk", None),
        action=action,
        object_type=obj._meta.label_lower if obj is not None else "",
        object_id=str(obj.pk) if obj is not None else "",
        before_sha=_state_sha(before),
        after_sha=_state_sha(after),
        request_id=here.request_id,
        address=here.address,
    )


def _state_sha(state: Any) -> str:
    if state is None:
        return ""
    text = json.dumps(state, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()
