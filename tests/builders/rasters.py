"""Small rasters, assets and releases for tests."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workers.contracts.assets import AssetRef
from workers.contracts.grid import Grid
from workers.contracts.legend import LegendClass
from workers.contracts.requests import InputRef, KernelRequest, KernelResult
from workers.contracts.tiles import ReleaseIndex
from workers.kernels import assemble_layer
from workers.raster.writer import write_block

GRID = Grid(crs="EPSG:3035", resolution=(10, 10), origin=(4_321_000, 3_210_000), block_size=128)
LEGEND = (
    LegendClass(code=1, name="forest", color="#1f5e46"),
    LegendClass(code=2, name="grassland", color="#c5d86d"),
)


def raster_asset(
    path: Path, array: NDArray[Any], *, nodata: int = 0, resolution: float = 10.0, **changes: Any
) -> AssetRef:
    """Write an array as a tiled GeoTIFF at the grid's origin and catalogue it truthfully."""
    transform = (resolution, 0.0, GRID.origin[0], 0.0, -resolution, GRID.origin[1])
    write_block(path, array, transform=transform, crs=GRID.crs, nodata=nodata)
    fields: dict[str, Any] = {
        "key": path.stem,
        "path": str(path),
        "dtype": array.dtype.name,
        "nodata": nodata,
        "crs": GRID.crs,
        "transform": transform,
        "shape": array.shape,
    }
    return AssetRef(**fields | changes)


def block_inputs(
    folder: Path, blocks: dict[tuple[int, int], NDArray[Any]], *, role: str, nodata: int
) -> tuple[InputRef, ...]:
    """Write block objects of the test grid and return them as inputs of a kernel."""
    folder.mkdir(parents=True, exist_ok=True)
    refs = []
    for (ix, iy), array in blocks.items():
        path = folder / f"{role}_{ix}_{iy}.tif"
        written = write_block(
            path, array, transform=GRID.transform(ix, iy), crs=GRID.crs, nodata=nodata
        )
        refs.append(
            InputRef(
                role=role, path=str(path), sha256=written.sha256, size=written.size, ix=ix, iy=iy
            )
        )
    return tuple(refs)


def assemble(
    folder: Path, blocks: dict[tuple[int, int], NDArray[Any]], *, role: str, nodata: int,
    boundary: dict[str, Any] | None = None,
) -> KernelResult:  # fmt: skip
    """Run assemble_layer over blocks of the test grid."""
    request = KernelRequest(
        id="assemble",
        kernel="assemble_layer",
        parameters={},
        grid=GRID,
        boundary=boundary,
        inputs=block_inputs(folder, blocks, role=role, nodata=nodata),
        staging=str(folder / "staging"),
    )
    parameters = assemble_layer.Parameters(role=role, legend=LEGEND if role == "class" else ())
    return assemble_layer.run(request, parameters, lambda stage, fraction: None)


def release(
    root: Path,
    release_id: str,
    result: KernelResult,
    *,
    role: str = "class",
    with_display: bool = True,
    **changes: Any,
) -> ReleaseIndex:
    """Put an assembled layer into a store folder with its index, as the web plane would."""
    keys: dict[str, str] = {}
    (root / "index").mkdir(parents=True, exist_ok=True)
    for output in result.outputs:
        key = f"cas/{output.sha256[:2]}/{output.sha256}{output.suffix}"
        target = root / key
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(Path(output.path).read_bytes())
        keys[output.role] = key
    fields: dict[str, Any] = {
        "id": release_id,
        "kind": "layer",
        "title": "Map",
        "role": role,
        "display": (keys["display"],) if with_display else (),
        "archives": (keys["archive"],),
        "legend": LEGEND if role == "class" else (),
        "bbox": tuple(result.report["bbox"]),
        "nodata": result.report["raster"]["nodata"],
    }
    index = ReleaseIndex(**fields | changes)
    text = json.dumps(index.model_dump(mode="json"))
    (root / "index" / f"{release_id}.json").write_text(text)
    return index


def patches(seed: int, edge: int = 128, codes: tuple[int, ...] = (1, 2)) -> NDArray[np.uint8]:
    """Return an edge × edge class map of 16 px squares."""
    rng = np.random.default_rng(seed)
    squares = rng.choice(np.array(codes, np.uint8), (edge // 16, edge // 16))
    return np.repeat(np.repeat(squares, 16, axis=0), 16, axis=1)
