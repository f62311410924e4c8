"""Rows of a read file become samples: all of them or none."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection, transaction

from apps.accounts.services import audit_record
from apps.aois.domain import SAMPLES, geometry_read
from apps.core.errors import DomainError, InvalidInput
from apps.projects.selectors import classes_of
from apps.projects.services import nomenclature_class_create
from apps.samples.domain import ClassPlan, class_plan
from apps.samples.enums import RevisionAction, SampleStatus
from apps.samples.models import ReferenceSample, SampleImport, SampleRevision, SampleSet
from apps.samples.selectors import known_classes, sample_feature
from apps.samples.services.telling import set_changed
from workers.contracts.base import sha256_of

BATCH = 2_000
MAX_ROWS_SHOWN = 1_000
TRUE_WORDS = (True, 1, "1", "true", "True", "yes", "on")


@dataclass
class _Outcome:
    rows: list[dict[str, Any]] = field(default_factory=list)
    counts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("imported", "skipped", "refused"), 0)
    )

    def note(self, row: int, outcome: str, message: str = "") -> None:
        self.counts[outcome] += 1
        self.rows.append({"row": row, "outcome": outcome, "message": message[:200]})


@transaction.atomic
def samples_import_apply(
    *,
    sample_set: SampleSet,
    rows: Iterable[Mapping[str, Any]],
    options: Mapping[str, Any],
    user: Any = None,
) -> dict[str, Any]:
    """Write the rows of ``read_vector`` (its NDJSON lines) as samples of a set.

    options: ``class_map`` {value: code, name or null}, ``create_classes``, ``skip_invalid``
    (import the good rows although others are refused), ``file_name``. Labelled rows get status
    ok, others new. The same rows are not written twice into one set.

    Returns the report: imported, skipped, refused, unlabelled, duplicate_of, classes (created),
    class_counts, ``rows`` [{row, outcome, message}] (the first thousand, refused ones first).
    Raises InvalidInput when a class is not in the nomenclature or a row is refused; nothing is
    written then.
    """
    SampleSet.objects.select_for_update().get(pk=sample_set.pk)
    given = list(rows)
    outcome = _Outcome()
    good = [row for row in given if not _refused(row, outcome)]
    plan = _classes(sample_set, good, options)
    drafts = _drafts(sample_set, good, plan, options, user, outcome)
    _refuse_all_or_nothing(outcome, options, len(given))
    fingerprint = sha256_of([_identity(draft) for draft in drafts])
    earlier = _earlier(sample_set, fingerprint)
    if earlier is not None:
        return _duplicate(earlier, outcome)
    created = _fresh_classes(sample_set, plan, user)
    with set_changed([sample_set.pk], user):
        _write(sample_set, drafts, user)
    report = _report(outcome, drafts, created)
    SampleImport.objects.create(
        project_id=sample_set.project_id,
        sample_set=sample_set,
        fingerprint=fingerprint,
        file_name=str(options.get("file_name") or "")[:200],
        report={name: value for name, value in report.items() if name != "rows"},
        created_by=user if getattr(user, "pk", None) else None,
    )
    audit_record(
        actor=user,
        action="sample_set.import",
        obj=sample_set,
        project=sample_set.project,
        after={"fingerprint": fingerprint, **outcome.counts},
    )
    return report


def _refused(row: Mapping[str, Any], outcome: _Outcome) -> bool:
    if not row.get("error"):
        return False
    outcome.note(int(row.get("row", 0)), "refused", str(row["error"]))
    return True


def _classes(
    sample_set: SampleSet, rows: Sequence[Mapping[str, Any]], options: Mapping[str, Any]
) -> ClassPlan:
    class_map = options.get("class_map") or None
    if class_map is not None and not isinstance(class_map, Mapping):
        raise InvalidInput(
            "class_map is not an object of file value to class.",
            errors={"class_map": ["Must be an object."]},
        )
    legend = sample_set.nomenclature
    return class_plan(
        (row["class"] for row in rows if row.get("class") is not None),
        known_classes(sample_set),
        nomenclature=f"{legend.name!r}",
        class_map=class_map,
        create=options.get("create_classes") in TRUE_WORDS,
    )


def _drafts(
    sample_set: SampleSet,
    rows: Sequence[Mapping[str, Any]],
    plan: ClassPlan,
    options: Mapping[str, Any],
    user: Any,
    outcome: _Outcome,
) -> list[ReferenceSample]:
    taken = set(
        sample_set.samples.filter(deleted_at=None)
        .exclude(external_id="")
        .values_list("external_id", flat=True)
    )
    drafts: list[ReferenceSample] = []
    for row in rows:
        number = int(row["row"])
        value = row.get("class")
        code = None if value is None else plan.codes[value]
        if value is not None and code is None:
            outcome.note(number, "skipped", f"class_map leaves {value!r} out")
            continue
        identity = str(row.get("id") or "")
        if identity and identity in taken:
            outcome.note(number, "refused", f"the set already has a sample {identity!r}")
            continue
        try:
            drafts.append(_draft(sample_set, row, code, options, user))
        except DomainError as error:
            outcome.note(number, "refused", error.message)
            continue
        outcome.note(number, "imported")
    return drafts


def _draft(
    sample_set: SampleSet,
    row: Mapping[str, Any],
    code: int | None,
    options: Mapping[str, Any],
    user: Any,
) -> ReferenceSample:
    attributes = dict(row.get("attributes") or {})
    return ReferenceSample(
        project_id=sample_set.project_id,
        sample_set=sample_set,
        geometry=geometry_read(row["geometry"], types=SAMPLES),
        class_code=code,
        status=SampleStatus.NEW if code is None else SampleStatus.OK,
        source=str(options.get("file_name") or "import")[:200],
        group=str(row.get("group") or "")[:200],
        block=str(attributes.get("block") or "")[:200],
        valid_from=_day(row.get("valid_from")),
        valid_to=_day(row.get("valid_to")),
        attributes=attributes,
        external_id=str(row.get("id") or "")[:200],
        updated_by=user if getattr(user, "pk", None) else None,
    )


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if value else None


def _refuse_all_or_nothing(outcome: _Outcome, options: Mapping[str, Any], total: int) -> None:
    refused = [row for row in outcome.rows if row["outcome"] == "refused"]
    lenient = options.get("skip_invalid") in TRUE_WORDS
    if refused and not (lenient and outcome.counts["imported"]):
        texts = [f"row {row['row']}: {row['message']}" for row in refused]
        raise InvalidInput(
            f"{len(refused)} of {total} rows were refused, nothing was imported; "
            f"{'; '.join(texts[:3])}.",
            advice="Repair these rows, or set skip_invalid to import the others.",
            errors={"rows": texts[:MAX_ROWS_SHOWN]},
        )
    if not outcome.counts["imported"]:
        raise InvalidInput("The file holds no row to import; nothing was imported.")


def _identity(draft: ReferenceSample) -> list[Any]:
    return [
        draft.geometry.hex.decode(),
        draft.class_code,
        draft.group,
        draft.external_id,
        str(draft.valid_from),
        str(draft.valid_to),
    ]


def _earlier(sample_set: SampleSet, fingerprint: str) -> SampleImport | None:
    """Return the import that wrote the same rows, unless its samples are gone again."""
    found = sample_set.imports.filter(fingerprint=fingerprint).first()
    if found is not None and not sample_set.samples.filter(deleted_at=None).exists():
        found.delete()
        return None
    return found


def _duplicate(earlier: SampleImport, outcome: _Outcome) -> dict[str, Any]:
    when = earlier.created_at.isoformat(timespec="seconds")
    return {
        "imported": 0,
        "skipped": outcome.counts["imported"] + outcome.counts["skipped"],
        "refused": outcome.counts["refused"],
        "unlabelled": 0,
        "duplicate_of": str(earlier.pk),
        "message": f"The same rows were imported at {when}; nothing was added.",
        "classes": [],
        "class_counts": {},
        "rows": [],
    }


def _fresh_classes(sample_set: SampleSet, plan: ClassPlan, user: Any) -> list[dict[str, Any]]:
    created = []
    for entry in plan.fresh:
        row = nomenclature_class_create(
            sample_set.nomenclature, code=entry.code, name=entry.name, user=user
        )
        created.append({"code": row.code, "name": row.name, "color": row.color})
    return created


def _write(sample_set: SampleSet, drafts: Sequence[ReferenceSample], user: Any) -> None:
    rows = {row.code: row for row in classes_of(sample_set.nomenclature)}
    for draft in drafts:
        if draft.class_code is not None:
            draft.nomenclature_class = rows[draft.class_code]
    ReferenceSample.objects.bulk_create(drafts, batch_size=BATCH)
    _regions(sample_set, drafts)
    SampleRevision.objects.bulk_create(
        [
            SampleRevision(
                project_id=sample_set.project_id,
                sample=draft,
                revision=1,
                action=RevisionAction.CREATED,
                state=sample_feature(draft),
                actor=user if getattr(user, "pk", None) else None,
            )
            for draft in drafts
        ],
        batch_size=BATCH,
    )


def _regions(sample_set: SampleSet, drafts: Sequence[ReferenceSample]) -> None:
    """Give every new sample the region its centroid lies in, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE samples_referencesample AS s SET region_id = r.id
            FROM aois_region AS r
            WHERE s.sample_set_id = %s AND s.region_id IS NULL AND r.project_id = s.project_id
              AND r.geometry IS NOT NULL AND ST_Intersects(r.geometry, ST_Centroid(s.geometry))
            """,
            [sample_set.pk],
        )
        changed = cursor.rowcount
    if changed:
        fresh = ReferenceSample.objects.filter(pk__in=[draft.pk for draft in drafts])
        regions = dict(fresh.exclude(region=None).values_list("pk", "region_id"))
        for draft in drafts:
            draft.region_id = regions.get(draft.pk)


def _report(
    outcome: _Outcome, drafts: Sequence[ReferenceSample], created: list[dict[str, Any]]
) -> dict[str, Any]:
    counts: dict[str, int] = {}
    for draft in drafts:
        if draft.class_code is not None:
            counts[str(draft.class_code)] = counts.get(str(draft.class_code), 0) + 1
    ordered = sorted(outcome.rows, key=lambda row: (row["outcome"] != "refused", row["row"]))
    return {
        **outcome.counts,
        "unlabelled": sum(draft.class_code is None for draft in drafts),
        "duplicate_of": None,
        "message": "",
        "classes": created,
        "class_counts": counts,
        "rows": ordered[:MAX_ROWS_SHOWN],
    }
