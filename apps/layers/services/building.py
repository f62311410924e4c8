"""A release while it is built: an index of finished blocks, replaced a few times a minute.

It has no say in what counts; losing or delaying every write changes only what the map shows. The
row is committed before its first index is written, so a crash leaves no file without a row.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from apps.core.storage import store_open
from apps.jobs.models import Run
from apps.layers.enums import ReleaseState
from apps.layers.models import Layer, LayerRelease
from apps.layers.services.publishing import legend_shown, release_new
from workers.contracts.grid import Grid
from workers.contracts.legend import LegendClass
from workers.contracts.tiles import ReleaseIndex

LEAST_SECONDS = 1.5
REST_FACTOR = 10.0  # writing takes at most a tenth of the time, however large the index grows


@dataclass(frozen=True)
class BuildingPlan:
    """What is known of a map before its first block. bbox: [w, s, e, n] in EPSG:4326."""

    legend: Sequence[LegendClass]
    grid: Grid
    bbox: tuple[float, float, float, float]
    total: int
    min_zoom: int


@transaction.atomic
def building_open(*, layer: Layer, run: Run, plan: BuildingPlan) -> LayerRelease | None:
    """Return the release that a run builds of a layer; None when the run has published it.

    One that an earlier run left unfinished is taken over.
    """
    layer = Layer.objects.select_for_update().get(pk=layer.pk)
    release = layer.releases.filter(state=ReleaseState.BUILDING).first()
    if release is not None and release.run_id == run.pk:
        return release
    if layer.releases.filter(run=run).exists():
        return None
    release = release or release_new(layer)
    release.run = run
    release.grid = plan.grid.model_dump(mode="json")
    release.legend = legend_shown(layer, plan.legend)
    release.bbox = list(plan.bbox)
    version = release.progress.get("version", 0)
    release.progress = {
        "version": version, "blocks": 0, "total": plan.total, "min_zoom": plan.min_zoom,
        "closed": False, "at": "", "seconds": 0.0,
    }  # fmt: skip
    release.save()
    return release


def building_due(release: LayerRelease, *, now: datetime | None = None) -> bool:
    """Return whether the index may be written again; the larger it is, the longer it rests."""
    written = parse_datetime(release.progress.get("at") or "")
    if written is None:
        return True
    rest = max(LEAST_SECONDS, REST_FACTOR * release.progress.get("seconds", 0.0))
    return (now or timezone.now()) - written >= timedelta(seconds=rest)


@transaction.atomic
def building_write(
    release_id: UUID, *, run: Run, blocks: Sequence[tuple[int, int, str]], closed: bool
) -> dict[str, Any] | None:
    """Replace the index by one with these blocks (ix, iy, SHA-256) and return the progress.

    None when somebody else writes, or the release is no longer being built by this run: the lock
    on the layer is the one that publishing holds, so a published index is never overwritten.
    """
    holder = LayerRelease.objects.filter(pk=release_id).values("layer_id")
    layer = Layer.objects.select_for_update(skip_locked=True).filter(pk__in=holder).first()
    if layer is None:
        return None
    release = layer.releases.filter(pk=release_id, run=run, state=ReleaseState.BUILDING).first()
    if release is None:
        return None
    started = time.monotonic()
    index = _index(layer, release, blocks)
    release.index_key = store_open().put_json(str(release.pk), index.model_dump(mode="json"))
    release.progress = release.progress | {
        "version": release.progress.get("version", 0) + 1,
        "blocks": len(blocks),
        "closed": closed,
        "at": timezone.now().isoformat(),
        "seconds": round(time.monotonic() - started, 3),
    }
    release.save(update_fields=["index_key", "progress"])
    return dict(release.progress)


def buildings_open() -> list[LayerRelease]:
    """Return the releases whose last index is not known to be the last."""
    rows = LayerRelease.objects.filter(state=ReleaseState.BUILDING, progress__closed=False)
    return list(rows.select_related("run", "layer"))


def _index(
    layer: Layer, release: LayerRelease, blocks: Sequence[tuple[int, int, str]]
) -> ReleaseIndex:
    style = release.style
    return ReleaseIndex(
        id=str(release.pk),
        kind="building",
        title=layer.name,
        role=layer.role,
        legend=tuple(LegendClass(**cls) for cls in release.legend),
        bbox=tuple(release.bbox),
        rescale=style.get("rescale"),
        ramp=style.get("ramp", ()),
        nodata=style["nodata"],
        grid=Grid(**release.grid),
        blocks=tuple(blocks),
    )
