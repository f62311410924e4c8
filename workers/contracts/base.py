"""Base of all contracts: frozen, closed, canonical."""

import hashlib
import json
from typing import Any

from pydantic import BaseModel, ConfigDict


def _order_kept(schema: dict[str, Any]) -> None:
    """Write down in which order a schema declares its fields: JSON objects may lose it."""
    if "properties" in schema:
        schema["order"] = list(schema["properties"])


class Contract(BaseModel):
    """An immutable message between planes; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra=_order_kept)


def canonical_json(value: Any) -> str:
    """Return the one JSON text of a value: sorted keys, no blanks, no NaN."""
    if isinstance(value, BaseModel):
        value = value.model_dump(mode="json")
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def sha256_of(value: Any) -> str:
    """Return the SHA-256 of the canonical JSON of a value."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()
