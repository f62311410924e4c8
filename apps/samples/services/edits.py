"""Single and bulk edits: the revision given must be the revision stored."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, prefetch_related_objects
from django.utils import timezone

from apps.accounts.services import audit_record
from apps.aois.selectors import region_at
from apps.core.errors import Conflict, InvalidInput, NotFound, PreconditionMissing, StaleEdit
from apps.samples.enums import RevisionAction
from apps.samples.models import ReferenceSample, SampleRevision, SampleSet
from apps.samples.selectors import label_readable, sample_feature
from apps.samples.services.fields import sample_fill
from apps.samples.services.telling import set_changed
from workers.contracts.base import sha256_of

MAX_BULK = 500
ItemEdit = tuple[ReferenceSample, int, dict[str, Any]]


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
    with set_changed([sample_set.pk], user) as changes:
        try:
            with transaction.atomic():
                sample.save(force_insert=True)
        except IntegrityError as error:
            raise Conflict(
                f"The set already has a sample with external_id {sample.external_id!r}."
            ) from error
        changes.add(sample, RevisionAction.CREATED)
    _revise([sample], RevisionAction.CREATED, user)
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
    with set_changed([sample.sample_set_id], user) as told:
        _refuse_stale([(sample, if_match, {})], user)
        _written(sample, changes, if_match, user)
        told.add(sample, RevisionAction.CHANGED)
    _revise([sample], RevisionAction.CHANGED, user)
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
    with set_changed([sample.sample_set_id], user) as told:
        _refuse_stale([(sample, if_match, {})], user)
        _moved(sample, if_match, user, deleted_at=timezone.now())
        told.add(sample, RevisionAction.DELETED)
    _revise([sample], RevisionAction.DELETED, user)
    audit_record(
        actor=user, action="sample.delete", obj=sample, project=sample.project, before=before
    )


@transaction.atomic
def samples_bulk_update(
    *, samples: Mapping[str, ReferenceSample], items: Any, user: Any
) -> list[ReferenceSample]:
    """Apply many edits, each with its own revision; all of them or none.

    ``samples``: the rows the caller may edit, by id. ``items``: {"id", "revision", fields…}.
    Raises StaleEdit that names every item somebody else has edited.
    """
    edits = _items(samples, items)
    with set_changed(_sets(edits), user) as told:
        _refuse_stale(edits, user)
        for sample, revision, changes in edits:
            _written(sample, changes, revision, user)
            told.add(sample, RevisionAction.CHANGED)
    return _noted(edits, RevisionAction.CHANGED, "sample.bulk_change", user)


@transaction.atomic
def samples_bulk_delete(
    *, samples: Mapping[str, ReferenceSample], items: Any, user: Any
) -> list[ReferenceSample]:
    """Hide many samples, each from its own revision; all of them or none."""
    edits = _items(samples, items)
    now = timezone.now()
    with set_changed(_sets(edits), user) as told:
        _refuse_stale(edits, user)
        for sample, revision, _ in edits:
            _moved(sample, revision, user, deleted_at=now)
            told.add(sample, RevisionAction.DELETED)
    return _noted(edits, RevisionAction.DELETED, "sample.bulk_delete", user)


@transaction.atomic
def samples_restore(
    *, samples: Mapping[str, ReferenceSample], items: Any, user: Any
) -> list[ReferenceSample]:
    """Bring deleted samples back as they were; all of them or none.

    Raises Conflict when a live sample has taken an external_id meanwhile.
    """
    edits = _items(samples, items)
    with set_changed(_sets(edits), user) as told:
        _refuse_stale(edits, user)
        try:
            with transaction.atomic():
                for sample, revision, _ in edits:
                    _moved(sample, revision, user, deleted_at=None)
                    told.add(sample, RevisionAction.RESTORED)
        except IntegrityError as error:
            raise Conflict(
                "A sample cannot come back: another one has its external_id now."
            ) from error
    return _noted(edits, RevisionAction.RESTORED, "sample.restore", user)


def _items(samples: Mapping[str, ReferenceSample], items: Any) -> list[ItemEdit]:
    """Return the edits in order of id, with one object a set, its classes read once."""
    if not isinstance(items, list) or not 1 <= len(items) <= MAX_BULK:
        raise InvalidInput(f"Give 1 to {MAX_BULK} samples in one call.")
    edits = [_bulk_item(samples, item, position) for position, item in enumerate(items)]
    if len({sample.pk for sample, _, _ in edits}) < len(edits):
        raise InvalidInput("A sample is named twice in one call.")
    sets = {sample.sample_set_id: sample.sample_set for sample, _, _ in edits}
    prefetch_related_objects(list(sets.values()), "nomenclature__classes")
    for sample, _, _ in edits:
        sample.sample_set = sets[sample.sample_set_id]
    return sorted(edits, key=lambda edit: edit[0].pk)


def _bulk_item(samples: Mapping[str, ReferenceSample], item: Any, position: int) -> ItemEdit:
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


def _sets(edits: Iterable[ItemEdit]) -> set[Any]:
    return {sample.sample_set_id for sample, _, _ in edits}


def _noted(
    edits: list[ItemEdit], action: RevisionAction, name: str, user: Any
) -> list[ReferenceSample]:
    """Write revisions and audit rows of a bulk edit; return its samples."""
    edited = [sample for sample, _, _ in edits]
    _revise(edited, action, user)
    by_project: dict[Any, list[ReferenceSample]] = {}
    for sample in edited:
        by_project.setdefault(sample.project, []).append(sample)
    for project, rows in by_project.items():
        digest = sha256_of([[str(sample.pk), sample.revision] for sample in rows])
        audit_record(actor=user, action=name, obj=None, project=project, after=digest)
    return edited


def _written(sample: ReferenceSample, changes: Mapping[str, Any], if_match: int, user: Any) -> None:
    columns = sample_fill(sample, sample.sample_set, changes)
    if not columns:
        raise InvalidInput("The edit changes nothing: it names no field that may be written.")
    _moved(sample, if_match, user, **{name: getattr(sample, name) for name in columns})


def _moved(sample: ReferenceSample, if_match: int, user: Any, **values: Any) -> None:
    """Write columns as the next revision, if the row is still at ``if_match``."""
    now, person = timezone.now(), _person(user)
    live = {"deleted_at__isnull": values.get("deleted_at", now) is not None}
    rows = ReferenceSample.objects.filter(pk=sample.pk, revision=if_match, **live)
    if not rows.update(**values, revision=F("revision") + 1, updated_by=person, updated_at=now):
        raise _stale([sample], {sample.pk: if_match}, user)
    sample.revision, sample.updated_by, sample.updated_at = if_match + 1, person, now


def _refuse_stale(edits: list[ItemEdit], user: Any) -> None:
    """Look at every row again, now that its set is locked, before anything is written."""
    given = {sample.pk: revision for sample, revision, _ in edits}
    at = dict(ReferenceSample.objects.filter(pk__in=given).values_list("pk", "revision"))
    stale = [sample for sample, revision, _ in edits if at.get(sample.pk) != revision]
    if stale:
        raise _stale(stale, given, user)


def _stale(samples: list[ReferenceSample], given: Mapping[Any, int], user: Any) -> StaleEdit:
    rows = ReferenceSample.objects.select_related("region", "updated_by", "sample_set")
    found = list(rows.filter(pk__in=[sample.pk for sample in samples]).order_by("pk"))
    first = found[0]
    gone = " and is deleted" if first.deleted_at else ""
    more = f" {len(found) - 1} more were edited, too." if len(found) > 1 else ""
    readable = label_readable(user) if _person(user) else lambda _: True
    report = [_stale_row(row, given[row.pk], labels=readable(row)) for row in found]
    return StaleEdit(
        f"Sample {first.pk} is at revision {first.revision}{gone}, not {given[first.pk]}.{more}",
        current=report[0]["current"],
        stale=report,
    )


def _stale_row(row: ReferenceSample, given: int, *, labels: bool) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "given": given,
        "revision": row.revision,
        "edited_by": row.updated_by.username if row.updated_by else None,
        "edited_at": row.updated_at.isoformat(),
        "current": None if row.deleted_at else sample_feature(row, labels=labels),
    }


def _revise(samples: list[ReferenceSample], action: RevisionAction, user: Any) -> None:
    SampleRevision.objects.bulk_create(
        SampleRevision(
            project_id=sample.project_id,
            sample=sample,
            revision=sample.revision,
            action=action,
            state=sample_feature(sample),
            actor=_person(user),
        )
        for sample in samples
    )


def _person(user: Any) -> Any:
    return user if getattr(user, "pk", None) else None
