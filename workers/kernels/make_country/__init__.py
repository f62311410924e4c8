"""Make the synthetic country: scenes of a year with known truth, as a static STAC catalogue.

It is the demonstration, the tutorial and the measuring stick. The same size and seed give the
same bytes.
"""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, field_validator

from workers.contracts.plugins import KernelSpec
from workers.contracts.requests import KernelRequest, KernelResult
from workers.errors import ParameterError
from workers.kernels.make_country.catalogue import (
    COLLECTION,
    REFERENCE,
    write_catalogue,
    write_json,
)
from workers.kernels.make_country.landscape import CLASSES, Landscape, make_landscape
from workers.kernels.make_country.samples import (
    region_polygons,
    training_samples,
    validation_samples,
)
from workers.kernels.make_country.scenes import CRS, make_dates, transform_of, write_scenes
from workers.raster.writer import write_image

SPEC = KernelSpec(
    slug="make_country",
    title="Make the synthetic country",
    resource_class="cpu",
    outputs=(),
    seconds_per_block=40.0,
)

Progress = Callable[[str, float], None]


class Parameters(BaseModel):
    """size: edge in pixels of 10 m. folder: where the catalogue is put, made when missing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    size: int = Field(default=1024, ge=128, le=4096)
    seed: int = Field(default=7, ge=0, le=2**31 - 1)
    folder: str

    @field_validator("size")
    @classmethod
    def _even(cls, value: int) -> int:
        if value % 2:
            raise ValueError("The size must be even: some bands have pixels of 20 m.")
        return value


def run(request: KernelRequest, parameters: Parameters, progress: Progress) -> KernelResult:
    """Write the catalogue, or leave it when this very country is there already.

    Raises:
        ParameterError: the folder holds something else.
    """
    folder = Path(parameters.folder)
    report = {
        "href": str(folder / "catalog.json"),
        "collection": COLLECTION,
        "samples": str(folder / COLLECTION / "items" / REFERENCE / "samples.geojson"),
    }
    if _is_there(folder, parameters):
        return KernelResult(outcome="done", report={**report, "made": False})
    partial = folder.with_name(f"{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        _write(partial, parameters, progress)
        folder.parent.mkdir(parents=True, exist_ok=True)
        if folder.exists():
            folder.rmdir()
        partial.rename(folder)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return KernelResult(outcome="done", report={**report, "made": True})


def _is_there(folder: Path, parameters: Parameters) -> bool:
    """Tell whether the folder holds this country.

    Raises:
        ParameterError: it holds something else.
    """
    if not folder.exists() or not any(folder.iterdir()):
        return False
    recipe = None
    if (folder / "catalog.json").is_file():
        recipe = json.loads((folder / "catalog.json").read_text()).get("controlcenter:recipe")
    if recipe == {"size": parameters.size, "seed": parameters.seed}:
        return True
    raise ParameterError(f"{folder} is not empty; name another folder or remove it.")


def _write(folder: Path, parameters: Parameters, progress: Progress) -> None:
    progress("landscape", 0.0)
    landscape = make_landscape(parameters.size, parameters.seed)
    items = folder / COLLECTION / "items"
    expected = len(make_dates(parameters.seed))
    scenes = []
    for scene in write_scenes(landscape, parameters.seed, items):
        scenes.append(scene)
        progress("scenes", 0.05 + 0.9 * len(scenes) / expected)
    _write_reference(landscape, parameters.seed, items / REFERENCE)
    write_catalogue(folder, scenes, size=parameters.size, seed=parameters.seed)
    progress("catalogue", 1.0)


def _write_reference(landscape: Landscape, seed: int, folder: Path) -> None:
    folder.mkdir(parents=True)
    write_image(
        folder / "truth.tif",
        landscape.cover,
        transform=transform_of(10.0),
        crs=CRS,
        nodata=255,
        overviews="mode",
    )
    write_json(folder / "samples.geojson", training_samples(landscape, seed))
    write_json(folder / "validation.geojson", validation_samples(landscape, seed))
    write_json(folder / "regions.geojson", region_polygons(landscape))
    rows = [
        "class_id,class_name,color",
        *(f"{code},{name},{color}" for code, name, color in CLASSES),
    ]
    (folder / "legend.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
