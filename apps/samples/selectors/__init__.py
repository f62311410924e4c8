"""Reads on samples; every list starts from what the caller may see."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Count, IntegerField, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from apps.aois.domain import bbox_read, geometry_json
from apps.core.enums import Role
from apps.core.errors import InvalidInput, NotFound
from apps.projects.selectors import classes_of, project_ids_of, role_of
from apps.samples.domain import KnownClass
from apps.samples.enums import USABLE, Purpose, SampleStatus
from apps.samples.models import ReferenceSample, SampleRevision, SampleSet, SampleSetVersion


def sample_sets_visible_to(user: Any) -> QuerySet[SampleSet]:
    """Return the sets of the caller's projects with ``live_count`` and ``last_version``."""
    live = ReferenceSample.objects.filter(sample_set=OuterRef("pk"), deleted_at=None)
    counted = live.order_by().values("sample_set").annotate(n=Count("pk")).values("n")
    return (
        sample_sets_of(user)
        .select_related("project", "nomenclature")
        .annotate(
            live_count=Coalesce(Subquery(counted, output_field=IntegerField()), 0),
            last_version=Max("versions__number"),
        )
        .order_by("created_at", "id")
    )


def sample_sets_of(user: Any) -> QuerySet[SampleSet]:
    """Return the sets of the caller's projects, uncounted: for reads that repeat often."""
    return SampleSet.objects.filter(project__in=project_ids_of(user))


def stream_of_set(user: Any, set_id: UUID) -> str | None:
    """Return the live stream of a set the caller sees (named in ``settings.STREAM_GATES``)."""
    return stream_name(set_id) if sample_sets_of(user).filter(pk=set_id).exists() else None


def stream_name(set_id: UUID) -> str:
    return f"sampleset:{set_id}"


def samples_visible_to(user: Any) -> QuerySet[ReferenceSample]:
    """Return the live samples of projects where the caller may read labels."""
    return _live().filter(project__in=project_ids_of(user, at_least=Role.INTERPRETER))


def samples_of_class(
    samples: QuerySet[ReferenceSample], codes: Iterable[int], user: Any
) -> QuerySet[ReferenceSample]:
    """Narrow by class code without telling the label of a validation sample to non-managers."""
    managed = project_ids_of(user, at_least=Role.MANAGER)
    readable = ~Q(sample_set__purpose=Purpose.VALIDATION) | Q(project__in=managed)
    return samples.filter(readable, class_code__in=list(codes))


def samples_filtered(
    samples: QuerySet[ReferenceSample], params: Mapping[str, str], user: Any
) -> QuerySet[ReferenceSample]:
    """Narrow by ``sample_set``, ``status``, ``class`` (codes) and ``bbox`` of a query string."""
    if params.get("sample_set"):
        samples = samples.filter(sample_set=sample_set_get(user, params["sample_set"]))
    if params.get("status"):
        wanted = params["status"].split(",")
        unknown = sorted(set(wanted) - set(SampleStatus.values))
        if unknown:
            raise _unknown("status", ", ".join(unknown), ", ".join(SampleStatus.values))
        samples = samples.filter(status__in=wanted)
    if params.get("class"):
        codes = params["class"].split(",")
        if not all(code.isdigit() and len(code) < 4 for code in codes):
            raise _unknown("class", params["class"], "codes 0-253")
        samples = samples_of_class(samples, [int(code) for code in codes], user)
    if params.get("bbox"):
        samples = samples.filter(geometry__intersects=bbox_read(params["bbox"]))
    return samples


def _unknown(name: str, given: str, known: str) -> InvalidInput:
    message = f"{name} {given[:60]!r} is unknown; known: {known}."
    return InvalidInput(message, errors={name: [message]})


def samples_named(user: Any, items: Any, *, deleted: bool = False) -> dict[str, ReferenceSample]:
    """Return the samples that a bulk edit names, by id, as far as the caller may edit them.

    Live ones; with ``deleted`` the hidden ones, for a restore.
    """
    if not isinstance(items, list):
        raise InvalidInput("Send a list of samples, each with id and revision.")
    ids = [str(item.get("id")) for item in items if isinstance(item, dict)]
    try:
        wanted = [UUID(name) for name in ids]
    except ValueError as error:
        raise NotFound("There is no such sample.") from error
    mine = project_ids_of(user, at_least=Role.INTERPRETER)
    found = _joined().filter(pk__in=wanted, project__in=mine, deleted_at__isnull=not deleted)
    return {str(row.pk): row for row in found}


def label_readable(user: Any) -> Callable[[ReferenceSample], bool]:
    """Return a test whether the caller may read a sample's label.

    Labels of validation sets are open to managers, and to whoever gave the label.
    """
    managed = set(project_ids_of(user, at_least=Role.MANAGER).values_list("project_id", flat=True))

    def readable(sample: ReferenceSample) -> bool:
        open_to_all = sample.sample_set.purpose != Purpose.VALIDATION
        return open_to_all or sample.project_id in managed or sample.updated_by_id == user.pk

    return readable


