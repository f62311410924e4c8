"""Peak memory of processes that predict one block, against the plan: eight loads, 1 to 4 children.

Reading ahead (p = 1) is for object stores; from local files a block is read when it is due, p = 0.
"""

import itertools
import json
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from tests.builders.scene_refs import ORIGIN, write_asset
from workers.contracts.assets import SceneRef
from workers.contracts.features import FeatureSetSpec
from workers.contracts.grid import BlockRef, Grid
from workers.contracts.memory import Load, plan_bytes
from workers.contracts.requests import InputRef, KernelRequest
from workers.numerics.packed import PackedForest, Tree
from workers.storage import write_bytes

EDGE = 512
BANDS = ("B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B11", "B12")
STATISTICS = ("p010", "p025", "p050", "p075", "p090", "mean", "std", "min", "max", "iqr")
DATES, BAND_COUNTS, STATISTIC_COUNTS = (36, 144), (6, 10), (2, 6)
CHILDREN = (1, 2, 4)
CHILD = """
import json, sys
from pathlib import Path
from workers.raster.environment import apply_environment
apply_environment("raster")
from workers import registry, runner
registry.all_of("kernels")  # as a warm child
from workers.contracts.requests import KernelRequest
request = KernelRequest.model_validate_json(Path(sys.argv[1]).read_text())
result = runner.run(request, lambda stage, fraction: None)
status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
print(json.dumps({"peak_kib": int(status["VmHWM"].split()[0]), "seconds": result.seconds}))
"""


def run(*, dates: int = 36) -> dict[str, Any]:
    """Write scenes of one block, predict it in a new process, return peak and plan."""
    with tempfile.TemporaryDirectory() as name:
        scenes = scenes_of(Path(name), dates, len(BANDS))
        measured(Path(name), scenes[:1], 1, 1, children=1)  # fills numba's cache
        return measured(Path(name), scenes, len(BANDS), 6, children=1)


def run_all() -> list[dict[str, Any]]:
    """Return one row for each of the eight loads and each number of children at once."""
    with tempfile.TemporaryDirectory() as name:
        scenes = scenes_of(Path(name), max(DATES), max(BAND_COUNTS))
        measured(Path(name), scenes[:1], 1, 1, children=1)  # fills numba's cache
        loads = itertools.product(DATES, BAND_COUNTS, STATISTIC_COUNTS, CHILDREN)
        return [
            measured(Path(name), scenes[:dates], bands, statistics, children=children)
            for dates, bands, statistics, children in loads
        ]


def measured(
    folder: Path, scenes: tuple[SceneRef, ...], bands: int, statistics: int, *, children: int
) -> dict[str, Any]:
    """Predict one block in so many new processes at once; the largest peak counts."""
    request, load = request_of(folder, scenes, bands, statistics)
    file = folder / "request.json"
    file.write_text(request.model_dump_json())
    command = [sys.executable, "-c", CHILD, str(file)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(children)]
    answers = [json.loads(process.communicate()[0]) for process in running]
    peak, plan = max(a["peak_kib"] for a in answers) * 1024, plan_bytes(load, EDGE)
    return {
        "dates": load.dates, "bands": load.bands, "features": load.features, "children": children,
        "peak_mib": round(peak / 2**20), "plan_mib": round(plan / 2**20),
        "plan_over_peak": round(plan / peak, 3),
        "seconds": max(a["seconds"] for a in answers),
    }  # fmt: skip


def request_of(
    folder: Path, scenes: tuple[SceneRef, ...], bands: int, statistics: int
) -> tuple[KernelRequest, Load]:
    features = FeatureSetSpec.model_validate(
        {"features": [
            {"name": f"{band}_{stat}", "source": band, "statistic": stat}
            for band in BANDS[:bands] for stat in STATISTICS[:statistics]
        ]}
    )  # fmt: skip
    count = len(features.features)
    forest = forest_of(count, features.hash)
    written = write_bytes(folder, forest.to_npz(), ".npz")
    request = KernelRequest(
        id="bench", kernel="predict_block", block=BlockRef(ix=0, iy=0),
        grid=Grid(crs="EPSG:32633", resolution=(10, 10), origin=ORIGIN, block_size=EDGE),
        scenes=scenes,
        inputs=(InputRef(role="forest", path=written.path, sha256=written.sha256,
                         size=written.size),),
        staging=str(folder / "out"), roots=(str(folder),),
        parameters={
            "feature_set": features.model_dump(), "feature_hash": features.hash,
            "outputs": ["class", "probability", "confidence", "data_score"],
        },
    )  # fmt: skip
    return request, Load(len(scenes), bands, count, 6, model=2 * forest.nodes.nbytes)


def scenes_of(folder: Path, dates: int, bands: int) -> tuple[SceneRef, ...]:
    return tuple(scene(folder / f"s{t:03d}", t, BANDS[:bands]) for t in range(dates))


def scene(folder: Path, number: int, bands: tuple[str, ...]) -> SceneRef:
    rng = np.random.default_rng(number)
    folder.mkdir()
    assets = {
        band: write_asset(
            folder / f"{band}.tif", rng.integers(1, 6000, (EDGE, EDGE)).astype(np.uint16),
            scale=1e-4, nodata=0,
        )
        for band in bands
    }  # fmt: skip
    day = datetime(2018, 3, 1, tzinfo=UTC) + timedelta(days=2 * number)
    return SceneRef(
        id=folder.name, item_id=folder.name, sensor="generic", datetime=day, assets=assets
    )


def forest_of(n_features: int, feature_hash: str, *, trees: int = 100) -> PackedForest:
    """A forest of complete trees of depth 9 over six classes."""
    rng = np.random.default_rng(7)
    nodes, leaves = 1023, 512
    index = np.arange(nodes)
    inner = index < nodes - leaves
    return PackedForest.from_trees(
        (
            Tree(
                left=np.where(inner, 2 * index + 1, -1),
                right=np.where(inner, 2 * index + 2, -1),
                feature=rng.integers(0, n_features, nodes),
                threshold=rng.integers(500, 5500, nodes).astype(np.float64),
                shares=rng.dirichlet(np.ones(6), nodes),
            )
            for _ in range(trees)
        ),
        codes=np.arange(1, 7, dtype=np.uint8),
        n_features=n_features,
        feature_hash=feature_hash,
    )
