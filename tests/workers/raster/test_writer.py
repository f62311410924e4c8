"""Blocks and COGs: what is on the disk is what was in memory, and the bytes repeat."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio

from tests.builders.rasters import GRID, patches
from workers import storage
from workers.errors import StorageError
from workers.raster import cog, writer
from workers.raster.cog import TILE, WORLD, RasterShape, write_cog, write_display
from workers.raster.tiff_structure import tiff_directories
from workers.raster.writer import write_block

TRANSFORM = GRID.transform()


@pytest.mark.parametrize(
    ("dtype", "nodata", "edge"),
    [("uint8", 255, 64), ("int16", -32768, 200), ("uint16", 65535, 512), ("uint8", 255, 1024)],
)
@pytest.mark.parametrize("compress", ["deflate", "zstd"])
def test_block_is_read_back_as_written(
    tmp_path: Path, dtype: str, nodata: int, edge: int, compress: Any
) -> None:
    array = np.random.default_rng(1).integers(0, 200, (edge, edge)).astype(dtype)
    array[0, 0] = nodata
    written = write_block(
        tmp_path / "b.tif", array, transform=TRANSFORM, crs="EPSG:3035", nodata=nodata,
        compress=compress,
    )  # fmt: skip
    with rasterio.open(tmp_path / "b.tif") as dataset:
        assert np.array_equal(dataset.read(1), array)
        assert dataset.nodata == nodata
        assert dataset.crs.to_epsg() == 3035
        assert tuple(dataset.transform)[:6] == TRANSFORM
    assert written.size == (tmp_path / "b.tif").stat().st_size
    assert written.as_output("class").suffix == ".tif"


def test_equal_pixels_give_equal_bytes(tmp_path: Path) -> None:
    array = patches(5)
    first, second = (
        write_block(tmp_path / name, array, transform=TRANSFORM, crs="EPSG:3035", nodata=255)
        for name in ("a.tif", "b.tif")
    )
    assert first.sha256 == second.sha256


def test_float_blocks_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="float32"):
        write_block(
            tmp_path / "f.tif", np.zeros((64, 64), np.float32), transform=TRANSFORM,
            crs="EPSG:3035", nodata=0,
        )  # fmt: skip


def test_refused_fsync_removes_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(storage.os, "fsync", refuse)
    with pytest.raises(StorageError, match="fsync failed"):
        write_block(
            tmp_path / "b.tif", patches(1), transform=TRANSFORM, crs="EPSG:3035", nodata=255
        )
    assert not (tmp_path / "b.tif").exists()


def test_disk_that_changes_bytes_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rot(path: Any) -> None:
        with rasterio.open(path, "r+") as dataset:
            dataset.write(np.full((1, 1), 7, np.uint8), 1, window=((3, 4), (3, 4)))

    monkeypatch.setattr(writer, "sync_file", rot)
    with pytest.raises(StorageError, match="differs from memory"):
        write_block(
            tmp_path / "b.tif", patches(1), transform=TRANSFORM, crs="EPSG:3035", nodata=255
        )


SHAPE = RasterShape(
    width=700, height=600, dtype="uint8", transform=TRANSFORM, crs="EPSG:3035", nodata=255
)


def some_pieces() -> Iterator[writer.Piece]:
    yield 0, 0, patches(1, 256)
    yield 256, 384, patches(2, 256)


def test_cog_holds_the_pieces_and_nodata_between_them(tmp_path: Path) -> None:
    write_cog(tmp_path / "c.tif", some_pieces(), SHAPE, overviews="mode")
    with rasterio.open(tmp_path / "c.tif") as dataset:
        values = dataset.read(1)
        assert dataset.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert dataset.overviews(1) == [2]
        coarse = dataset.read(1, out_shape=(300, 350))
    expected = np.full((600, 700), 255, np.uint8)
    for row, column, array in some_pieces():
        expected[row : row + 256, column : column + 256] = array
    assert np.array_equal(values, expected)
    assert np.array_equal(coarse[:128, :128], expected[:256:2, :256:2])
    assert not any(directory.missing for directory in tiff_directories(tmp_path / "c.tif"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["c.tif"]


def test_cog_bytes_repeat(tmp_path: Path) -> None:
    first = write_cog(tmp_path / "a.tif", some_pieces(), SHAPE, overviews="mode")
    second = write_cog(tmp_path / "b.tif", some_pieces(), SHAPE, overviews="mode")
    assert first.sha256 == second.sha256
    one = write_display(tmp_path / "d.tif", tmp_path / "a.tif", overviews="mode")
    two = write_display(tmp_path / "e.tif", tmp_path / "b.tif", overviews="mode")
    assert one.sha256 == two.sha256


def test_failed_cog_leaves_no_working_file(tmp_path: Path) -> None:
    def broken() -> Iterator[writer.Piece]:
        yield 0, 0, patches(1, 256)
        raise StorageError("the disk is gone")

    with pytest.raises(StorageError, match="gone"):
        write_cog(tmp_path / "c.tif", broken(), SHAPE, overviews="mode")
    assert list(tmp_path.iterdir()) == []


def test_cog_with_other_values_than_handed_in_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:

    monkeypatch.setattr(cog, "_counted", lambda pieces, counter: pieces)
    with pytest.raises(StorageError, match="differs from memory"):
        write_cog(tmp_path / "c.tif", some_pieces(), SHAPE, overviews="mode")


def test_display_twin_lies_on_the_tile_lattice(tmp_path: Path) -> None:
    write_cog(tmp_path / "a.tif", some_pieces(), SHAPE, overviews="mode")
    write_display(tmp_path / "d.tif", tmp_path / "a.tif", overviews="mode")
    with rasterio.open(tmp_path / "d.tif") as dataset:
        a, _, left, _, e, top = tuple(dataset.transform)[:6]
        values = dataset.read(1)
        assert dataset.crs.to_epsg() == 3857
        assert dataset.block_shapes == [(TILE, TILE)]
    zoom = math.log2(2 * WORLD / TILE / a)
    assert zoom == pytest.approx(round(zoom), abs=1e-9)
    for offset in ((left + WORLD) / (a * TILE), (WORLD - top) / (a * TILE)):
        assert offset == pytest.approx(round(offset), abs=1e-6)
    assert a == pytest.approx(-e)
    assert set(np.unique(values)) == {1, 2, 255}
