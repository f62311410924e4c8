"""What a job will read, compute and store, before it is launched."""

from typing import Any

from django.conf import settings
from django.contrib.gis.geos import GEOSGeometry

from apps.catalog.selectors import selection_by_id
from apps.orchestration.gateways import blocks_touching, geometry_to_grid
from apps.products.selectors import plugin_specs
from apps.projects.models import Project
from workers.contracts.grid import Grid

BYTES_PER_VALUE = 2
COMPRESSION = 0.6
OVERVIEWS = 4 / 3
DISPLAY_TWIN = 2
ETA_LOW, ETA_HIGH = 0.5, 2.0  # until runs of this kernel have been measured
OUTPUT_BYTES = {"data_score": 2}


def estimate_of(spec: dict[str, Any], *, project: Project) -> dict[str, Any]:
    """Return blocks, bytes, core seconds and a band of time; nominal rates, so said."""
    answer: dict[str, Any] = {
        "blocks": 1,
        "bytes_read": 0,
        "core_seconds": 0.0,
        "storage_bytes": 0,
        "eta_seconds": {"low": 0.0, "high": 0.0},
        "cached_blocks": 0,
        "warnings": [],
    }
    resolved = spec.get("frozen", {})
    if not resolved.get("scene_selection") or not spec.get("grid"):
        return answer
    grid = Grid(**spec["grid"])
    dates = selection_by_id(resolved["scene_selection"]).count
    area = geometry_to_grid(GEOSGeometry(spec["boundary"]), grid)
    layers = resolved["layers"]
    blocks = len(blocks_touching(area, grid)) if layers else 0
    pixels = blocks * grid.block_size**2
    sources = len({feature["source"] for feature in resolved["feature_set"]["features"]})
    rates = {kernel.slug: kernel for kernel in plugin_specs("kernel")}
    nominal = rates["predict_block"].seconds_per_block if "predict_block" in rates else 1.0
    training = 0.0 if "model_version" in resolved else _training_seconds(rates)
    share = grid.block_size**2 / 512**2
    seconds = blocks * nominal * share * max(1.0, dates * sources / 40) + training
    values = sum(OUTPUT_BYTES.get(layer["role"], 1) for layer in layers)
    parallel = max(1, settings.WORKERS)
    answer |= {
        "blocks": max(blocks, 1),
        "bytes_read": int(pixels * dates * sources * BYTES_PER_VALUE * COMPRESSION),
        "core_seconds": round(seconds, 1),
        "storage_bytes": int(pixels * values * COMPRESSION * OVERVIEWS * DISPLAY_TWIN),
        "eta_seconds": {
            "low": round(seconds / parallel * ETA_LOW, 1),
            "high": round(seconds / parallel * ETA_HIGH, 1),
        },
        "warnings": ["Rates are nominal: no run of this kind has been measured yet."],
    }
    return answer


def _training_seconds(rates: dict[str, Any]) -> float:
    wanted = ("extract_samples", "train_model")
    return float(sum(rates[name].seconds_per_block for name in wanted if name in rates))
