"""What a job will read, compute and store, before it is launched."""

from typing import Any

from django.conf import settings
from django.contrib.gis.geos import GEOSGeometry

from apps.catalog.models import SceneSelection
from apps.catalog.selectors import selection_by_id, selection_dates_over
from apps.jobs.selectors import steps_measured
from apps.orchestration.domain.estimates import (
    NOMINAL,
    Rate,
    Work,
    notice,
    rate_of,
    time_band,
    warnings_of,
)
from apps.orchestration.gateways import blocks_touching, geometry_to_grid
from apps.orchestration.services.comparing import comparison_blocks
from apps.orchestration.services.mapping import mapping_plan
from apps.orchestration.services.notices import notices_of
from apps.orchestration.services.reuse import Known, blocks_known
from apps.products.selectors import plugin_specs
from apps.projects.models import Project
from workers.contracts.grid import Grid

TRAINING_KERNELS = ("extract_samples", "train_model")


def estimate_of(spec: dict[str, Any], *, project: Project) -> dict[str, Any]:
    """Return blocks, bytes, core seconds and a band of time.

    Rates are the median of the project's finished runs of the same kernel where there are any,
    else nominal; ``rates`` and a warning say which.

    Raises:
        InvalidInput: no resource class holds a block.
    """
    frozen = spec.get("frozen", {})
    if frozen.get("compared"):
        return _comparison(spec, project)
    if not frozen.get("scene_selection") or not spec.get("grid"):
        return _answer(Work(1, 0, 0, 0), roles=[], rates=[], seconds=0.0, notices=[])
    selection = selection_by_id(frozen["scene_selection"])
    roles = [layer["role"] for layer in frozen["layers"]]
    mapped = _blocks(spec) if roles else []
    mapping = mapping_plan(spec, mapped) if mapped else None
    known = blocks_known(spec, project, mapped, mapping) if mapping else Known()
    work = _work(spec, selection, len(mapped), known=known.blocks)
    nominal = {kernel.slug: kernel.seconds_per_block for kernel in plugin_specs("kernel")}
    rates, seconds = [], 0.0
    if roles:
        rates.append(_block_rate(project, nominal.get("predict_block", 1.0)))
        seconds += work.units_left * rates[-1].seconds
    if "model_version" not in frozen:
        training = [_run_rate(project, name, nominal.get(name, 0.0)) for name in TRAINING_KERNELS]
        rates += training
        seconds += sum(rate.seconds for rate in training)
    notices = [*notices_of(spec, selection), *_known_lines(known, len(mapped))]
    return _answer(work, roles=roles, rates=rates, seconds=seconds, notices=notices)


def _answer(
    work: Work, *, roles: list[str], rates: list[Rate], seconds: float, notices: list[Any]
) -> dict[str, Any]:
    measured = bool(rates) and all(rate.runs for rate in rates)
    kind = "measured" if measured else "nominal"
    lines = [*notices, *([] if measured or not rates else [notice(NOMINAL)])]
    return {
        "blocks": max(work.blocks, 1),
        "bytes_read": work.bytes_read,
        "core_seconds": round(seconds, 1),
        "storage_bytes": work.storage_bytes(roles),
        "eta_seconds": time_band(seconds, parallel=settings.WORKERS, kind=kind),
        "cached_blocks": work.known,
        "work_units": round(work.units, 4) if roles else 0.0,
        "workers": max(1, settings.WORKERS),
        "rates": {"kind": kind, "runs": min((rate.runs for rate in rates), default=0)},
        "notices": lines,
        "warnings": warnings_of(lines),
    }


def _blocks(spec: dict[str, Any]) -> list[tuple[int, int]]:
    grid = Grid(**spec["grid"])
    return blocks_touching(geometry_to_grid(GEOSGeometry(spec["boundary"]), grid), grid)


def _known_lines(known: Known, blocks: int) -> list[dict[str, Any]]:
    if not known.blocks:
        return []
    text = f"{known.blocks:,} of {blocks:,} blocks are known and will not be computed again."
    if known.looked_at < blocks:
        text += f" Estimated from {known.looked_at:,} of them."
    return [notice(text, level="good")]


def _work(spec: dict[str, Any], selection: SceneSelection, blocks: int, *, known: int = 0) -> Work:
    grid = Grid(**spec["grid"])
    boundary = GEOSGeometry(spec["boundary"])
    sources = {feature["source"] for feature in spec["frozen"]["feature_set"]["features"]}
    dates = selection_dates_over(selection, boundary) if blocks else 0.0
    return Work(blocks, grid.block_size, dates, len(sources), known)


def _comparison(spec: dict[str, Any], project: Project) -> dict[str, Any]:
    """Two class maps of one byte are read where one date of one source has two bytes."""
    work = Work(len(comparison_blocks(spec)), spec["grid"]["block_size"], 1, 1)
    nominal = {kernel.slug: kernel.seconds_per_block for kernel in plugin_specs("kernel")}
    rate = _block_rate(project, nominal.get("compare_block", 0.1), kernel="compare_block")
    seconds = work.units * rate.seconds
    return _answer(work, roles=["class"], rates=[rate], seconds=seconds, notices=[])


def _block_rate(project: Project, nominal: float, *, kernel: str = "predict_block") -> Rate:
    """Return the seconds of a unit of work of a kernel of blocks."""
    steps = steps_measured(project, kernel)
    measured = [
        step.seconds / (step.estimate["work_units"] * step.share)
        for step in steps
        if step.estimate.get("work_units")
    ]
    return rate_of(measured, nominal)


def _run_rate(project: Project, kernel: str, nominal: float) -> Rate:
    return rate_of([step.seconds for step in steps_measured(project, kernel)], nominal)
