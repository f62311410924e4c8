"""Reads: accuracy figures and remarks; every list starts from what the caller may see."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from apps.aois.domain import bbox_read
from apps.core.errors import Conflict, InvalidInput
from apps.core.storage import store_open
from apps.projects.selectors import project_ids_of
from apps.quality.enums import OPEN_STATUSES, RemarkStatus
from apps.quality.models import AccuracyAssessment, Remark, RemarkEvent


def assessments_visible_to(user: Any) -> QuerySet[AccuracyAssessment]:
    return AccuracyAssessment.objects.filter(project__in=project_ids_of(user))


def cell_samples(assessment: AccuracyAssessment, row: int, column: int) -> dict[str, int]:
    """Return {sample id: pixels} of one cell: mapped as class ``row``, reference ``column``.

    Raises:
        InvalidInput: the matrix has no such class. Conflict: it was made before cells were kept.
    """
    strange = [code for code in (row, column) if code not in assessment.classes]
    if strange:
        text = f"The matrix has no class {strange[0]}."
        raise InvalidInput(text, errors={"row" if strange[0] == row else "column": [text]})
    if not assessment.predictions_key:
        raise Conflict(
            "This assessment does not say which samples are in a cell.",
            advice="Train the model again; newer assessments keep it.",
        )
    stored = json.loads(store_open().read_bytes(assessment.predictions_key))
    return dict(stored["cells"].get(f"{row}:{column}", []))


def remarks_visible_to(user: Any) -> QuerySet[Remark]:
    """Return the remarks of the caller's projects that were not deleted, newest first."""
    return Remark.objects.filter(
        project__in=project_ids_of(user), deleted_at__isnull=True
    ).select_related("assignee", "created_by", "layer", "release")


def remarks_filtered(
    rows: QuerySet[Remark], query: Mapping[str, str], user: Any
) -> QuerySet[Remark]:
    """Apply the filters of the list: status (one, ``unresolved`` or ``closed``), layer, bbox, …

    Raises:
        InvalidInput: names the filter.
    """
    if status := query.get("status"):
        rows = rows.filter(status__in=_statuses(status))
    if severity := query.get("severity"):
        rows = rows.filter(severity=severity)
    if layer := query.get("layer"):
        rows = rows.filter(layer_id=_uuid(layer, "layer"))
    if assignee := query.get("assignee"):
        who = user.pk if assignee == "me" else _uuid(assignee, "assignee")
        rows = rows.filter(assignee_id=who)
    if box := query.get("bbox"):
        rows = rows.filter(geometry__intersects=bbox_read(box))
    return rows


def remark_events(remark: Remark) -> QuerySet[RemarkEvent]:
    """Return a remark's history, oldest first."""
    return remark.events.select_related("actor")


def open_remarks_within(project: Any) -> QuerySet[Remark]:
    """Return a project's remarks that wait for somebody."""
    return Remark.objects.filter(project=project, deleted_at__isnull=True, status__in=OPEN_STATUSES)


def _statuses(given: str) -> list[str]:
    groups = {
        "unresolved": [str(status) for status in OPEN_STATUSES],
        "closed": [str(s) for s in RemarkStatus if s not in OPEN_STATUSES],
    }
    if given in groups:
        return groups[given]
    if given not in RemarkStatus.values:
        text = f"known: {', '.join([*RemarkStatus.values, *groups])}."
        raise InvalidInput(f"status {given[:40]!r} is unknown; {text}", errors={"status": [text]})
    return [given]


def _uuid(value: str, field: str) -> UUID:
    try:
        return UUID(value)
    except ValueError as error:
        raise InvalidInput(f"{field} is not an id.", errors={field: ["Not an id."]}) from error
