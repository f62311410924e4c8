"""Points, blocks and strips give the same bits: on synthetic scenes and on the real ones."""

from pathlib import Path

import numpy as np
import pytest

from apps.orchestration.domain.sources import imagery_of
from tests.builders.scene_refs import ORIGIN, SceneWriter, grid_over, roots_of, scenes_of_folder
from workers.contracts.features import STATISTICS, FeatureSetSpec, FeatureSpec
from workers.contracts.grid import BlockRef, Grid
from workers.contracts.parameters import MaskSpec
from workers.contracts.windows import season_parse
from workers.pipeline.cube import cube_build, registry_indices
from workers.pipeline.evaluate import MISSING, evaluate, plan_build
from workers.pipeline.geometry import target_of_pixels, target_of_rows
from workers.pipeline.inputs import stack_load

LAEA = Grid(crs="EPSG:3035", resolution=(10, 10), origin=(4_700_000, 2_600_000), block_size=128)


def features(sources, statistics=("p050", "p090", "std", "count_valid"), window=None):
    return FeatureSetSpec(
        features=tuple(
            FeatureSpec(name=f"{source}_{name}", source=source, statistic=name, window=window)
            for source in sources
            for name in statistics
        )
    )


def computed(spec, scenes, target, season=None, n_min=None):
    cube = cube_build(spec, scenes)
    stack = stack_load(cube, target, roots=roots_of(scenes), options=MaskSpec())
    assert not stack.dropped
    plan = plan_build(cube, dropped=frozenset(), season=season_parse(season), n_min=n_min)
    return evaluate(stack, plan)


def by_blocks(spec, scenes, grid, blocks, season=None):
    """Features of whole blocks as a dict of global (column, row) → values."""
    return {
        block: computed(
            spec, scenes,
            target_of_rows(grid, BlockRef(ix=block[0], iy=block[1]), 0, grid.block_size), season,
        )
        for block in blocks
    }  # fmt: skip


def assert_points_equal_blocks(spec, scenes, grid, blocks, count=2000, season=None):
    rng = np.random.default_rng(11)
    whole = by_blocks(spec, scenes, grid, blocks, season)
    edge = grid.block_size
    chosen = rng.integers(0, len(blocks), count)
    columns = rng.integers(0, edge, count) + np.array([blocks[k][0] for k in chosen]) * edge
    rows = rng.integers(0, edge, count) + np.array([blocks[k][1] for k in chosen]) * edge
    target, order = target_of_pixels(grid, columns, rows)
    points = computed(spec, scenes, target, season)
    known = 0
    for i, j in enumerate(order):
        block = whole[blocks[chosen[j]]]
        pixel = (rows[j] % edge) * edge + columns[j] % edge
        assert np.array_equal(points.features[:, i], block.features[:, pixel])
        assert points.data_score[i] == block.data_score[pixel]
        known += bool(points.valid[i])
    return known


@pytest.fixture(scope="module")
def synthetic(tmp_path_factory):
    return SceneWriter(tmp_path_factory.mktemp("scenes")).series(14)


def test_points_equal_blocks_on_the_scenes_own_grid(synthetic, tmp_path):
    grid = SceneWriter(tmp_path).grid(block_size=64)
    blocks = [(0, 0), (1, 0), (0, 1), (1, 1), (-1, 0)]
    spec = features(["B04", "B11", "ndvi", "ndmi", "(B08 - B11) / 2"], STATISTICS)
    assert assert_points_equal_blocks(spec, synthetic, grid, blocks) > 1200


