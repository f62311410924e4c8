"""What a person should know of a job before launching it, each with its place."""

from typing import Any

from django.contrib.gis.geos import GEOSGeometry

from apps.catalog.models import SceneSelection
from apps.catalog.selectors import selection_days, selection_footprint, selection_warnings
from apps.orchestration.domain.estimates import FEW_DATES, FEW_SAMPLES, OUTSIDE_SHARE, notice
from apps.samples.selectors import sample_set_version_by_id
from workers.contracts.windows import season_parse, window_select

MAX_FLAGGED = 3


def notices_of(spec: dict[str, Any], selection: SceneSelection) -> list[dict[str, Any]]:
    """Return the lines beside an estimate: what fits, and what deserves a look."""
    return [
        *_imagery_lines(spec, selection),
        *_area_lines(spec, selection),
        *_sample_lines(spec),
    ]


def _imagery_lines(spec: dict[str, Any], selection: SceneSelection) -> list[dict[str, Any]]:
    """Features against dates: a window without a scene gives no value anywhere."""
    features = spec["frozen"]["feature_set"]["features"]
    season = spec["frozen"].get("season")
    days = selection_days(selection)
    period = f"{days[0]} to {days[-1]}" if days else "no date"
    lines = [
        notice(
            f"Features and scenes match: {len(features)} of {len(features)}.",
            level="good",
            aside=f"{selection.count:,} scenes, {period}",
        )
    ]
    for window in dict.fromkeys(feature.get("window") for feature in features):
        held = len(window_select(window, days, season_parse(season)))
        if held < FEW_DATES:
            what = f"Window {window}" if window else "The selection"
            lines.append(
                notice(
                    f"{what} holds {held or 'no'} date{'' if held == 1 else 's'}.",
                    feature_set=spec["frozen"]["feature_set"]["id"],
                )
            )
    flagged = selection_warnings(selection)
    lines += [notice(text, scenes=True) for text in flagged[:MAX_FLAGGED]]
    if len(flagged) > MAX_FLAGGED:
        lines.append(notice(f"{len(flagged) - MAX_FLAGGED} more scenes are flagged.", scenes=True))
    return lines


def _area_lines(spec: dict[str, Any], selection: SceneSelection) -> list[dict[str, Any]]:
    """Say how much of a chosen area has no imagery at all, and where."""
    footprint = selection_footprint(selection)
    if footprint is None or not (spec.get("aoi") or spec.get("units")):
        return []
    area = GEOSGeometry(spec["boundary"])
    missing = area.difference(footprint)
    share = missing.area / (area.area or 1.0)
    if share <= OUTSIDE_SHARE:
        return []
    text = f"{share:.1%} of the area lies outside the selected imagery and stays empty."
    return [notice(text, bbox=list(missing.extent), aoi=spec.get("aoi"))]


def _sample_lines(spec: dict[str, Any]) -> list[dict[str, Any]]:
    frozen = spec["frozen"]
    if "sample_set_version" not in frozen:
        return []
    version = sample_set_version_by_id(frozen["sample_set_version"])
    sample_set = str(version.sample_set_id)
    lines = [
        notice(
            f"{version.count:,} samples of {len(frozen['classes'])} classes.",
            level="good",
            aside=str(version.sample_set.name),
        )
    ]
    for cls in frozen["classes"]:
        count = int(version.class_counts.get(str(cls["code"]), 0))
        if count < FEW_SAMPLES:
            text = (
                f"Class {cls['code']} {cls['name']} has {count} sample{'' if count == 1 else 's'}."
            )
            lines.append(notice(text, sample_set=sample_set))
    return lines
