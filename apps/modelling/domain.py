"""Rules of feature sets and of signatures: no ORM, no I/O."""

import hashlib
import hmac
import re
from typing import Any

from pydantic import ValidationError

from apps.core.errors import InvalidInput
from workers.contracts.base import canonical_json
from workers.contracts.expression import ExpressionError, expression_parse
from workers.contracts.features import FeatureSetSpec
from workers.contracts.windows import WindowError, window_select

# An asset key may hold what no expression does; whether it exists is known at launch only.
PLAIN_KEY = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_.:-]*$")


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


def model_signature(key: bytes, *, sha256: str, model_id: str, feature_hash: str) -> str:
    """Return the HMAC-SHA-256 that binds a forest to its version and feature set, as hex."""
    text = canonical_json([sha256, model_id, feature_hash])
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def signatures_equal(a: str, b: str) -> bool:
    return hmac.compare_digest(a, b)
