"""Remarks: made, changed, commented and closed by people; every step is kept."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from apps.accounts.services import audit_record
from apps.aois.domain import SAMPLES, geometry_json, geometry_read
from apps.core.enums import Role
from apps.core.errors import Forbidden, InvalidInput, NotFound, StaleEdit
from apps.core.policy import role_covers
from apps.layers.selectors import layer_get
from apps.projects.selectors import member_get, project_locked, role_of
from apps.quality.enums import RemarkEventKind, RemarkSeverity, RemarkStatus
from apps.quality.models import Remark, RemarkEvent

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.projects.models import Project

MAX_TEXT = 4000


@transaction.atomic
def remark_create(
    *, project: "Project", geometry: object, properties: Mapping[str, Any], user: "User"
) -> Remark:
    """Pin a remark to the map; ``properties`` are those of the GeoJSON Feature.

    Raises:
        InvalidInput: names the field. NotFound: the layer or the assignee is not of the project.
    """
    project_locked(project)
    last = Remark.objects.filter(project=project).aggregate(last=Max("number"))["last"] or 0
    remark = Remark(project=project, number=last + 1, created_by=user)
    remark.geometry = geometry_read(geometry, types=SAMPLES)
    if "text" not in properties:
        raise InvalidInput("A remark needs a text.", errors={"text": ["This field is required."]})
    _fill(remark, properties, user)
    remark.save()
    _event(remark, user, RemarkEventKind.CREATED)
    audit_record(actor=user, action="remark.create", obj=remark, project=project)
    return remark


@transaction.atomic
def remark_update(
    *,
    remark: Remark,
    geometry: object | None,
    properties: Mapping[str, Any],
    user: "User",
    if_match: int,
) -> Remark:
    """Change a remark; what changed is kept with the person and an optional ``comment``.

    Raises:
        StaleEdit: somebody changed it since ``if_match``. InvalidInput, NotFound: as on creation.
    """
    locked = _locked(remark, if_match)
    before = _told(locked)
    if geometry is not None:
        locked.geometry = geometry_read(geometry, types=SAMPLES)
    comment = _text(properties["comment"], "comment") if properties.get("comment") else ""
    _fill(locked, properties, user)
    after = _told(locked)
    changes = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    if not changes and not comment:
        return locked
    locked.revision += 1
    locked.save()
    kind = RemarkEventKind.CHANGED if changes else RemarkEventKind.COMMENTED
    _event(locked, user, kind, comment=comment, changes=changes)
    audit_record(actor=user, action="remark.change", obj=locked, project=locked.project)
    return locked


@transaction.atomic
def remark_comment(*, remark: Remark, text: object, user: "User") -> RemarkEvent:
    """Add a comment; nothing of the remark itself changes, so no revision is needed."""
    locked = Remark.objects.select_for_update().get(pk=remark.pk)
    event = _event(locked, user, RemarkEventKind.COMMENTED, comment=_text(text, "text"))
    audit_record(actor=user, action="remark.comment", obj=locked, project=locked.project)
    return event


@transaction.atomic
def remark_delete(*, remark: Remark, user: "User", if_match: int) -> None:
    """Take a remark off the map; only its author or a manager may. The row stays.

    Raises:
        Forbidden: somebody else's remark. StaleEdit: it changed since ``if_match``.
    """
    locked = _locked(remark, if_match)
    own = locked.created_by_id == user.pk
    if not own and not role_covers(role_of(user, locked.project), Role.MANAGER):
        raise Forbidden(
            f"Remark {locked.number} was made by somebody else.",
            advice="Dismiss it with a reason, or ask a manager to delete it.",
        )
    locked.deleted_at = timezone.now()
    locked.revision += 1
    locked.save()
    _event(locked, user, RemarkEventKind.DELETED)
    audit_record(actor=user, action="remark.delete", obj=locked, project=locked.project)


def _locked(remark: Remark, if_match: int) -> Remark:
    locked = Remark.objects.select_for_update().get(pk=remark.pk)
    if locked.revision != if_match:
        raise StaleEdit(
            f"Remark {locked.number} is at revision {locked.revision}, not {if_match}.",
            current={"id": str(locked.pk), "revision": locked.revision, **_told(locked)},
        )
    return locked


def _fill(remark: Remark, given: Mapping[str, Any], user: "User") -> None:
    if "text" in given:
        remark.text = _text(given["text"], "text")
    if "status" in given:
        remark.status = _choice(given["status"], "status", RemarkStatus.values)
    if "severity" in given:
        remark.severity = _choice(given["severity"], "severity", RemarkSeverity.values)
    if "due" in given:
        remark.due = _due(given["due"])
    if "layer" in given:
        _of_layer(remark, given["layer"], user)
    if "assignee" in given:
        remark.assignee = _assignee(remark, given["assignee"])


def _of_layer(remark: Remark, layer_id: object, user: "User") -> None:
    if not layer_id:
        remark.layer = remark.release = None
        return
    layer = layer_get(user, _id(layer_id, "layer"))
    if layer.project_id != remark.project_id:
        raise NotFound(f"Layer {layer.pk} does not exist.", errors={"layer": ["not found."]})
    remark.layer, remark.release = layer, layer.current_release


def _assignee(remark: Remark, user_id: object) -> Any:
    if not user_id:
        return None
    return member_get(remark.project, _id(user_id, "assignee")).user


def _id(value: object, field: str) -> str:
    try:
        return str(UUID(str(value)))
    except ValueError as error:
        raise InvalidInput(f"{field} is not an id.", errors={field: ["Not an id."]}) from error


def _text(value: object, field: str) -> str:
    text = value.strip() if isinstance(value, str) else ""
    if not text or len(text) > MAX_TEXT:
        raise InvalidInput(
            f"{field} is empty or longer than {MAX_TEXT:,} characters.",
            errors={field: [f"Give 1 to {MAX_TEXT:,} characters."]},
        )
    return text


def _choice(value: object, field: str, known: list[str]) -> str:
    if value not in known:
        text = f"known: {', '.join(known)}."
        raise InvalidInput(
            f"{field} {str(value)[:40]!r} is unknown; {text}", errors={field: [text]}
        )
    return str(value)


def _due(value: object) -> date | None:
    if value in (None, ""):
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        text = "due is not a date; write YYYY-MM-DD."
        raise InvalidInput(text, errors={"due": [text]}) from error


def _told(remark: Remark) -> dict[str, Any]:
    return {
        "text": remark.text,
        "status": str(remark.status),
        "severity": str(remark.severity),
        "layer": str(remark.layer_id) if remark.layer_id else None,
        "assignee": remark.assignee.username if remark.assignee else None,
        "due": remark.due.isoformat() if remark.due else None,
        "geometry": geometry_json(remark.geometry),
    }


def _event(
    remark: Remark,
    user: "User",
    kind: RemarkEventKind,
    *,
    comment: str = "",
    changes: Mapping[str, Any] | None = None,
) -> RemarkEvent:
    return RemarkEvent.objects.create(
        project=remark.project,
        remark=remark,
        actor=user,
        kind=kind,
        comment=comment,
        changes=dict(changes or {}),
        revision=remark.revision,
    )
