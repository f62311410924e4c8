from dataclasses import replace

import numpy as np
import pytest

from workers.accuracy.folds import (
    FoldOptions,
    SamplePlaces,
    block_numbers,
    block_size_default,
    buffer_default,
    folds_plan,
)
from workers.errors import ParameterError


def scatter(
    n: int = 600, *, extent: float = 100_000.0, classes: int = 3, seed: int = 0
) -> SamplePlaces:
    rng = np.random.default_rng(seed)
    return SamplePlaces(
        x=rng.uniform(4e6, 4e6 + extent, n),
        y=rng.uniform(2e6, 2e6 + extent, n),
        labels=rng.integers(0, classes, n),
        polygons=np.arange(n),
        groups=np.arange(n),
    )


@pytest.mark.parametrize(
    ("extent", "edge"),
    [(400_000, 50_000), (90_000, 20_000), (1_000, 200), (50, 100)],
)
def test_default_block_is_the_largest_with_four_k_occupied(extent: float, edge: float) -> None:
    places = scatter(5_000, extent=extent)
    assert block_size_default(places, 5) == edge


@pytest.mark.parametrize(
    ("edge", "buffer_m"), [(50_000, 1_000), (5_000, 500), (1_000, 100), (500, 0)]
)
def test_default_buffer_follows_the_block(edge: float, buffer_m: float) -> None:
    assert buffer_default(edge) == buffer_m


def test_blocks_are_never_split_and_every_sample_is_tested_once() -> None:
    plan = folds_plan(scatter(), FoldOptions(), classes=[1, 2, 3], seed=0)

    assert sorted(np.unique(plan.folds)) == list(range(5))
    for block in np.unique(plan.blocks):
        assert np.unique(plan.folds[plan.blocks == block]).size == 1
    tested = np.sum([plan.split(fold)[1] for fold in range(plan.k)], axis=0)
    assert (tested == 1).all()


def test_polygon_across_a_block_edge_stays_in_one_fold() -> None:
    places = scatter()
    x, polygons, groups = places.x.copy(), places.polygons.copy(), places.groups.copy()
    x[:10] = 4_050_000 + np.linspace(-40, 40, 10)
    places.y[:10] = 2_050_000
    polygons[:10] = groups[:10] = 0
    places = replace(places, x=x, polygons=polygons, groups=groups)

    plan = folds_plan(places, FoldOptions(block_size_m=10_000), classes=[1, 2, 3], seed=0)

    assert np.unique(plan.folds[:10]).size == 1
    assert np.unique(plan.blocks[:10]).size == 1


