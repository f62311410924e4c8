"""The samples of one set as a map and a table show them: filters, rows, balance."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from math import atan, degrees, exp, pi
from typing import Any
from uuid import UUID

from django.contrib.gis.geos import Polygon
from django.core.cache import cache
from django.core.paginator import Paginator
from django.db.models import (
    Case,
    CharField,
    Count,
    F,
    Func,
    Max,
    Min,
    PositiveSmallIntegerField,
    Q,
    QuerySet,
    Value,
    When,
)
from django.utils.functional import cached_property

from apps.aois.domain import bbox_read, geometry_json
from apps.core.errors import InvalidInput
from apps.projects.selectors import role_of
from apps.samples.domain import labels_open
from apps.samples.enums import SampleStatus
from apps.samples.models import ReferenceSample, SampleSet

RADIUS = 6_378_137.0
MAX_IDS = 200
KEPT_SECONDS = 600
MAX_LISTED = 100
ORDERINGS = ("created_at", "updated_at", "class_code", "status", "source", "region", "id")
NO_VALUE = "-"
Rows = QuerySet[Any, Any]  # of ReferenceSample, with ``label``
_ID_PART = re.compile(r"^[0-9a-f][0-9a-f-]{3,35}$")


@dataclass(frozen=True)
class SampleFilter:
    """What is asked for; an empty part asks for everything. ``-`` means "has none"."""

    classes: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    text: str = ""
    box: Polygon | None = None
    ids: tuple[UUID, ...] = ()

    @property
    def key(self) -> str:
        """Name the filter, the same for the same question."""
        box = self.box.extent if self.box else None
        parts = (self.classes, self.statuses, self.sources, self.regions, self.text, box, self.ids)
        return sha256(repr(parts).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Reader:
    """Who reads a set: with ``labels`` everything, else one's own labels only."""

    user_id: UUID
    labels: bool

    @property
    def tag(self) -> str:
        """Tell apart answers that differ by reader."""
        return "all" if self.labels else self.user_id.hex


def reader_of(user: Any, sample_set: SampleSet) -> Reader:
    role = role_of(user, sample_set.project)
    return Reader(user_id=user.pk, labels=labels_open(sample_set.purpose, role))


def filter_read(params: Mapping[str, str]) -> SampleFilter:
    """Read ``class, status, source, region, q, bbox, ids``; raise InvalidInput naming the part."""
    classes = _parts(params, "class")
    strange = [part for part in classes if part != NO_VALUE and not _is_code(part)]
    if strange:
        raise _wrong("class", f"class {strange[0][:40]!r} is not a code 0-253 or '-'.")
    statuses = _parts(params, "status")
    for status in statuses:
        if status not in SampleStatus.values:
            known = ", ".join(SampleStatus.values)
            raise _wrong("status", f"status {status[:40]!r} is unknown; known: {known}.")
    text = params.get("q", "").strip()
    if len(text) > 100:
        raise _wrong("q", "q is longer than 100 characters.")
    return SampleFilter(
        classes=classes,
        statuses=statuses,
        sources=_parts(params, "source"),
        regions=_parts(params, "region"),
        text=text,
        box=bbox_read(params["bbox"]) if params.get("bbox") else None,
        ids=_ids(params.get("ids", "")),
    )


def samples_shown(sample_set: SampleSet, wanted: SampleFilter, reader: Reader) -> Rows:
    """Return the live samples of a set that a filter asks for, each with ``label``.

    ``label`` is the class code as far as the reader may know it; a filter by class tells nothing
    more than that.
    """
    live = ReferenceSample.objects.filter(sample_set=sample_set, deleted_at=None)
    rows: Rows = live.annotate(label=_label(reader))
    if wanted.ids:
        rows = rows.filter(pk__in=wanted.ids)
    if wanted.box is not None:
        rows = rows.filter(geometry__intersects=wanted.box)
    if wanted.classes:
        rows = rows.filter(_known(reader), _any_of("class_code", wanted.classes, None))
    if wanted.statuses:
        rows = rows.filter(status__in=wanted.statuses)
    if wanted.sources:
        rows = rows.filter(_any_of("source", wanted.sources, ""))
    if wanted.regions:
        rows = rows.filter(_any_of("region__code", wanted.regions, None))
    return rows.filter(_said(wanted.text)) if wanted.text else rows


