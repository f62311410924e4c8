"""Rules of feature sets and of signatures: no ORM, no I/O."""

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pydantic import ValidationError

from apps.core.errors import InvalidInput
from workers.contracts.base import canonical_json
from workers.contracts.expression import ExpressionError, expression_parse, source_resolve
from workers.contracts.features import FeatureSetSpec
from workers.contracts.plugins import IndexSpec
from workers.contracts.windows import WindowError, window_select

# An asset key may hold what no expression does; whether it exists is known at launch only.
PLAIN_KEY = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_.:-]*$")
_SENSOR_NUMBER = re.compile(r"^(sentinel|landsat)-?_?(\d)")


@dataclass
class Offer:
    """What scenes of one sensor in one collection offer."""

    collection: str
    sensor: str
    keys: set[str] = field(default_factory=set)
    common_names: set[str] = field(default_factory=set)

    def resolve(self, source: str, indices: Mapping[str, IndexSpec]) -> Any:
        return source_resolve(
            source, assets=self.keys, common_names=self.common_names, indices=indices
        )


def offers_of(bands: Iterable[Mapping[str, Any]]) -> list[Offer]:
    """Group rows of bands by collection and sensor."""
    found: dict[tuple[str, str], Offer] = {}
    for band in bands:
        place = (str(band["collection"] or ""), str(band["sensor"] or ""))
        offer = found.setdefault(place, Offer(*place))
        offer.keys.add(band["key"])
        offer.common_names |= {band["common_name"]} if band["common_name"] else set()
    return list(found.values())


def sensor_prefix(sensors: Iterable[str]) -> str:
    """Return the beginning of feature names, S2 or L8; nothing where sensors are mixed."""
    hits = {_SENSOR_NUMBER.match(sensor) for sensor in sensors}
    words = {f"{hit[1][0].upper()}{hit[2]}" if hit else "" for hit in hits}
    return words.pop() if len(words) == 1 else ""


def source_report(
    source: str, offers: Sequence[Offer], indices: Mapping[str, IndexSpec]
) -> dict[str, Any]:
    """Return how a source is understood: its kind and canonical form, or what is wrong, where."""
    report: dict[str, Any] = {"source": source, "kind": None, "canonical": None}
    report |= {"collections": [], "prefix": "", "error": "", "column": None}
    fault: ExpressionError | None = None
    sensors = set()
    for offer in offers or [Offer("", "")]:
        try:
            program = offer.resolve(source, indices)
        except ExpressionError as error:
            # The fault that comes last in the text belongs to the offer that understood most.
            fault = error if fault is None or error.column > fault.column else fault
            continue
        report |= {"kind": program.kind, "canonical": program.canonical}
        report["collections"].append(offer.collection)
        sensors.add(offer.sensor)
    if report["kind"]:
        return report | {"prefix": sensor_prefix(sensors)}
    text = str(fault).partition(": ")[2] if fault else ""
    if not offers and fault is not None:
        text = f"{text} The project has no imagery yet."
    return report | {"error": text, "column": fault.column if fault else None}


def window_report(window: str | None, days: Sequence[tuple[date, float | None]]) -> dict[str, Any]:
    """Return how many dates of the imagery a window holds, and how many of them are clear.

    ``clear``: the sum of the cloud-free shares; a day without a stated cloud cover counts whole.
    """
    report: dict[str, Any] = {"window": window, "dates": 0, "clear": 0.0, "years": [], "error": ""}
    try:
        feature_set_spec([{"name": "x", "source": "x", "statistic": "mean", "window": window}])
        inside = [days[i] for i in window_select(window, [day for day, _ in days])]
    except (InvalidInput, WindowError) as error:
        text = error.errors["features"][0] if isinstance(error, InvalidInput) else str(error)
        return report | {"error": text.rpartition("window: ")[2].removeprefix("Feature 1 (x): ")}
    clear = sum(1 - (cloud or 0.0) / 100 for _, cloud in inside)
    years = sorted({day.year for day, _ in inside})
    return report | {"dates": len(inside), "clear": round(clear, 1), "years": years}


def feature_set_spec(features: Any) -> FeatureSetSpec:
    """Check the features of a request: names, sources, statistics and windows.

    Raises:
        InvalidInput: ``errors["features"]`` has one text a fault, with the feature's number.
    """
    try:
        spec = FeatureSetSpec.model_validate({"features": features})
    except ValidationError as error:
        raise _invalid([_fault_text(fault) for fault in error.errors()]) from error
    faults = []
    for number, feature in enumerate(spec.features, start=1):
        try:
            _source_check(feature.source)
            window_select(feature.window, [])
        except (ExpressionError, WindowError) as error:
            faults.append(f"Feature {number} ({feature.name}): {error}")
    if faults:
        raise _invalid(faults)
    return spec


def _source_check(source: str) -> None:
    try:
        expression_parse(source)
    except ExpressionError:
        if not PLAIN_KEY.match(source.strip()):
            raise


def _fault_text(fault: Any) -> str:
    _, *where = fault["loc"]
    number = f"Feature {int(where[0]) + 1}" if where and isinstance(where[0], int) else "features"
    field = ".".join(str(part) for part in where[1:])
    text = str(fault["msg"]).removeprefix("Value error, ")
    return f"{number}{f', {field}' if field else ''}: {text}"


def _invalid(faults: list[str]) -> InvalidInput:
    return InvalidInput(
        f"The feature set is not valid. {faults[0]}",
        advice="Give each feature a unique name, a source, a statistic and perhaps a window.",
        errors={"features": faults[:50]},
    )


def model_signature(key: bytes, *, model_id: str, facts: Mapping[str, Any]) -> str:
    """Return the HMAC-SHA-256 that binds a version to what its maps follow from, as hex."""
    text = canonical_json([model_id, facts])
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def model_signature_first(key: bytes, *, sha256: str, model_id: str, feature_hash: str) -> str:
    """Return the signature as it was made at first: of forest, version and feature set only."""
    text = canonical_json([sha256, model_id, feature_hash])
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def signatures_equal(a: str, b: str) -> bool:
    return hmac.compare_digest(a, b)
