"""Reads on the catalogue; every list starts from what the caller may see."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib.gis.db.models import Union
from django.contrib.gis.db.models.functions import Area as GeoArea
from django.contrib.gis.db.models.functions import Intersection
from django.contrib.gis.geos import GEOSGeometry
from django.db import connection
from django.db.models import Count, F, Max, Min, Prefetch, Q, QuerySet, Sum
from django.db.models.functions import TruncDate

from apps.catalog.enums import SceneKind
from apps.catalog.models import Asset, Collection, Scene, SceneSelection
from apps.core.errors import InvalidInput, NotFound
from apps.products.selectors import plugin_specs
from apps.projects.selectors import project_ids_of
from workers.contracts.assets import AssetRef, SceneRef
from workers.contracts.parameters import ScenesSpec
from workers.contracts.plugins import SensorSpec

IS_SCENE = Q(scenes__kind=SceneKind.SCENE)


def sensor_specs() -> list[SensorSpec]:
    """Return the sensor plugins this installation knows."""
    return list(plugin_specs("sensor"))


def scenes_visible_to(user: Any) -> QuerySet[Scene]:
    """Return the imagery of the caller's projects, with collection and assets."""
    return _with_assets(
        Scene.objects.filter(project__in=project_ids_of(user), kind=SceneKind.SCENE)
    )


def scenes_plain(user: Any) -> QuerySet[Scene]:
    """Return the same rows with nothing joined to them, for counting and grouping."""
    return Scene.objects.filter(project__in=project_ids_of(user), kind=SceneKind.SCENE)


def asset_visible(user: Any, scene_id: UUID, key: str) -> Asset:
    """Return a local file of any item of the caller's projects; raises NotFound."""
    rows = Asset.objects.filter(project__in=project_ids_of(user), scene=scene_id)
    found = rows.filter(key=key).exclude(path="").select_related("scene").first()
    if found is None:
        raise NotFound(f"Item {scene_id} has no file {key[:80]!r} on this installation.")
    return found


def references_visible_to(user: Any) -> QuerySet[Scene]:
    """Return the reference items of the caller's projects."""
    return _with_assets(
        Scene.objects.filter(project__in=project_ids_of(user), kind=SceneKind.REFERENCE)
    )


def statics_visible_to(user: Any) -> QuerySet[Scene]:
    """Return the static layers of the caller's projects."""
    return _with_assets(
        Scene.objects.filter(project__in=project_ids_of(user), kind=SceneKind.STATIC)
    )


def collections_visible_to(user: Any) -> QuerySet[Collection]:
    """Return the collections of the caller's projects."""
    return Collection.objects.filter(project__in=project_ids_of(user))


def selections_visible_to(user: Any) -> QuerySet[SceneSelection]:
    """Return the frozen selections of the caller's projects."""
    return SceneSelection.objects.filter(project__in=project_ids_of(user))


def selection_of_project(project: Any, selection_id: UUID | str) -> SceneSelection:
    """Return a frozen selection of the project; foreign and missing ids raise NotFound alike."""
    found = SceneSelection.objects.filter(project=project, pk=selection_id).first()
    if found is None:
        raise NotFound(f"The project has no scene selection {selection_id}.")
    return found


def selection_by_id(selection_id: UUID | str) -> SceneSelection:
    """Return a frozen selection for work that was authorised when it was submitted."""
    return SceneSelection.objects.get(pk=selection_id)


def scenes_of_selection(selection_id: UUID | str) -> QuerySet[Scene]:
    """Return the scenes of a frozen selection."""
    return Scene.objects.filter(selections__pk=selection_id)


def selection_scene_refs(
    selection: SceneSelection,
    *,
    geometry_4326: GEOSGeometry | None = None,
    sources: Iterable[str] | None = None,
) -> list[SceneRef]:
    """Return the scenes of a selection by (datetime, item id) as a kernel sees them.

    Only scenes whose footprint meets ``geometry_4326``. ``sources``: asset keys or common names;
    a scene that has none of them is left out.
    """
    scenes = Scene.objects.filter(selections=selection)
    if geometry_4326 is not None:
        scenes = scenes.filter(footprint__intersects=geometry_4326)
    wanted = None if sources is None else set(sources)
    ordered = _with_assets(scenes).order_by("datetime", "item_id", "id")
    return [scene_ref(scene) for scene in ordered if wanted is None or _offers(scene, wanted)]