def rows_ordered(rows: Rows, ordering: str) -> Rows:
    """Return ids by one of ``ORDERINGS``, with a leading minus downwards; ids settle ties."""
    name = ordering.removeprefix("-")
    if name not in ORDERINGS:
        raise _wrong("ordering", f"Cannot order by {name[:40]!r}; known: {', '.join(ORDERINGS)}.")
    column = {"class_code": "label", "region": "region__code"}.get(name, name)
    order = [f"-{column}", "-pk"] if ordering.startswith("-") else [column, "pk"]
    return rows.order_by(*order).values_list("pk", flat=True)


def kept_key(what: str, sample_set: SampleSet, wanted: SampleFilter, reader: Reader) -> str:
    """Name an answer that stays true as long as the set's counter does."""
    return f"samples:{what}:{sample_set.pk}:{sample_set.revision}:{reader.tag}:{wanted.key}"


class CountedPages(Paginator):  # type: ignore[type-arg]
    """Pages of ids; their count is kept as long as the set stays as it is.

    A page of the second half is read from the end, so that the way to it is never long.
    """

    def __init__(self, rows: Any, size: int, *, key: str) -> None:
        super().__init__(rows, size)
        self.key = key

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return int(cache.get_or_set(self.key, rows.count, KEPT_SECONDS) or 0)

    def page(self, number: Any) -> Any:
        number = self.validate_number(number)
        low = (number - 1) * self.per_page
        high, rows = min(low + self.per_page, self.count), self.object_list
        if low <= self.count // 2 or not isinstance(rows, QuerySet):
            return self._get_page(list(rows[low:high]), number, self)  # type: ignore[attr-defined]
        last = list(rows.reverse()[self.count - high : self.count - low])
        return self._get_page(last[::-1], number, self)  # type: ignore[attr-defined]


def row_values(rows: Rows) -> list[dict[str, Any]]:
    """Return rows as the table shows them, without their geometry."""
    kind = Func(F("geometry"), function="GeometryType", output_field=CharField())
    fields = rows.annotate(kind=kind, editor=F("updated_by__username")).values(
        "id", "label", "status", "confidence", "source", "group", "external_id", "revision",
        "region__code", "updated_at", "editor", "kind", "mx", "my",
    )  # fmt: skip
    return [_row(value) for value in fields]


def rows_of(rows: Rows, keys: list[UUID]) -> list[dict[str, Any]]:
    """Return the rows of these ids in the order of the ids."""
    found = {value["id"]: value for value in row_values(rows.filter(pk__in=keys).order_by())}
    return [found[str(key)] for key in keys if str(key) in found]


def rows_with_geometry(rows: Rows) -> list[dict[str, Any]]:
    """Return rows that were asked for by id, each with its geometry as stored."""
    shapes = {row.pk: row.geometry for row in rows.only("id", "geometry")}
    return [
        {**value, "geometry": geometry_json(shapes.get(UUID(value["id"])))}
        for value in row_values(rows)
    ]


def balance_of(sample_set: SampleSet, wanted: SampleFilter, reader: Reader) -> dict[str, Any]:
    """Return counts by class, status and region, the sources, and the extent."""
    key = kept_key("balance", sample_set, wanted, reader)
    found: dict[str, Any] | None = cache.get(key)
    if found is None:
        found = _balanced(sample_set, wanted, reader)
        cache.set(key, found, KEPT_SECONDS)
    return found


def _balanced(sample_set: SampleSet, wanted: SampleFilter, reader: Reader) -> dict[str, Any]:
    rows = samples_shown(sample_set, wanted, reader).order_by()
    found = list(
        rows.values("label", "status", "region__code").annotate(
            n=Count("pk"), w=Min("mx"), s=Min("my"), e=Max("mx"), top=Max("my")
        )
    )
    sources = rows.values("source").annotate(n=Count("pk")).order_by("-n", "source")
    return {
        "count": sum(row["n"] for row in found),
        "labels": reader.labels,
        "bbox": _extent(found),
        "classes": _class_rows(found),
        "statuses": _sums(found, "status"),
        "regions": _sums(found, "region__code"),
        "sources": [{"name": row["source"], "count": row["n"]} for row in sources[:MAX_LISTED]],
    }