def role_in(user: Any, project: Any) -> str | None:
    """Return the caller's role in a project."""
    return role_of(user, project)


def sample_set_of_project(project: Any, set_id: UUID | str) -> SampleSet:
    """Return a set of the project; foreign and missing ids raise the same NotFound."""
    found = SampleSet.objects.filter(project=project, pk=set_id).first()
    if found is None:
        raise NotFound(f"The project has no sample set {set_id}.")
    return found


def sample_set_get(user: Any, set_id: UUID | str, *, project: Any = None) -> SampleSet:
    """Return a set the caller sees (of ``project`` when given); NotFound otherwise."""
    sets = sample_sets_visible_to(user)
    if project is not None:
        sets = sets.filter(project=project)
    try:
        found = sets.filter(pk=set_id).first()
    except (ValidationError, ValueError):
        found = None
    if found is None:
        raise NotFound(f"There is no sample set {str(set_id)[:80]}.")
    return found


def sample_set_by_id(set_id: UUID | str) -> SampleSet:
    """Return a set for work that was authorised when it was submitted."""
    return SampleSet.objects.select_related("project", "nomenclature").get(pk=set_id)


def sample_set_version_by_id(version_id: UUID | str) -> SampleSetVersion:
    """Return a frozen version for work that was authorised when it was submitted."""
    return SampleSetVersion.objects.select_related("sample_set", "project").get(pk=version_id)


def samples_of(sample_set: SampleSet) -> QuerySet[ReferenceSample]:
    """Return the live samples of a set in a fixed order."""
    return _live().filter(sample_set=sample_set).order_by("created_at", "id")


def samples_usable(sample_set: SampleSet) -> QuerySet[ReferenceSample]:
    """Return what a freeze takes: labelled, status new or ok, by id."""
    return (
        _live()
        .filter(sample_set=sample_set, class_code__isnull=False, status__in=USABLE)
        .order_by("id")
    )


def revisions_of(sample: ReferenceSample) -> QuerySet[SampleRevision]:
    """Return the history of a sample, oldest first."""
    return SampleRevision.objects.filter(sample=sample).select_related("actor").order_by("revision")


def versions_of(sample_set: SampleSet) -> QuerySet[SampleSetVersion]:
    """Return the frozen versions of a set, newest first."""
    found = SampleSetVersion.objects.filter(sample_set=sample_set)
    return found.select_related("sample_set", "created_by").order_by("-number")


def version_of(sample_set: SampleSet, number: int) -> SampleSetVersion:
    """Return a frozen version of a set by its number; raises NotFound."""
    found = versions_of(sample_set).filter(number=number).first()
    if found is None:
        raise NotFound(f"Sample set {sample_set.name!r} has no version {number}.")
    return found


def class_counts_of(sample_set: SampleSet) -> dict[int, int]:
    """Return the number of usable samples by class code."""
    counts = samples_usable(sample_set).order_by().values_list("class_code").annotate(Count("id"))
    return {int(code): int(count) for code, count in counts if code is not None}


def known_classes(sample_set: SampleSet) -> list[KnownClass]:
    """Return the classes a set may be labelled with."""
    rows = classes_of(sample_set.nomenclature)
    return [KnownClass(code=row.code, name=row.name) for row in rows]


def sample_feature(sample: ReferenceSample, *, labels: bool = True) -> dict[str, Any]:
    """Return a sample as a GeoJSON Feature (EPSG:4326); without ``labels`` the class is null."""
    return {
        "type": "Feature",
        "id": str(sample.pk),
        "geometry": geometry_json(sample.geometry),
        "properties": {
            "sample_set": str(sample.sample_set_id),
            "class_code": sample.class_code if labels else None,
            "status": sample.status,
            "confidence": (sample.confidence or None) if labels else None,
            "source": sample.source,
            "group": sample.group,
            "block": sample.block,
            "valid_from": sample.valid_from.isoformat() if sample.valid_from else None,
            "valid_to": sample.valid_to.isoformat() if sample.valid_to else None,
            "region": sample.region.code if sample.region else None,
            "external_id": sample.external_id or None,
            "attributes": sample.attributes if labels else {},
            "revision": sample.revision,
        },
    }


def _live() -> QuerySet[ReferenceSample]:
    return _joined().filter(deleted_at=None)


def _joined() -> QuerySet[ReferenceSample]:
    return ReferenceSample.objects.select_related("sample_set", "region", "project")


def sample_sets_of_slug(slug: str) -> list[SampleSet]:
    """Return the sets of that slug in every project: for the command line, which asks nobody."""
    return list(SampleSet.objects.filter(slug=slug).select_related("project"))