def test_training_keeps_the_buffer_away_from_test_blocks() -> None:
    places = scatter(3_000)
    plan = folds_plan(
        places, FoldOptions(block_size_m=10_000, buffer_m=2_000), classes=[1, 2, 3], seed=0
    )

    for fold in range(plan.k):
        train, test = plan.split(fold)
        near = np.abs(places.x[train][:, None] - places.x[test]) ** 2
        near += np.abs(places.y[train][:, None] - places.y[test]) ** 2
        assert np.sqrt(near.min()) >= 2_000
        assert 0 < train.sum() < (~test).sum()
        corners = np.unique(np.stack([places.x[test] // 1e4, places.y[test] // 1e4]), axis=1).T
        for column, row in corners:
            dx = np.maximum(
                np.maximum(column * 1e4 - places.x[train], 0), places.x[train] - (column + 1) * 1e4
            )
            dy = np.maximum(
                np.maximum(row * 1e4 - places.y[train], 0), places.y[train] - (row + 1) * 1e4
            )
            assert np.hypot(dx, dy).min() >= 2_000


def test_random_folds_with_a_buffer_keep_their_distance_too() -> None:
    places = scatter(400)
    plan = folds_plan(
        places, FoldOptions(method="random", buffer_m=3_000), classes=[1, 2, 3], seed=0
    )
    train, test = plan.split(0)
    distance = np.hypot(
        places.x[train][:, None] - places.x[test], places.y[train][:, None] - places.y[test]
    )
    assert distance.min() >= 3_000


def test_folds_hold_about_equal_shares_of_every_class() -> None:
    places = scatter(2_000, extent=400_000)
    plan = folds_plan(places, FoldOptions(), classes=[1, 2, 3], seed=3)

    counts = np.array(
        [np.bincount(places.labels[plan.folds == fold], minlength=3) for fold in range(5)]
    )

    assert (counts.max(axis=0) <= 1.5 * counts.min(axis=0)).all()


def test_same_seed_same_folds_and_another_seed_other_folds() -> None:
    places = scatter()
    first, again, other = (
        folds_plan(places, FoldOptions(), classes=[1, 2, 3], seed=seed).folds for seed in (1, 1, 2)
    )
    assert (first == again).all()
    assert (first != other).any()


def test_order_of_classes_in_one_block_only_is_warned_and_not_assessed() -> None:
    places = scatter()
    labels = places.labels.copy()
    labels[:] = np.arange(labels.size) % 2
    labels[5] = 2
    plan = folds_plan(replace(places, labels=labels), FoldOptions(), classes=[4, 6, 9], seed=0)

    assert plan.assessed.tolist() == [True, True, False]
    assert any("Class 9 has 1 sample(s)" in text for text in plan.warnings)


def test_fewer_than_two_assessable_classes_is_an_error_with_a_remedy() -> None:
    places = replace(scatter(), labels=np.zeros(600, dtype=np.int64))
    with pytest.raises(ParameterError, match=r"Fewer than two classes.*Add samples"):
        folds_plan(places, FoldOptions(), classes=[4], seed=0)


def test_fewer_blocks_than_folds_lowers_k_with_a_warning() -> None:
    places = scatter(60, extent=9_000)
    plan = folds_plan(places, FoldOptions(block_size_m=5_000), classes=[1, 2, 3], seed=0)

    assert plan.k == plan.used["k"] == plan.used["blocks"] < 5
    assert any("lowered from 5" in text for text in plan.warnings)


def test_values_used_are_told() -> None:
    plan = folds_plan(scatter(5_000, extent=400_000), FoldOptions(k=4), classes=[1, 2, 3], seed=7)
    assert plan.used["method"] == "spatial_block"
    assert plan.used["block_size_m"] == 50_000
    assert plan.used["buffer_m"] == 1_000
    assert plan.used["k"] == 4


def test_region_folds_need_regions() -> None:
    with pytest.raises(ParameterError, match="name no region"):
        folds_plan(scatter(), FoldOptions(method="region"), classes=[1, 2, 3], seed=0)


def test_group_folds_keep_groups_and_region_folds_keep_regions() -> None:
    base = scatter()
    regions = base.groups // 7 % 6
    places = replace(base, groups=base.groups // 7, regions=regions)
    for method, values in (("group", places.groups), ("region", regions)):
        plan = folds_plan(places, FoldOptions(method=method), classes=[1, 2, 3], seed=0)  # type: ignore[arg-type]
        for value in np.unique(values):
            assert np.unique(plan.folds[values == value]).size == 1


def test_class_of_two_blocks_is_never_tested_without_having_been_trained() -> None:
    for seed in range(20):
        places = scatter(200, seed=seed)
        blocks = block_numbers(places, 20_000)
        labels = np.arange(200) % 2
        labels[np.flatnonzero(blocks == 0)[0]] = 2
        labels[np.flatnonzero(blocks == blocks.max())[0]] = 2
        plan = folds_plan(
            replace(places, labels=labels),
            FoldOptions(block_size_m=20_000),
            classes=[1, 2, 3],
            seed=seed,
        )
        assert np.unique(plan.folds[labels == 2]).size == 2


def test_impossible_values_are_named() -> None:
    for options, name in (
        (FoldOptions(k=1), "folds.k"),
        (FoldOptions(block_size_m=0.0), "folds.block_size_m"),
        (FoldOptions(buffer_m=-1.0), "folds.buffer_m"),
    ):
        with pytest.raises(ParameterError, match=name):
            folds_plan(scatter(), options, classes=[1, 2, 3], seed=0)