def lon_lat(x: float, y: float) -> tuple[float, float]:
    """Return the degrees of a place in Web Mercator."""
    return degrees(x / RADIUS), degrees(2 * atan(exp(y / RADIUS)) - pi / 2)


def _row(value: dict[str, Any]) -> dict[str, Any]:
    lon, lat = lon_lat(value.pop("mx"), value.pop("my"))
    changed = value.pop("updated_at")
    return {
        "id": str(value.pop("id")),
        "class_code": value.pop("label"),
        "region": value.pop("region__code"),
        "kind": value.pop("kind").title().replace("polygon", "Polygon"),
        "updated_at": changed.isoformat(),
        "updated_by": value.pop("editor"),
        "lon": round(lon, 7),
        "lat": round(lat, 7),
        **value,
    }


def _label(reader: Reader) -> Any:
    if reader.labels:
        return F("class_code")
    return Case(
        When(updated_by=reader.user_id, then=F("class_code")),
        default=Value(None),
        output_field=PositiveSmallIntegerField(null=True),
    )


def _known(reader: Reader) -> Q:
    return Q() if reader.labels else Q(updated_by=reader.user_id)


def _any_of(column: str, wanted: tuple[str, ...], none: str | None) -> Q:
    given = [part for part in wanted if part != NO_VALUE]
    found = Q(**{f"{column}__in": given}) if given else Q(pk__in=[])
    if NO_VALUE in wanted:
        found |= Q(**{f"{column}__isnull": True}) if none is None else Q(**{column: none})
    return found


def _said(text: str) -> Q:
    """Samples whose id begins with the text, or whose names hold it."""
    found = Q(external_id__icontains=text) | Q(source__icontains=text) | Q(group__icontains=text)
    if _ID_PART.match(text.lower()):
        low = text.lower().replace("-", "")
        first, last = UUID(low.ljust(32, "0")), UUID(low.ljust(32, "f"))
        found |= Q(pk__gte=first, pk__lte=last)
    return found


def _class_rows(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    codes = sorted({row["label"] for row in found}, key=lambda code: (code is None, code or 0))
    return [
        {
            "class_code": code,
            "count": sum(row["n"] for row in found if row["label"] == code),
            "statuses": _sums([row for row in found if row["label"] == code], "status"),
            "regions": _sums([row for row in found if row["label"] == code], "region__code"),
        }
        for code in codes
    ]


def _sums(found: list[dict[str, Any]], column: str) -> list[dict[str, Any]]:
    counts: Counter[str | None] = Counter()
    for row in found:
        counts[row[column]] += row["n"]
    return [{"name": name, "count": count} for name, count in counts.most_common(MAX_LISTED)]


def _extent(found: list[dict[str, Any]]) -> list[float] | None:
    if not found:
        return None
    low = lon_lat(min(row["w"] for row in found), min(row["s"] for row in found))
    high = lon_lat(max(row["e"] for row in found), max(row["top"] for row in found))
    return [*low, *high]


def _parts(params: Mapping[str, str], name: str) -> tuple[str, ...]:
    parts = tuple(part for part in params.get(name, "").split(",") if part)
    if len(parts) > MAX_LISTED:
        raise _wrong(name, f"{name} names more than {MAX_LISTED} values.")
    return parts


def _is_code(part: str) -> bool:
    return part.isascii() and part.isdigit() and len(part) < 4


def _ids(text: str) -> tuple[UUID, ...]:
    parts = [part for part in text.split(",") if part]
    if len(parts) > MAX_IDS:
        raise _wrong("ids", f"ids names more than {MAX_IDS} samples.")
    try:
        return tuple(UUID(part) for part in parts)
    except ValueError as error:
        raise _wrong("ids", "ids is not a list of sample ids.") from error


def _wrong(field: str, text: str) -> InvalidInput:
    return InvalidInput(text, errors={field: [text]})
