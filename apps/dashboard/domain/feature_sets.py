"""Feature sets in words, and the way back to the form that asked for one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

WHOLE_SELECTION = "whole selection"


@dataclass(frozen=True)
class FeaturesSummary:
    """What a set is made of, each once and in its order."""

    sources: tuple[str, ...]
    statistics: tuple[str, ...]
    windows: tuple[str, ...]


def features_summary(features: Iterable[Mapping[str, Any]]) -> FeaturesSummary:
    """Return the sources, statistics and windows of stored features."""
    rows = list(features)

    def once(values: Iterable[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(values))

    return FeaturesSummary(
        sources=once(row["source"] for row in rows),
        statistics=once(row["statistic"] for row in rows),
        windows=once(row.get("window") or WHOLE_SELECTION for row in rows),
    )


def way_back(text: str, root: str) -> str:
    """Return an address of this site below ``root``; empty for any other."""
    parts = urlsplit(text)
    inside = parts.path.startswith(root) and ".." not in parts.path and "\\" not in text
    plain = not parts.scheme and not parts.netloc and text.isprintable()
    return text if inside and plain else ""
