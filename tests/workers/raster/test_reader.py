"""A raster is opened as catalogued, below an allowed folder, whole, or not at all."""

import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio

from tests.builders.rasters import raster_asset
from workers.contracts.assets import AssetRef
from workers.errors import InputError
from workers.raster.reader import file_version, open_path, open_raster, path_below
from workers.raster.tiff_structure import tiff_directories


@pytest.fixture
def asset(tmp_path: Path) -> AssetRef:
    rng = np.random.default_rng(3)
    return raster_asset(tmp_path / "B04.tif", rng.integers(1, 9000, (96, 128)).astype(np.uint16))


def opened(asset: AssetRef, *roots: Path) -> Any:
    with open_raster(asset, [str(root) for root in roots]) as source:
        return source.read()


def test_window_gives_stored_values(asset: AssetRef, tmp_path: Path) -> None:
    whole = opened(asset, tmp_path)
    with open_raster(asset, [str(tmp_path)]) as source:
        part = source.read((10, 20, 30, 50))
        assert source.shape == (96, 128)
    assert part.dtype == np.uint16
    assert np.array_equal(part, whole[10:30, 20:50])


@pytest.mark.parametrize("window", [(0, 0, 97, 10), (-1, 0, 5, 5), (5, 5, 5, 9)])
def test_window_outside_is_refused(
    asset: AssetRef, tmp_path: Path, window: tuple[int, int, int, int]
) -> None:
    with (
        open_raster(asset, [str(tmp_path)]) as source,
        pytest.raises(InputError, match="not inside"),
    ):
        source.read(window)


def test_file_that_is_not_a_tiff_is_refused_by_name(asset: AssetRef, tmp_path: Path) -> None:
    Path(asset.path).write_text('<VRTDataset rasterXSize="8" rasterYSize="8"></VRTDataset>')
    with pytest.raises(InputError, match=r"B04\.tif: cannot be opened as GTiff"):
        opened(asset, tmp_path)


@pytest.mark.parametrize(
    "path",
    [
        "/vsicurl/http://127.0.0.1/x.tif",
        "http://127.0.0.1/x.tif",
        "<VRTDataset></VRTDataset>",
        "relative.tif",
        "/vsizip/a.zip/x.tif",
        "/tmp/a\x00b.tif",
    ],
)
def test_only_plain_absolute_paths_are_opened(path: str) -> None:
    with pytest.raises(InputError, match="only plain absolute paths"):
        path_below(path, ["/tmp"])


