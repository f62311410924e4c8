"""Tables of sample features: their formats and what is said of samples left out."""

from collections.abc import Mapping
from typing import Any

# format → (role of the stored file, media type)
TABLE_FORMATS = {
    "parquet": ("table", "application/vnd.apache.parquet"),
    "csv": ("csv", "text/csv; charset=utf-8"),
}


def dropped_texts(extraction: Mapping[str, Any]) -> list[str]:
    """Return a sentence for each reason why an extraction left samples out."""
    return [
        f"{count} samples were left out: {reason}."
        for reason, count in sorted(extraction.get("dropped", {}).items())
        if count
    ]