def selection_scenes_over(
    selection: SceneSelection, outlines: Sequence[GEOSGeometry]
) -> list[frozenset[str]]:
    """Return by outline (EPSG:4326) the ids of the scenes of a selection that meet it."""
    found: list[set[str]] = [set() for _ in outlines]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT o.n, scene.id
            FROM unnest(%s::bytea[]) WITH ORDINALITY AS o(shape, n)
            JOIN catalog_scene AS scene
              ON ST_Intersects(scene.footprint, ST_SetSRID(ST_GeomFromWKB(o.shape), 4326))
            JOIN catalog_sceneselectionitem AS item ON item.scene_id = scene.id
            WHERE item.selection_id = %s
            """,
            [[bytes(outline.wkb) for outline in outlines], selection.pk],
        )
        for position, scene in cursor.fetchall():
            found[position - 1].add(str(scene))
    return [frozenset(ids) for ids in found]


def scenes_existing(ids: Iterable[str]) -> set[str]:
    """Return those of some ids that name a scene."""
    return {str(pk) for pk in Scene.objects.filter(pk__in=list(ids)).values_list("pk", flat=True)}


def scene_ref(scene: Scene) -> SceneRef:
    """Return a scene as a kernel sees it; all its raster bands and masks.

    A raster that could not be read at import is described like its neighbours, so that reading
    it fails by name and is never left out in silence.
    """
    if scene.datetime is None:
        raise InvalidInput(f"Scene {scene.item_id} has no date.")
    return _ref(scene, scene.datetime)


def static_ref(scene: Scene) -> SceneRef:
    """Return a static layer in the form of a scene; without a date it is that of its import."""
    return _ref(scene, scene.datetime or scene.start_datetime or scene.created_at)


def _ref(scene: Scene, at: datetime) -> SceneRef:
    rasters = [asset for asset in scene.assets.all() if asset.driver]
    pattern = next((asset for asset in rasters if _described(asset)), None)
    return SceneRef(
        id=str(scene.pk),
        item_id=scene.item_id,
        sensor=scene.sensor,
        datetime=at,
        platform=scene.platform,
        assets={
            asset.key: _asset_ref(asset, asset if _described(asset) else pattern)
            for asset in rasters
            if pattern is not None or _described(asset)
        },
    )


def selection_warnings(selection: SceneSelection) -> list[str]:
    """Return a sentence for every scene of a selection that was flagged when imported."""
    flagged = Scene.objects.filter(selections=selection).exclude(flagged_reason="")
    return [
        f"Scene {item_id}: {reason}"
        for item_id, reason in flagged.values_list("item_id", "flagged_reason")
    ]


def selection_footprint(selection: SceneSelection) -> GEOSGeometry | None:
    """Return the union of the footprints of a selection (EPSG:4326)."""
    joined: GEOSGeometry | None = Scene.objects.filter(selections=selection).aggregate(
        whole=Union("footprint")
    )["whole"]
    return joined


def sources_of(project: Any) -> Mapping[str, set[str]]:
    """Return asset keys and common names that the project's imagery offers, by kind of name."""
    bands = Asset.objects.filter(
        project=project, scene__kind=SceneKind.SCENE, has_data=True
    ).values_list("key", "common_name")
    pairs = set(bands.distinct())
    return {"keys": {key for key, _ in pairs}, "common_names": {n for _, n in pairs if n}}


def scenes_spec(value: Any) -> ScenesSpec:
    """Return a checked search; pydantic's error names unknown and wrong fields."""
    return value if isinstance(value, ScenesSpec) else ScenesSpec.model_validate(value or {})


def _with_assets(scenes: QuerySet[Scene]) -> QuerySet[Scene]:
    return scenes.select_related("collection", "project").prefetch_related(
        Prefetch("assets", queryset=Asset.objects.order_by("key"))
    )


def _offers(scene: Scene, wanted: set[str]) -> bool:
    names = {
        name for asset in scene.assets.all() if asset.has_data
        for name in (asset.key, asset.common_name)
    }  # fmt: skip
    return bool(names & wanted)


def _described(asset: Asset) -> bool:
    return bool(asset.crs and asset.transform and asset.shape and asset.dtype)


def _asset_ref(asset: Asset, like: Asset | None) -> AssetRef:
    like = like or asset
    return AssetRef(
        key=asset.key,
        path=asset.path,
        driver=asset.driver,
        band=asset.band,
        dtype=asset.dtype or like.dtype,
        nodata=asset.nodata,
        scale=asset.scale,
        offset=asset.offset,
        crs=like.crs,
        transform=like.transform,
        shape=like.shape,
        common_name=asset.common_name,
        roles=tuple(asset.roles),
        version=asset.version,
    )


def bands_by_sensor(project: Any) -> list[dict[str, Any]]:
    """Return what the project's imagery offers: one row a collection, sensor and asset key."""
    bands = Asset.objects.filter(project=project, scene__kind=SceneKind.SCENE, has_data=True)
    rows: Any = (
        bands.values(
            "key",
            "common_name",
            sensor=F("scene__sensor"),
            collection=F("scene__collection__stac_id"),
        )
        .annotate(title=Max("title"), scenes=Count("scene", distinct=True))
        .order_by("collection", "sensor", "key")
    )
    return list(rows)


def scene_days(project: Any) -> list[tuple[date, float | None]]:
    """Return (day, least cloud cover in percent or None) of the project's imagery, in order."""
    scenes = Scene.objects.filter(project=project, kind=SceneKind.SCENE, datetime__isnull=False)
    days = scenes.annotate(day=TruncDate("datetime")).values_list("day")
    return list(days.annotate(cloud=Min("cloud_cover")).order_by("day"))


def selection_dates_over(selection: SceneSelection, area: GEOSGeometry) -> float:
    """Return how many scenes of a selection lie over an area (EPSG:4326), each by its share."""
    shares = Scene.objects.filter(selections=selection, footprint__intersects=area).aggregate(
        covered=Sum(GeoArea(Intersection("footprint", area)))
    )
    covered = shares["covered"]
    return float(covered.sq_m if hasattr(covered, "sq_m") else covered or 0.0) / (area.area or 1.0)


def selection_days(selection: SceneSelection) -> list[date]:
    """Return the days of a selection, each once, in order."""
    scenes = Scene.objects.filter(selections=selection, datetime__isnull=False)
    days = scenes.annotate(day=TruncDate("datetime")).order_by("day").values_list("day", flat=True)
    return list(days.distinct())
