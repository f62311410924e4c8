"""Single and bulk edits: the revision given must be the revision stored."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from apps.accounts.services import audit_record
from apps.aois.selectors import region_at
from apps.core.errors import Conflict, InvalidInput, NotFound, PreconditionMissing, StaleEdit
from apps.samples.enums import RevisionAction
from apps.samples.models import ReferenceSample, SampleRevision, SampleSet
from apps.samples.selectors import sample_feature
from apps.samples.services.fields import sample_fill
from workers.contracts.base import sha256_of

MAX_BULK = 500


@transaction.atomic
def sample_create(
    *, sample_set: SampleSet, geometry: object, values: Mapping[str, Any], user: Any
) -> ReferenceSample:
    """Create a point or polygon; without a region it gets the one it lies in."""
    sample = ReferenceSample(
        project_id=sample_set.project_id,
        sample_set=sample_set,
        external_id=str(values.get("external_id") or "")[:200],
        updated_by=_person(user),
    )
    sample_fill(sample, sample_set, {**values, "geometry": geometry})
    if sample.region is None:
        sample.region = region_at(sample_set.project, sample.geometry)
    try:
        with transaction.atomic():
            sample.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(
            f"The set already has a sample with external_id {sample.external_id!r}."
        ) from error
    _revise(sample, RevisionAction.CREATED, user)
    audit_record(
        actor=user,
        action="sample.create",
        obj=sample,
        project=sample_set.project,
        after=sample_feature(sample),
    )
    return sample


@transaction.atomic
def sample_update(
    *, sample: ReferenceSample, changes: Mapping[str, Any], if_match: int, user: Any
) -> ReferenceSample:
    """Apply an edit made from revision ``if_match``; raises StaleEdit with the current state."""
    before = sample_feature(sample)
    _written(sample, changes, if_match, user)
    audit_record(
        actor=user,
        action="sample.change",
        obj=sample,
        project=sample.project,
        before=before,
        after=sample_feature(sample),
    )
    return sample


@transaction.atomic
def sample_delete(*, sample: ReferenceSample, if_match: int, user: Any) -> None:
    """Hide a sample; its history stays. Raises StaleEdit as ``sample_update`` does."""
    before = sample_feature(sample)
    taken = _at_revision(sample, if_match).update(
        revision=F("revision") + 1, deleted_at=timezone.now(), updated_by=_person(user)
    )
    if not taken:
        raise _stale(sample, if_match)
    sample.revision = if_match + 1
    _revise(sample, RevisionAction.DELETED, user)
    audit_record(
        actor=user, action="sample.delete", obj=sample, project=sample.project, before=before
    )


@transaction.atomic
def samples_bulk_update(
    *, samples: Mapping[str, ReferenceSample], items: Any, user: Any
) -> list[ReferenceSample]:
    """Apply many edits, each with its own revision; all of them or none.

    ``samples``: the rows the caller may edit, by id. ``items``: {"id", "revision", fields…}.
    """
    if not isinstance(items, list) or not 1 <= len(items) <= MAX_BULK:
        raise InvalidInput(f"Give 1 to {MAX_BULK} samples in one call.")
    edited: list[ReferenceSample] = []
    for position, item in enumerate(items):
        sample, revision, changes = _bulk_item(samples, item, position)
        edited.append(_written(sample, changes, revision, user))
    audit_record(
        actor=user,
        action="sample.bulk_change",
        obj=None,
        project=edited[0].project,
        after=sha256_of([[str(sample.pk), sample.revision] for sample in edited]),
    )
    return edited


def _bulk_item(
    samples: Mapping[str, ReferenceSample], item: Any, position: int
) -> tuple[ReferenceSample, int, dict[str, Any]]:
    where = f"item {position}"
    if not isinstance(item, dict) or not isinstance(item.get("id"), str):
        raise InvalidInput(f"{where} has no id.")
    sample = samples.get(item["id"])
    if sample is None:
        raise NotFound(f"{where}: there is no such sample.")
    nested = item.get("properties")
    properties: dict[str, Any] = nested if isinstance(nested, dict) else item
    revision = item.get("revision", properties.get("revision"))
    if not isinstance(revision, int) or isinstance(revision, bool):
        raise PreconditionMissing(
            f"{where} ({item['id']}) has no revision.", advice="Send the revision you last read."
        )
    skipped = {"id", "revision", "type", "properties"}
    changes = {name: value for name, value in properties.items() if name not in skipped}
    if item.get("geometry") is not None:
        changes["geometry"] = item["geometry"]
    return sample, revision, changes


def _written(
    sample: ReferenceSample, changes: Mapping[str, Any], if_match: int, user: Any
) -> ReferenceSample:
    if sample.revision != if_match:
        raise _stale(sample, if_match)
    columns = sample_fill(sample, sample.sample_set, changes)
    if not columns:
        raise InvalidInput("The edit changes nothing: it names no field that may be written.")
    values = {name: getattr(sample, name) for name in columns}
    taken = _at_revision(sample, if_match).update(
        **values,
        revision=F("revision") + 1,
        updated_by=_person(user),
        updated_at=timezone.now(),
    )
    if not taken:
        raise _stale(sample, if_match)
    sample.revision = if_match + 1
    _revise(sample, RevisionAction.CHANGED, user)
    return sample


def _at_revision(sample: ReferenceSample, revision: int) -> Any:
    return ReferenceSample.objects.filter(pk=sample.pk, revision=revision, deleted_at=None)


def _stale(sample: ReferenceSample, if_match: int) -> StaleEdit:
    current = ReferenceSample.objects.select_related("region").get(pk=sample.pk)
    gone = " and is deleted" if current.deleted_at else ""
    return StaleEdit(
        f"Sample {sample.pk} is at revision {current.revision}{gone}, not {if_match}.",
        current=None if current.deleted_at else sample_feature(current),
    )


def _revise(sample: ReferenceSample, action: RevisionAction, user: Any) -> None:
    SampleRevision.objects.create(
        project_id=sample.project_id,
        sample=sample,
        revision=sample.revision,
        action=action,
        state=sample_feature(sample),
        actor=_person(user),
    )


def _person(user: Any) -> Any:
    return user if getattr(user, "pk", None) else None
