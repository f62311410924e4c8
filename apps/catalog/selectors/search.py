"""Searching scenes: one set of filters for the list, the map, the strip and a selection."""

from collections.abc import Collection as Names
from typing import Any

from django.contrib.gis.geos import GEOSGeometry
from django.db.models import Q, QuerySet

from apps.catalog.domain import period_parse
from apps.catalog.enums import SceneKind, SceneState
from apps.catalog.models import Collection, Scene
from apps.core.errors import InvalidInput

_STATES = {
    SceneState.INCLUDED: Q(included=True),
    SceneState.EXCLUDED: Q(included=False),
    SceneState.FLAGGED: ~Q(flagged_reason=""),
}


def scenes_search(
    project: Any,
    *,
    collections: Names[str] | None = None,
    datetime: str | None = None,
    cloud_cover_max: float | None = None,
    geometry: GEOSGeometry | None = None,
) -> QuerySet[Scene]:
    """Return the imagery of a project that fits; absent filters restrict nothing.

    A cloud limit keeps scenes that state none; ``geometry`` is EPSG:4326. Excluded scenes are
    listed too: a selection leaves them out, a search does not.
    """
    found = Scene.objects.filter(project=project, kind=SceneKind.SCENE)
    if collections:
        collections_check(project, collections)
    return scenes_filter(
        found,
        collections=collections,
        datetime=datetime,
        cloud_cover_max=cloud_cover_max,
        geometry=geometry,
    )


def scenes_filter(
    scenes: QuerySet[Scene],
    *,
    collections: Names[str] | None = None,
    datetime: str | None = None,
    cloud_cover_max: float | None = None,
    geometry: GEOSGeometry | None = None,
    sensor: str = "",
    state: str = "",
    text: str = "",
) -> QuerySet[Scene]:
    """Narrow scenes by collection ids, STAC period, percent of cloud, footprint and the rest.

    ``state`` is one of ``SceneState``; ``text`` is looked for in item ids and platforms.
    """
    if collections:
        scenes = scenes.filter(collection__stac_id__in=list(collections))
    if datetime:
        scenes = scenes.filter(_period(datetime))
    if cloud_cover_max is not None:
        scenes = scenes.filter(Q(cloud_cover=None) | Q(cloud_cover__lte=cloud_cover_max))
    if geometry is not None:
        scenes = scenes.filter(footprint__intersects=geometry)
    if sensor:
        scenes = scenes.filter(sensor=sensor)
    if state:
        scenes = scenes.filter(_STATES[SceneState(state)])
    if text:
        scenes = scenes.filter(Q(item_id__icontains=text) | Q(platform__icontains=text))
    return scenes


def collections_check(project: Any, names: Names[str]) -> None:
    """Raise InvalidInput naming the collections a project does not have."""
    known = set(Collection.objects.filter(project=project).values_list("stac_id", flat=True))
    unknown = sorted(set(names) - known)
    if unknown:
        text = f"The project has no collection {', '.join(map(repr, unknown))}"
        have = ", ".join(sorted(known)) or "none; import a catalogue first"
        raise InvalidInput(f"{text}; it has: {have}.", errors={"collections": [f"{text}."]})


def _period(text: str) -> Q:
    period = period_parse(text)
    inside = Q()
    if period.start is not None:
        inside &= Q(datetime__gte=period.start)
    if period.end is not None:
        inside &= Q(datetime__lte=period.end)
    if period.start is None or period.end is None:
        return inside
    # An item without a datetime of its own is found by its interval.
    spans = Q(properties__datetime=None, start_datetime__lte=period.end)
    return inside | (spans & Q(end_datetime__gte=period.start))
