"""Many areas at once: rows of a file, picked units and cells. All or none."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.contrib.gis.geos import MultiPolygon, Polygon
from django.db import transaction

from apps.aois.domain import feature_parts, geometry_json, geometry_read, multi_polygon
from apps.aois.models import AreaOfInterest
from apps.aois.services.extents import aoi_create
from apps.core.errors import DomainError, InvalidInput, TooLarge

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.projects.models import Project

MAX_AT_ONCE = 500
MAX_REPORTED = 1_000
TRUE_WORDS = (True, "true", "1", "on")


@transaction.atomic
def aois_create_many(
    *, project: "Project", features: object, merged_name: object = None, user: "User | None"
) -> list[AreaOfInterest]:
    """Create one area a Feature, or one merged area when ``merged_name`` is given.

    Raises:
        InvalidInput: No features, or one that cannot be used (``errors`` names it by position).
        TooLarge: More than 500 features.
    """
    given = _checked(features)
    parts = [_one(position, feature) for position, feature in enumerate(given)]
    if merged_name is not None:
        shape = _merged([geometry for geometry, _ in parts])
        return [
            aoi_create(project=project, name=merged_name, geometry=geometry_json(shape), user=user)
        ]
    return [
        _created(position, project=project, name=name, geometry=geometry_json(geometry), user=user)
        for position, (geometry, name) in enumerate(parts)
    ]


def _checked(features: object) -> Sequence[object]:
    if not isinstance(features, list) or not features:
        raise InvalidInput(
            "There is nothing to create.", errors={"features": ["Give at least one Feature."]}
        )
    if len(features) > MAX_AT_ONCE:
        raise TooLarge(
            f"{len(features):,} areas at once are more than the limit of {MAX_AT_ONCE}.",
            advice="Choose fewer, merge them, or import a file.",
        )
    return features


def _one(position: int, feature: object) -> tuple[MultiPolygon, object]:
    try:
        geometry, properties = feature_parts(feature)
        return multi_polygon(geometry_read(geometry)), properties.get("name")
    except DomainError as error:
        raise _placed(position, error) from error


def _created(position: int, **given: Any) -> AreaOfInterest:
    try:
        return aoi_create(**given)
    except DomainError as error:
        raise _placed(position, error) from error


def _placed(position: int, error: DomainError) -> InvalidInput:
    text = f"Area {position + 1}: {error.message}"
    return InvalidInput(text, advice=error.advice, errors={f"features.{position}": [text]})


def _merged(shapes: list[MultiPolygon]) -> MultiPolygon:
    parts = [part for shape in shapes for part in shape]
    whole = MultiPolygon(parts, srid=4326).unary_union
    if not isinstance(whole, Polygon | MultiPolygon):
        raise InvalidInput("These areas cannot be merged to one polygon.")
    return multi_polygon(whole)


@transaction.atomic
def aois_import_apply(
    *,
    project: "Project",
    rows: Iterable[Mapping[str, Any]],
    options: Mapping[str, Any],
    user: "User | None",
) -> dict[str, Any]:
    """Create one area a row of a read file. Returns the row-by-row report.

    All rows or none, unless ``skip_invalid`` is set: then the others are created.
    """
    name_field = str(options.get("name_field") or "name")
    base = str(options.get("file_name") or "Imported area")
    outcomes: list[dict[str, Any]] = []
    created: list[str] = []
    for row in rows:
        number = int(row.get("row", 0))
        error = row.get("error")
        if error is None:
            name = (row.get("attributes") or {}).get(name_field) or f"{base} {number}"
            try:
                aoi = aoi_create(
                    project=project, name=str(name)[:200], geometry=row["geometry"], user=user
                )
                created.append(str(aoi.pk))
                outcomes.append({"row": number, "outcome": "created", "message": ""})
                continue
            except DomainError as refused:
                error = refused.message
        outcomes.append({"row": number, "outcome": "refused", "message": str(error)[:200]})
    refused_rows = [row for row in outcomes if row["outcome"] == "refused"]
    lenient = options.get("skip_invalid") in TRUE_WORDS and created
    if not created or (refused_rows and not lenient):
        raise InvalidInput(
            _refusal(refused_rows), errors={"rows": [_row_text(row) for row in refused_rows[:50]]}
        )
    return {
        "created": len(created),
        "refused": len(refused_rows),
        "aois": created,
        "rows": outcomes[:MAX_REPORTED],
    }


def _refusal(refused: list[dict[str, Any]]) -> str:
    if not refused:
        return "The file holds no area; nothing was imported."
    count = "1 row was" if len(refused) == 1 else f"{len(refused)} rows were"
    return f"{count} refused, nothing was imported; first: {_row_text(refused[0])}"


def _row_text(row: Mapping[str, Any]) -> str:
    return f"row {row['row']}: {row['message']}"