def test_points_equal_blocks_on_another_coordinate_system(synthetic):
    x, y = _laea(500_000, 5_000_000)
    grid = LAEA.model_copy(update={"origin": (x // 10 * 10 - 3.3, y // 10 * 10 + 4.4)})
    blocks = [(0, 0), (0, 1), (1, 0), (-1, 0)]
    spec = features(["B04", "B11", "ndvi"], ("p050", "mean", "maxmean"))
    assert assert_points_equal_blocks(spec, synthetic, grid, blocks) > 300


def _laea(x, y):
    from pyproj import Transformer

    return Transformer.from_crs(32633, 3035, always_xy=True).transform(x, y)


def test_strips_and_small_blocks_equal_the_whole(synthetic):
    x, y = _laea(500_000, 5_000_000)
    whole_grid = LAEA.model_copy(update={"origin": (x, y), "block_size": 128})
    small_grid = whole_grid.model_copy(update={"block_size": 64})
    spec = features(["B04", "B11", "ndvi"])
    whole = computed(spec, synthetic, target_of_rows(whole_grid, BlockRef(ix=0, iy=0), 0, 128))
    picture = whole.features.reshape(-1, 128, 128)
    strips = [
        computed(spec, synthetic, target_of_rows(whole_grid, BlockRef(ix=0, iy=0), a, b)).features
        for a, b in ((0, 37), (37, 90), (90, 128))
    ]
    assert np.array_equal(np.concatenate(strips, axis=1), whole.features)
    for (ix, iy), part in by_blocks(
        spec, synthetic, small_grid, [(0, 0), (1, 0), (0, 1), (1, 1)]
    ).items():
        expected = picture[:, iy * 64 : iy * 64 + 64, ix * 64 : ix * 64 + 64]
        assert np.array_equal(part.features.reshape(-1, 64, 64), expected)
    assert (whole.features != MISSING).mean() > 0.3


def two_images(folder):
    """Two dates over the west, seven others over the east: most pixels have only their own."""
    west = SceneWriter(folder / "west").series(2)
    east = SceneWriter(folder / "east", seed=1, origin=(ORIGIN[0] + 1280, ORIGIN[1]))
    return west, [
        scene.model_copy(update={"id": f"e{scene.id}", "item_id": f"e{scene.item_id}"})
        for scene in east.series(7, start="2018-04-01")
    ]


def test_points_equal_blocks_where_a_selection_has_few_dates(tmp_path):
    west, east = two_images(tmp_path)
    spec = features(["B04", "ndvi"], STATISTICS)
    grid = SceneWriter(tmp_path).grid(128)
    n_min = imagery_of([*west, *east], ["B04", "ndvi"], registry_indices()).n_min(spec, None)
    columns, rows = np.arange(4, 256, 9), np.arange(4, 256, 9) % 128
    target, order = target_of_pixels(grid, columns, rows)
    points = computed(spec, [*west, *east], target)
    for ix, scenes in ((0, west), (1, east)):
        whole = target_of_rows(grid, BlockRef(ix=ix, iy=0), 0, 128)
        block = computed(spec, scenes, whole, n_min=n_min)
        here = np.flatnonzero(columns[order] // 128 == ix)
        pixels = rows[order][here] * 128 + columns[order][here] % 128
        assert np.array_equal(points.features[:, here], block.features[:, pixels])
        assert points.valid[here].any()
    medians = [f.statistic == "p050" for f in spec.features]
    assert (points.features[medians][:, columns[order] < 128] == MISSING).all()


def test_the_order_of_scenes_changes_nothing(synthetic, tmp_path):
    grid = SceneWriter(tmp_path).grid(64)
    target = target_of_rows(grid, BlockRef(ix=0, iy=0), 0, 64)
    spec = features(["ndvi"], STATISTICS)
    assert np.array_equal(
        computed(spec, synthetic, target).features, computed(spec, synthetic[::-1], target).features
    )


def test_values_on_the_scenes_own_grid_are_the_stored_ones(synthetic, tmp_path):
    import rasterio

    grid = SceneWriter(tmp_path).grid(128)
    one = synthetic[:1]
    spec = features(["B04", "B11"], ("min",))
    result = computed(spec, one, target_of_rows(grid, BlockRef(ix=0, iy=0), 0, 128))
    with rasterio.open(one[0].assets["B04"].path) as dataset:
        stored = dataset.read(1).astype(np.int64)
    with rasterio.open(one[0].assets["B11"].path) as dataset:
        coarse = np.kron(dataset.read(1), np.ones((2, 2))).astype(np.int64)
    for plane, values in zip(result.features.reshape(2, 128, 128), (stored, coarse), strict=True):
        seen = plane != MISSING
        assert seen.sum() > 4000
        assert np.array_equal(plane[seen], values[seen])
        assert not seen[values == 0].any()


@pytest.mark.data
def test_points_equal_blocks_on_romanian_scenes_of_two_resolutions(data_root: Path):
    scenes = scenes_of_folder(
        data_root / "romania-s2-hrl", "sentinel2_l2a",
        lambda item: item["properties"]["datetime"].startswith(("2017-1", "2018")),
    )  # fmt: skip
    assert len(scenes) > 34
    grid = grid_over(scenes[0].assets["B02"], 64)
    spec = features(["B02", "B8A", "ndvi", "ndmi", "B11 - B04"], STATISTICS, "11-01/08-31")
    blocks = [(0, 0), (1, 0), (0, 1), (1, 1)]
    season = "2018-01-01/2018-12-31"
    assert assert_points_equal_blocks(spec, scenes, grid, blocks, season=season) > 1000


@pytest.mark.data
def test_points_equal_blocks_on_slovenian_scenes(data_root: Path):
    scenes = scenes_of_folder(data_root / "slovenia-s2-ndvi", "generic")
    grid = grid_over(scenes[0].assets["ndvi"], 64)
    spec = features(["ndvi"], STATISTICS, "03-15/06-15")
    blocks = [(0, 0), (1, 0), (0, 1), (1, 1)]
    assert assert_points_equal_blocks(spec, scenes, grid, blocks) > 1000


@pytest.mark.data
def test_points_equal_blocks_on_lombardian_scenes_in_another_projection(data_root: Path):
    scenes = scenes_of_folder(data_root / "lombardia-modis-clc", "generic")
    grid = Grid(crs="EPSG:32632", resolution=(250, 250), origin=(480_000, 5_100_000),
                block_size=128)  # fmt: skip
    spec = features(["ndvi", "clip(ndvi, 0, 0.8)"], STATISTICS)
    assert assert_points_equal_blocks(spec, scenes, grid, [(0, 0), (1, 1), (-1, 2)]) > 1500


@pytest.mark.data
def test_points_equal_blocks_with_radar_and_optical_scenes_together(data_root: Path):
    folder = data_root / "belgium-s1-s2-monthly"
    scenes = scenes_of_folder(folder, "generic", lambda i: i["id"].startswith("S2"))
    scenes += scenes_of_folder(folder, "sentinel1", lambda i: i["id"].startswith("S1"))
    grid = grid_over(scenes[0].assets["B04"], 64)
    spec = features(["ndvi", "VH", "cross_ratio"], STATISTICS)
    cube = cube_build(spec, scenes)
    assert cube.sources[1].scale == 100
    assert assert_points_equal_blocks(spec, scenes, grid, [(0, 0), (1, 1)]) > 1000
