"""What changed in a set: its counter, and the message to whoever has it open."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import F

from apps.jobs.services import outbox_add
from apps.samples.enums import RevisionAction
from apps.samples.models import ReferenceSample, SampleSet
from apps.samples.selectors import stream_name

MAX_NAMED = 500


@dataclass
class Changes:
    """Samples that were edited, by set; never their labels."""

    rows: dict[UUID, list[dict[str, Any]]] = field(default_factory=dict)

    def add(self, sample: ReferenceSample, action: RevisionAction) -> None:
        change = {"id": str(sample.pk), "revision": sample.revision, "action": str(action)}
        self.rows.setdefault(sample.sample_set_id, []).append(change)


@contextmanager
def set_changed(set_ids: Collection[UUID], user: Any) -> Iterator[Changes]:
    """Count sets up, which keeps other writers of them waiting; tell their streams afterwards."""
    for set_id in sorted(set_ids):
        SampleSet.objects.filter(pk=set_id).update(revision=F("revision") + 1)
    changes = Changes()
    yield changes
    for set_id in sorted(set_ids):
        _tell(set_id, changes.rows.get(set_id, []), user)


def _tell(set_id: UUID, rows: list[dict[str, Any]], user: Any) -> None:
    """Name the samples of a message; too many, or rows of an import, are told as a whole."""
    revision = SampleSet.objects.values_list("revision", flat=True).get(pk=set_id)
    named = 0 < len(rows) <= MAX_NAMED
    message = {"revision": revision, "by": getattr(user, "username", None) or None}
    more = {"samples": rows} if named else {}
    outbox_add(stream_name(set_id), "samples" if named else "samples_changed", message | more)
