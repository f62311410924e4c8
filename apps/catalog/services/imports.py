"""Write what a catalogue and its files say: all of it in one transaction, or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.contrib.gis.geos import MultiPolygon
from django.db import connection, transaction

from apps.accounts.services import audit_record
from apps.aois.domain import geometry_read, multi_polygon
from apps.catalog.domain import (
    AssetRow,
    Dates,
    asset_rows,
    item_dates,
    item_kind,
    item_sha,
    item_summary,
    mask_of,
)
from apps.catalog.enums import SceneKind
from apps.catalog.models import Asset, Collection, Scene
from apps.catalog.selectors import sensor_specs
from apps.catalog.services.grid import native_grid_freeze
from apps.core.errors import DomainError, InvalidInput
from workers.contracts.plugins import SensorSpec

BATCH = 2_000
MAX_ERRORS = 1_000
MAX_TEXT = 300


@dataclass
class _Draft:
    """One item ready to be written."""

    item: Mapping[str, Any]
    collection: Collection
    kind: SceneKind
    sensor: str
    dates: Dates
    footprint: MultiPolygon
    sha: str
    rows: list[AssetRow]
    valid_percent: float | None = None
    problems: list[str] = field(default_factory=list)


@dataclass
class _Report:
    counts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(
            (
                "created",
                "unchanged",
                "updated",
                "skipped",
                "flagged",
                "scenes",
                "references",
                "statics",
            ),
            0,
        )
    )
    errors: list[dict[str, str]] = field(default_factory=list)
    error_count: int = 0

    def refuse(self, item_id: str, asset: str, message: str) -> None:
        self.error_count += 1
        if len(self.errors) < MAX_ERRORS:
            entry = {"item": item_id[:MAX_TEXT], "asset": asset[:MAX_TEXT]}
            self.errors.append({**entry, "message": message[:MAX_TEXT]})


@transaction.atomic
def catalog_import_apply(
    *,
    project: Any,
    items: Sequence[Mapping[str, Any]],
    probes: Mapping[str, Mapping[str, Any]] | Sequence[Mapping[str, Any]],
    user: Any = None,
    specs: Sequence[SensorSpec] | None = None,
) -> dict[str, Any]:
    """Write collections, scenes and assets; importing the same again changes nothing.

    items: entries of ``catalog_read``. probes: what the probe kernel found, by path (or its list,
    each with ``key`` or ``path``). A scene with an unreadable asset is written, flagged, and
    listed in ``errors``; an item that cannot be understood is listed and left out. The first
    imagery of a native project freezes its grid.

    Returns the report: counts created, unchanged, updated, skipped, flagged (items), scenes,
    references, statics (kinds), ``collections`` (ids), ``errors`` [{item, asset, message}],
    ``error_count``, ``grid`` (whether it was frozen now).
    """
    with connection.cursor() as cursor:  # one import of a project at a time
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [str(project.pk)])
    found = _by_path(probes)
    sensors = {spec.slug: spec for spec in (specs if specs is not None else sensor_specs())}
    if not sensors:
        raise InvalidInput(
            "No sensor plugin is known.", advice="Run the command manage.py sync_plugins once."
        )
    report = _Report()
    collections = _collections(project, items)
    drafts = _drafts(items, collections, sensors, found, report)
    _write(project, drafts, report)
    frozen = native_grid_freeze(project)
    outcome = {
        **report.counts,
        "collections": sorted(collections),
        "errors": report.errors,
        "error_count": report.error_count,
        "grid": frozen,
    }
    audit_record(
        actor=user, action="catalog.import", obj=None, project=project, after=report.counts
    )
    return outcome


def _by_path(probes: Any) -> Mapping[str, Mapping[str, Any]]:
    if isinstance(probes, Mapping):
        return probes
    return {str(probe.get("path") or probe.get("key")): probe for probe in probes}


def _collections(project: Any, items: Sequence[Mapping[str, Any]]) -> dict[str, Collection]:
    """Create or refresh the collections the items belong to, by STAC id."""
    stated: dict[str, Mapping[str, Any]] = {}
    for entry in items:
        about = entry["collection"]
        stated.setdefault(str(about["id"])[:200], about)
    rows = [
        Collection(
            project=project,
            stac_id=stac_id,
            title=str(about.get("title") or stac_id)[:400],
            description=str(about.get("description") or ""),
            license=str(about.get("license") or "")[:200],
        )
        for stac_id, about in sorted(stated.items())
    ]
    Collection.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["project", "stac_id"],
        update_fields=["title", "description", "license"],
    )
    known = Collection.objects.filter(project=project, stac_id__in=stated)
    return {row.stac_id: row for row in known}


def _drafts(
    items: Sequence[Mapping[str, Any]],
    collections: Mapping[str, Collection],
    sensors: Mapping[str, SensorSpec],
    probes: Mapping[str, Mapping[str, Any]],
    report: _Report,
) -> list[_Draft]:
    drafts: dict[tuple[str, str], _Draft] = {}
    for entry in items:
        item = entry["item"]
        item_id = str(item["id"])
        collection = collections[str(entry["collection"]["id"])[:200]]
        try:
            draft = _draft(item, collection, sensors, probes)
        except DomainError as error:
            report.counts["skipped"] += 1
            report.refuse(item_id, "", error.message)
            continue
        if (collection.stac_id, item_id) in drafts:
            report.counts["skipped"] += 1
            report.refuse(item_id, "", f"occurs twice in collection {collection.stac_id}")
            continue
        drafts[collection.stac_id, item_id] = draft
        for row in draft.rows:
            if row.problem:
                report.refuse(item_id, row.key, row.problem)
    return list(drafts.values())


def _draft(
    item: Mapping[str, Any],
    collection: Collection,
    sensors: Mapping[str, SensorSpec],
    probes: Mapping[str, Mapping[str, Any]],
) -> _Draft:
    if len(item["id"]) > MAX_TEXT or any(len(key) > 190 for key in item["assets"]):
        raise InvalidInput("its id or an asset's key is too long")
    kind, sensor = item_kind(item, list(sensors.values()))
    dates = item_dates(item)
    if kind is SceneKind.SCENE and dates.at is None:
        raise InvalidInput("has neither datetime nor start_datetime")
    needed = probes if kind is not SceneKind.REFERENCE else {}
    rows = asset_rows(item, spec=sensors.get(sensor), probes=needed)
    problems = [f"asset {row.key}: {row.problem}" for row in rows if row.problem and row.driver]
    return _Draft(
        item=item,
        collection=collection,
        kind=kind,
        sensor=sensor,
        dates=dates,
        footprint=_footprint(item),
        sha=item_sha(item),
        rows=rows,
        valid_percent=_valid_percent(item, sensors, needed) if sensor else None,
        problems=problems,
    )


def _valid_percent(
    item: Mapping[str, Any],
    sensors: Mapping[str, SensorSpec],
    probes: Mapping[str, Mapping[str, Any]],
) -> float | None:
    """Return what a scene's mask was measured to leave valid, in percent of its data."""
    masking = mask_of(item["assets"], list(sensors.values()))
    path = item["assets"][masking[0]].get("path", "") if masking else ""
    measured = probes.get(str(path), {}).get("valid_percent")
    return round(float(measured), 2) if isinstance(measured, int | float) else None


