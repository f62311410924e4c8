"""Feature sets: ordered features a model expects."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Annotated

from pydantic import Field, field_validator

from workers.contracts.base import Contract, sha256_of
from workers.contracts.expression import source_canonical

STATISTICS = (
    "min", "max", "range", "p010", "p025", "p050", "p075", "p090", "p090-p010", "iqr",
    "mean", "std", "count_valid",
    "doy_of_max", "doy_of_min", "amplitude", "phase",
    "maxmean", "dif_max", "dif_min", "difdif_mean",
)  # fmt: skip
N_MIN = {
    **dict.fromkeys(("min", "max", "range", "p010", "p025", "p050", "p075", "p090"), 3),
    **dict.fromkeys(("p090-p010", "iqr"), 3),
    "mean": 1, "std": 3, "count_valid": 0,
    **dict.fromkeys(("doy_of_max", "doy_of_min", "amplitude", "phase"), 6),
    **dict.fromkeys(("maxmean", "dif_max", "dif_min", "difdif_mean"), 6),
}  # fmt: skip
TABLE_UNITS = "units"  # key of a feature table's metadata: units per 1.0 by feature
FIXED_WINDOW = re.compile(r"^\d{4}-\d{2}-\d{2}/\d{4}-\d{2}-\d{2}$")
SEASON_WINDOW = re.compile(r"^\d{2}-\d{2}/\d{2}-\d{2}$")


def n_min_of(statistic: str, dates: Iterable[date]) -> int:
    """Return how many valid values a statistic needs, at most the different days of its window."""
    return min(N_MIN[statistic], len(set(dates)))


class FeatureSpec(Contract):
    """A statistic of a source over the valid observations of a window.

    source: asset key, STAC common name, index name or expression. window: fixed dates
    ``2018-03-15/2018-06-15``, month-day ``03-15/06-15`` or None (the whole selection).
    """

    name: Annotated[str, Field(min_length=1, max_length=120)]
    source: Annotated[str, Field(min_length=1, max_length=1000)]
    statistic: str
    window: str | None = None

    @field_validator("statistic")
    @classmethod
    def _known_statistic(cls, value: str) -> str:
        if value not in STATISTICS:
            raise ValueError(f"Unknown statistic {value!r}; known: {', '.join(STATISTICS)}.")
        return value

    @field_validator("window")
    @classmethod
    def _known_window(cls, value: str | None) -> str | None:
        if value is None or FIXED_WINDOW.match(value) or SEASON_WINDOW.match(value):
            return value
        raise ValueError(f"Window {value!r} is neither YYYY-MM-DD/YYYY-MM-DD nor MM-DD/MM-DD.")


class FeatureSetSpec(Contract):
    """Ordered features with unique names."""

    features: Annotated[tuple[FeatureSpec, ...], Field(min_length=1, max_length=2000)]

    @field_validator("features")
    @classmethod
    def _unique_names(cls, value: tuple[FeatureSpec, ...]) -> tuple[FeatureSpec, ...]:
        seen: set[str] = set()
        for feature in value:
            if feature.name in seen:
                raise ValueError(f"Feature name {feature.name!r} occurs twice.")
            seen.add(feature.name)
        return value

    @property
    def hash(self) -> str:
        """SHA-256 over the ordered features; a model predicts only with the same hash.

        Sources enter in their canonical form: blanks and redundant parentheses do not count.
        """
        return sha256_of(
            [
                {**feature.model_dump(mode="json"), "source": source_canonical(feature.source)}
                for feature in self.features
            ]
        )
