"""Fields of a sample as a person or a program sends them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from apps.aois.domain import SAMPLES, geometry_read
from apps.aois.selectors import region_by_code
from apps.core.errors import InvalidInput
from apps.samples.domain import KnownClass, class_plan
from apps.samples.enums import Confidence, SampleStatus
from apps.samples.models import ReferenceSample, SampleSet
from workers.contracts.base import canonical_json

TEXTS = ("source", "group", "block")
MAX_SAMPLE_VERTICES = 20_000
MAX_ATTRIBUTES_BYTES = 20_000
WRITABLE = frozenset(
    {*TEXTS, "class_code", "status", "confidence", "valid_from", "valid_to", "region"}
    | {"attributes", "geometry"}
)
READ_ONLY = frozenset({"id", "revision", "sample_set", "project", "external_id"})
FIXED = ("sample_set", "project", "external_id")  # said at creation


def sample_fill(
    sample: ReferenceSample, sample_set: SampleSet, changes: Mapping[str, Any]
) -> list[str]:
    """Set the given fields on a row in memory and return the columns that were set.

    Raises InvalidInput naming each wrong or unknown field.
    """
    unknown = sorted(set(changes) - WRITABLE - READ_ONLY)
    if unknown:
        raise InvalidInput(
            f"Unknown fields: {', '.join(unknown)}.",
            errors={name: ["Unknown field."] for name in unknown},
        )
    columns: list[str] = []
    for name in sorted(set(changes) & WRITABLE):
        columns += _fill_one(sample, sample_set, name, changes[name])
    if sample.valid_from and sample.valid_to and sample.valid_to < sample.valid_from:
        raise _wrong("valid_to", "valid_to is before valid_from.")
    return columns


def _fill_one(sample: ReferenceSample, sample_set: SampleSet, name: str, value: Any) -> list[str]:
    if name == "geometry":
        sample.geometry = geometry_read(value, types=SAMPLES, max_vertices=MAX_SAMPLE_VERTICES)
    elif name == "class_code":
        return _fill_class(sample, sample_set, value)
    elif name == "status":
        sample.status = _choice(name, value, SampleStatus.values)
    elif name == "confidence":
        sample.confidence = _choice(name, value, Confidence.values) if value else ""
    elif name == "region":
        sample.region = _region(sample_set, value)
    elif name == "attributes":
        sample.attributes = _attributes(value)
    elif name in TEXTS:
        setattr(sample, name, _text(name, value))
    else:
        setattr(sample, name, _day(name, value))
    return [name]


def _fill_class(sample: ReferenceSample, sample_set: SampleSet, value: Any) -> list[str]:
    if value is None:
        sample.class_code, sample.nomenclature_class = None, None
    else:
        if isinstance(value, bool) or not isinstance(value, int):
            raise _wrong("class_code", f"class_code {value!r} is not an integer.")
        legend = sample_set.nomenclature
        rows = {row.code: row for row in legend.classes.all()}  # read once for a bulk edit
        known = [KnownClass(code=row.code, name=row.name) for row in rows.values()]
        class_plan([value], known, nomenclature=f"{legend.name!r}")
        sample.class_code = value
        sample.nomenclature_class = rows[value]
    return ["class_code", "nomenclature_class"]


def _region(sample_set: SampleSet, value: Any) -> Any:
    if value in (None, ""):
        return None
    found = region_by_code(sample_set.project_id, str(value))
    if found is None:
        raise _wrong("region", f"The project has no region with code {str(value)[:40]!r}.")
    return found


def _attributes(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _wrong("attributes", "attributes is not an object.")
    if len(canonical_json(value)) > MAX_ATTRIBUTES_BYTES:
        raise _wrong("attributes", "attributes is larger than 20 kB.")
    return value


def _choice(name: str, value: Any, known: list[str]) -> str:
    if value not in known:
        raise _wrong(name, f"{name} {str(value)[:40]!r} is unknown; known: {', '.join(known)}.")
    return str(value)


def _text(name: str, value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > 200:
        raise _wrong(name, f"{name} is not a text of at most 200 characters.")
    return value


def _day(name: str, value: Any) -> date | None:
    if value in (None, ""):
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise _wrong(name, f"{name} {str(value)[:40]!r} is not a date (YYYY-MM-DD).") from error


def _wrong(field: str, text: str) -> InvalidInput:
    return InvalidInput(text, errors={field: [text]})
