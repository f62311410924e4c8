"""Opening a layer for a job and publishing a release of it in one transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.services import audit_record
from apps.core.storage import store_open
from apps.jobs.models import Job, Run
from apps.layers.domain import STYLES, layer_title
from apps.layers.domain.stac import stac_item
from apps.layers.enums import LayerRole, ReleaseState
from apps.layers.models import Layer, LayerRelease, ReleaseBlock
from workers.contracts.legend import LegendClass
from workers.contracts.tiles import ReleaseIndex

COG = "image/tiff; application=geotiff; profile=cloud-optimized"


@dataclass(frozen=True)
class StoredFile:
    """An object of the store."""

    key: str
    sha256: str
    size: int


@dataclass(frozen=True)
class PublishedFiles:
    """What the closing step made. ``bbox`` [w, s, e, n] in EPSG:4326."""

    archive: StoredFile
    display: StoredFile
    statistics: dict[str, Any]
    bbox: Sequence[float]


@dataclass(frozen=True)
class ReleaseLineage:
    """What a release was made of."""

    model_version_id: str | None
    scene_selection_id: str | None
    scenes: Sequence[dict[str, Any]]  # SceneRef dumps, ordered by time
    features: dict[str, Any]
    grid: dict[str, Any]
    detail: dict[str, Any]


def layer_open(
    *,
    job: Job,
    position: int,
    prefix: str,
    role: str,
    cls: LegendClass | None,
    product: str = "",
    title: str = "",
) -> Layer:
    """Return the layer of a job's output, created at the first call; ``title``: its whole name."""
    layer, _ = Layer.objects.get_or_create(
        job=job,
        position=position,
        defaults={
            "project_id": job.project_id,
            "name": title or layer_title(prefix, role, cls),
            "product": product,
            "role": role,
            "class_code": cls.code if cls else None,
        },
    )
    return layer


@transaction.atomic
def release_publish(
    *,
    layer: Layer,
    run: Run,
    legend: Sequence[LegendClass],
    files: PublishedFiles,
    blocks: Iterable[tuple[int, int, str, str]],
    lineage: ReleaseLineage,
) -> LayerRelease:
    """Publish a release: index, rows and the layer's pointer change together.

    The release that was being built of the layer becomes it, under the same tile address.
    ``blocks`` are (ix, iy, sha256, object key). The former release becomes ``superseded``.
    Repeating the call for the same run returns the release already published.
    """
    layer = Layer.objects.select_for_update().get(pk=layer.pk)
    done = layer.releases.filter(run=run, state=ReleaseState.PUBLISHED).first()
    if done is not None:
        return done
    release = _release_row(layer, run, legend, files, lineage)
    ReleaseBlock.objects.bulk_create(
        [
            ReleaseBlock(release=release, ix=ix, iy=iy, sha256=sha, object_key=key)
            for ix, iy, sha, key in blocks
        ],
        batch_size=2000,
    )
    release.stac_item = _item(layer, release, files, lineage)
    release.index_key = _index_write(layer, release, files, lineage)
    release.state = ReleaseState.PUBLISHED
    release.published_at = timezone.now()
    release.save()
    layer.releases.filter(state=ReleaseState.PUBLISHED).exclude(pk=release.pk).update(
        state=ReleaseState.SUPERSEDED
    )
    layer.current_release = release
    layer.save(update_fields=["current_release"])
    return release


def _release_row(
    layer: Layer,
    run: Run,
    legend: Sequence[LegendClass],
    files: PublishedFiles,
    lineage: ReleaseLineage,
) -> LayerRelease:
    release = layer.releases.filter(state=ReleaseState.BUILDING).first() or release_new(layer)
    release.run = run
    release.model_version_id = lineage.model_version_id
    release.scene_selection_id = lineage.scene_selection_id
    release.grid = lineage.grid
    release.legend = legend_shown(layer, legend)
    release.style = STYLES[layer.role]
    release.bbox = list(files.bbox)
    release.statistics = files.statistics
    release.archives = [
        {"key": files.archive.key, "sha256": files.archive.sha256, "size": files.archive.size}
    ]
    release.display_key = files.display.key
    release.display_sha256 = files.display.sha256
    release.save()
    return release


def release_new(layer: Layer) -> LayerRelease:
    """Return the layer's next release, not saved; the caller holds the layer's row."""
    last = layer.releases.aggregate(last=Max("number"))["last"] or 0
    return LayerRelease(
        project_id=layer.project_id, layer=layer, number=last + 1, style=STYLES[layer.role]
    )


def legend_shown(layer: Layer, legend: Sequence[LegendClass]) -> list[dict[str, Any]]:
    """Return the classes that a layer's map key lists."""
    return [cls.model_dump() for cls in legend] if layer.role == LayerRole.CLASS else []


def _index_write(
    layer: Layer, release: LayerRelease, files: PublishedFiles, lineage: ReleaseLineage
) -> str:
    style = release.style
    index = ReleaseIndex(
        id=str(release.pk),
        kind="layer",
        title=layer.name,
        role=layer.role,
        display=(files.display.key,),
        archives=(files.archive.key,),
        legend=tuple(LegendClass(**cls) for cls in release.legend),
        bbox=tuple(files.bbox),  # type: ignore[arg-type]
        rescale=style.get("rescale"),
        ramp=style.get("ramp", ()),
        nodata=style["nodata"],
        scenes=tuple(lineage.scenes),
        features=lineage.features,
    )
    return store_open().put_json(str(release.pk), index.model_dump(mode="json"))


def _item(
    layer: Layer, release: LayerRelease, files: PublishedFiles, lineage: ReleaseLineage
) -> dict[str, Any]:
    times = [str(scene["datetime"]) for scene in lineage.scenes]
    base = f"/api/v1/layers/{layer.pk}"
    archive: dict[str, Any] = {
        "href": f"{base}/archive/",
        "type": COG,
        "roles": ["data"],
        "file:checksum": f"1220{files.archive.sha256}",
        "file:size": files.archive.size,
    }
    if release.legend:
        archive["classification:classes"] = [
            {"value": c["code"], "name": c["name"], "color_hint": c["color"].lstrip("#").upper()}
            for c in release.legend
        ]
    display = {
        "href": f"{base}/display/",
        "type": COG,
        "roles": ["visual"],
        "file:checksum": f"1220{files.display.sha256}",
        "file:size": files.display.size,
    }
    return stac_item(
        release_id=str(release.pk),
        title=f"{layer.name}, release {release.number}",
        bbox=list(files.bbox),
        period=(min(times), max(times)) if times else ("", ""),
        grid=lineage.grid,
        assets={"archive": archive, "display": display},
        lineage=lineage.detail,
        self_href=f"{base}/stac/",
    )


def layer_rename(*, layer: Layer, name: str, user: User) -> Layer:
    """Give a layer another name; releases keep the title they were published with."""
    layer.name = name
    layer.save(update_fields=["name"])
    audit_record(actor=user, action="layer.rename", obj=layer, project=layer.project)
    return layer