def _footprint(item: Mapping[str, Any]) -> MultiPolygon:
    """Return the item's geometry; its box when the geometry is missing or not sound."""
    try:
        return multi_polygon(geometry_read(item.get("geometry")))
    except DomainError as error:
        bbox = item.get("bbox")
        if not isinstance(bbox, list) or len(bbox) not in (4, 6):
            raise InvalidInput(f"has no usable geometry and no bbox ({error.message})") from error
        west, south, east, north = bbox[0], bbox[1], bbox[len(bbox) // 2], bbox[len(bbox) // 2 + 1]
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return multi_polygon(geometry_read({"type": "Polygon", "coordinates": [ring]}))


def _write(project: Any, drafts: Sequence[_Draft], report: _Report) -> None:
    known = {
        (scene.collection_id, scene.item_id): scene
        for scene in Scene.objects.filter(
            project=project, collection__in={draft.collection for draft in drafts}
        ).prefetch_related("assets")
    }
    fresh: list[tuple[_Draft, Scene]] = []
    changed: list[tuple[_Draft, Scene]] = []
    for draft in drafts:
        report.counts[_plural(draft.kind)] += 1
        report.counts["flagged"] += bool(draft.problems)
        scene = known.get((draft.collection.pk, str(draft.item["id"])))
        if scene is None:
            fresh.append((draft, Scene(project=project, **_columns(draft))))
        elif _differs(scene, draft):
            for name, value in _columns(draft).items():
                setattr(scene, name, value)
            changed.append((draft, scene))
        else:
            report.counts["unchanged"] += 1
    report.counts["created"], report.counts["updated"] = len(fresh), len(changed)
    Scene.objects.bulk_create([scene for _, scene in fresh], batch_size=BATCH)
    if changed:
        Scene.objects.bulk_update(
            [scene for _, scene in changed], list(_columns(changed[0][0])), batch_size=BATCH
        )
        Asset.objects.filter(scene__in=[scene for _, scene in changed]).delete()
    Asset.objects.bulk_create(
        [
            Asset(project=project, scene=scene, **_asset_columns(row))
            for draft, scene in (*fresh, *changed)
            for row in draft.rows
        ],
        batch_size=BATCH,
    )


def _differs(scene: Scene, draft: _Draft) -> bool:
    return (
        scene.item_sha != draft.sha
        or scene.valid_percent != draft.valid_percent
        or _stored(scene) != _rows_of(draft)
    )


def _plural(kind: SceneKind) -> str:
    return f"{kind.value}s"


def _columns(draft: _Draft) -> dict[str, Any]:
    summary = item_summary(draft.item)
    reason = "; ".join(draft.problems)
    return {
        "collection": draft.collection,
        "item_id": str(draft.item["id"]),
        "kind": draft.kind,
        "sensor": draft.sensor,
        "datetime": draft.dates.at,
        "start_datetime": draft.dates.start,
        "end_datetime": draft.dates.end,
        "platform": summary.platform,
        "cloud_cover": summary.cloud_cover,
        "footprint": draft.footprint,
        "properties": draft.item.get("properties") or {},
        "item_sha": draft.sha,
        "flagged_reason": reason,
        "valid_percent": draft.valid_percent,
    }


def _asset_columns(row: AssetRow) -> dict[str, Any]:
    columns = asdict(row)
    del columns["problem"]
    columns["roles"] = list(row.roles)
    columns["transform"] = list(row.transform) if row.transform else None
    columns["shape"] = list(row.shape) if row.shape else None
    return columns


def _rows_of(draft: _Draft) -> dict[str, tuple[str, str]]:
    return {row.key: (row.version, row.path) for row in draft.rows}


def _stored(scene: Scene) -> dict[str, tuple[str, str]]:
    return {asset.key: (asset.version, asset.path) for asset in scene.assets.all()}
