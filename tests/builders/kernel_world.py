"""A small world of scenes and samples for the kernels at both ends of the cube."""

import io
import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pyarrow.parquet as pq
import rasterio
from pyproj import Transformer
from sklearn.ensemble import RandomForestClassifier

from tests.builders.scene_refs import SceneWriter, roots_of
from workers import runner
from workers.classifiers.random_forest import pack
from workers.contracts.features import FeatureSetSpec
from workers.contracts.grid import BlockRef
from workers.contracts.requests import InputRef, KernelRequest
from workers.errors import InputError
from workers.raster.reader import RasterSource
from workers.storage import write_bytes

FEATURES = FeatureSetSpec.model_validate(
    {
        "features": [
            {"name": "n", "source": "ndvi", "statistic": "p050"},
            {"name": "r", "source": "B04", "statistic": "mean", "window": "03-01/05-31"},
            {"name": "c", "source": "B04", "statistic": "count_valid"},
        ]
    }
)
CLASSES = [
    {"code": 3, "name": "a", "color": "#ff0000"},
    {"code": 7, "name": "b", "color": "#00ff00"},
]
WGS = Transformer.from_crs(32633, 4326, always_xy=True)


def world_make(folder: Path) -> SimpleNamespace:
    """Twelve scenes of 128 × 128 px from March to June 2018, on a grid of 64 px blocks."""
    writer = SceneWriter(folder / "scenes")
    scenes = tuple(writer.series(12))
    return SimpleNamespace(
        folder=folder, writer=writer, scenes=scenes, grid=writer.grid(64), roots=roots_of(scenes)
    )


def lonlat(column: float, row: float) -> list[float]:
    """Centre of a pixel (whole numbers are its upper left corner)."""
    return list(WGS.transform(500_000 + 10 * column, 5_000_000 - 10 * row))


def point(name: str, column: float, row: float, code: int | None = 3, **properties):
    geometry = {"type": "Point", "coordinates": lonlat(column, row)}
    return {"type": "Feature", "id": name, "geometry": geometry,
            "properties": {"class_code": code, **properties}}  # fmt: skip


def polygon(name: str, left: float, top: float, right: float, bottom: float, code: int = 7):
    ring = [lonlat(*p) for p in ((left, top), (right, top), (right, bottom), (left, bottom),
                                 (left, top))]  # fmt: skip
    return {"type": "Feature", "id": name,
            "geometry": {"type": "Polygon", "coordinates": [ring]},
            "properties": {"class_code": code}}  # fmt: skip


def fail_below(monkeypatch, path: str, row: int) -> None:
    """Let a file be unreadable from a row of its own on, as with one damaged tile."""
    read = RasterSource.read

    def damaged(source, window=None):
        if source.name == path and window is not None and window[2] > row:
            raise InputError(f"{path}: the pixels cannot be read.")
        return read(source, window)

    monkeypatch.setattr(RasterSource, "read", damaged)


def extract(world, samples, scenes=None, **parameters):
    lines = "\n".join(json.dumps(sample) for sample in samples)
    file = write_bytes(world.folder, lines.encode(), ".ndjson")
    request = KernelRequest(
        id="r", kernel="extract_samples", grid=world.grid,
        scenes=world.scenes if scenes is None else scenes,
        staging=str(world.folder / "out"), roots=world.roots,
        inputs=(InputRef(role="samples", path=file.path, sha256=file.sha256, size=file.size),),
        parameters={"feature_set": FEATURES.model_dump(), "classes": CLASSES} | parameters,
    )  # fmt: skip
    result = runner.run(request, lambda stage, fraction: None)
    data = Path(result.outputs[0].path).read_bytes()
    return result, pq.read_table(io.BytesIO(data)).to_pylist()


def forest_input(world, feature_set=FEATURES):
    rng = np.random.default_rng(0)
    rows = rng.integers(-9000, 9000, (300, len(feature_set.features))).astype(np.int16)
    rows[rng.random(rows.shape) < 0.1] = -32768
    codes = np.where(rows[:, 0] > 0, 7, 3)
    model = RandomForestClassifier(20, random_state=0, n_jobs=1).fit(rows, codes)
    data = pack(model, feature_hash=feature_set.hash).to_npz()
    file = write_bytes(world.folder, data, ".npz")
    ref = InputRef(role="forest", path=file.path, sha256=file.sha256, size=file.size)
    return model, ref


def predict(world, forest, *, block=(0, 0), boundary=None, scenes=None, **parameters):
    outputs = ["class", "probability", "confidence", "data_score"]
    request = KernelRequest(
        id="p", kernel="predict_block", grid=world.grid,
        block=BlockRef(ix=block[0], iy=block[1]), boundary=boundary,
        scenes=world.scenes if scenes is None else scenes,
        staging=str(world.folder / "out"), roots=world.roots, inputs=(forest,),
        parameters={"feature_set": FEATURES.model_dump(), "classes": CLASSES,
                    "outputs": outputs, "feature_hash": FEATURES.hash} | parameters,
    )  # fmt: skip
    result = runner.run(request, lambda stage, fraction: None)
    layers = {}
    for output in result.outputs:
        with rasterio.open(output.path) as dataset:
            layers[output.role] = dataset.read(1)
            assert dataset.crs.to_epsg() == 32633
            assert tuple(dataset.transform)[:6] == world.grid.transform(*block)
    return result, layers