def test_path_outside_the_roots_is_refused(asset: AssetRef, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with pytest.raises(InputError, match="outside the folders"):
        opened(asset, tmp_path / "other")
    dotted = f"{tmp_path}/other/../B04.tif"
    with pytest.raises(InputError, match="outside the folders"):
        path_below(dotted, [str(tmp_path / "other")])


def test_link_that_leaves_the_root_is_refused(asset: AssetRef, tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "B04.tif").symlink_to(asset.path)
    linked = asset.model_copy(update={"path": str(root / "B04.tif")})
    with pytest.raises(InputError, match="outside the folders"):
        opened(linked, root)


def test_missing_file_is_named(asset: AssetRef, tmp_path: Path) -> None:
    Path(asset.path).unlink()
    with pytest.raises(InputError, match=r"B04\.tif: the file does not exist"):
        opened(asset, tmp_path)


@pytest.mark.parametrize("kept", [4, 100, 0.3, 0.9])
def test_truncated_file_is_refused(asset: AssetRef, tmp_path: Path, kept: float) -> None:
    data = Path(asset.path).read_bytes()
    Path(asset.path).write_bytes(data[: int(kept if kept > 1 else len(data) * kept)])
    with pytest.raises(InputError, match=r"B04\.tif"):
        opened(asset, tmp_path)


def test_damaged_tile_is_found_when_read(asset: AssetRef, tmp_path: Path) -> None:
    start = int(tiff_directories(asset.path)[0].offsets[0])
    data = bytearray(Path(asset.path).read_bytes())
    data[start : start + 64] = bytes(64)
    Path(asset.path).write_bytes(bytes(data))
    with pytest.raises(InputError, match="damaged or cut short"):
        opened(asset, tmp_path)


def sparse(path: Path, nodata: int | None) -> None:
    with rasterio.open(
        path, "w", driver="GTiff", width=512, height=512, count=1, dtype="uint8", nodata=nodata,
        crs="EPSG:3035", transform=rasterio.Affine(10, 0, 0, 0, -10, 0), tiled=True,
        blockxsize=256, blockysize=256, sparse_ok=True,
    ) as dataset:  # fmt: skip
        dataset.write(np.ones((256, 256), np.uint8), 1, window=((0, 256), (0, 256)))


def test_hole_is_never_silent(tmp_path: Path) -> None:
    """A tile never written reads as zeros: only a declared nodata makes that honest."""
    sparse(tmp_path / "hole.tif", None)
    with (
        open_path(str(tmp_path / "hole.tif"), roots=[str(tmp_path)]) as source,
        pytest.raises(InputError, match="3 tiles were never written"),
    ):
        source.read()
    sparse(tmp_path / "declared.tif", 0)
    with open_path(str(tmp_path / "declared.tif"), roots=[str(tmp_path)]) as source:
        assert source.read()[300, 300] == 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"shape": (96, 127)}, "catalogued as"),
        ({"dtype": "int16"}, "catalogued as int16"),
        ({"transform": (10.0, 0.0, 4_321_010.0, 0.0, -10.0, 3_210_000.0)}, "lies at"),
        ({"crs": "EPSG:32633"}, "coordinate system"),
        ({"band": 2}, "band 2 was asked for"),
        ({"driver": "VRT"}, "driver 'VRT'"),
        ({"driver": "JP2OpenJPEG"}, "cannot be opened as JP2OpenJPEG"),
    ],
)
def test_file_that_differs_from_the_catalogue_is_refused(
    asset: AssetRef, tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        opened(asset.model_copy(update=change), tmp_path)


@pytest.mark.parametrize(
    ("profile", "message"),
    [
        ({"crs": None}, "no coordinate reference system"),
        ({"transform": rasterio.Affine(10, 0, 0, 0, 10, 0)}, "not north-up"),
        ({"transform": rasterio.Affine(10, 2, 0, 2, -10, 0)}, "not north-up"),
        ({"dtype": "complex64"}, "data type complex64"),
    ],
)
def test_unsuitable_rasters_are_refused(
    tmp_path: Path, profile: dict[str, Any], message: str
) -> None:
    base = {
        "driver": "GTiff", "width": 8, "height": 8, "count": 1, "dtype": "uint8",
        "crs": "EPSG:3035", "transform": rasterio.Affine(10, 0, 0, 0, -10, 0),
    }  # fmt: skip
    with rasterio.open(tmp_path / "x.tif", "w", **base | profile) as dataset:
        dataset.write(np.ones((8, 8), dataset.dtypes[0]), 1)
    with (
        pytest.raises(InputError, match=message),
        open_path(str(tmp_path / "x.tif"), roots=[str(tmp_path)]),
    ):
        pass


def test_endless_chain_of_directories_is_refused_before_gdal_sees_it(tmp_path: Path) -> None:
    loop = struct.pack("<2sHI", b"II", 42, 8) + struct.pack("<H", 0) + struct.pack("<I", 8)
    (tmp_path / "loop.tif").write_bytes(loop)
    with (
        pytest.raises(InputError, match="more than 64 image directories"),
        open_path(str(tmp_path / "loop.tif"), roots=[str(tmp_path)]),
    ):
        pass


def test_file_changed_after_its_import_is_refused(asset: AssetRef, tmp_path: Path) -> None:
    known = asset.model_copy(update={"version": file_version(asset.path)})
    before = opened(known, tmp_path)
    raster_asset(Path(asset.path), np.flipud(before).copy())
    with pytest.raises(InputError, match=r"B04\.tif: the file was changed after its import"):
        opened(known, tmp_path)
    assert opened(asset.model_copy(update={"version": file_version(asset.path)}), tmp_path).any()
