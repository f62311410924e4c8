"""The worked examples of the literature, to the printed digit."""

import numpy as np
import pytest

from workers.accuracy.design import StratifiedSample, stratified, stratified_ratio
from workers.accuracy.matrix import kappa
from workers.errors import ParameterError


def printed(value: float, digits: int) -> float:
    return round(value, digits)


def test_grassland_example_gives_the_known_accuracies() -> None:
    matrix = np.array([[480, 20], [30, 270]])

    found = stratified(matrix, [800_000, 200_000], [0, 1], total_area=10_000)

    assert np.allclose(found.proportions, [[0.768, 0.032], [0.020, 0.180]])
    assert printed(found.overall.value, 3) == 0.948
    assert printed(found.overall.half_width, 3) == 0.015
    none, grass = found.per_class
    assert none.users is not None
    assert none.producers is not None
    assert grass.users is not None
    assert grass.producers is not None
    assert (printed(none.users.value, 3), printed(none.users.half_width, 3)) == (0.960, 0.017)
    assert (printed(grass.users.value, 3), printed(grass.users.half_width, 3)) == (0.900, 0.034)
    assert (printed(none.producers.value, 4), printed(none.producers.half_width, 4)) == (
        0.9746,
        0.0084,
    )
    assert (printed(grass.producers.value, 4), printed(grass.producers.half_width, 4)) == (
        0.8491,
        0.0553,
    )
    assert grass.f1 is not None
    assert printed(grass.f1, 4) == 0.8738
    assert (printed(grass.area.value, 0), printed(grass.area.half_width, 0)) == (2120, 153)


def test_olofsson_published_matrix_is_reproduced() -> None:
    matrix = np.array([[66, 0, 5, 4], [0, 55, 8, 12], [1, 0, 153, 11], [2, 1, 9, 313]])
    pixels = [200_000, 150_000, 3_200_000, 6_450_000]

    found = stratified(matrix, pixels, [1, 2, 3, 4], total_area=sum(pixels) * 0.09)

    assert (printed(found.overall.value, 4), printed(found.overall.half_width, 4)) == (
        0.9465,
        0.0185,
    )
    users = [c.users for c in found.per_class if c.users]
    producers = [c.producers for c in found.per_class if c.producers]
    assert [printed(u.value, 3) for u in users] == [0.880, 0.733, 0.927, 0.963]
    assert [printed(u.half_width, 3) for u in users] == [0.074, 0.101, 0.040, 0.021]
    assert [printed(p.value, 3) for p in producers] == [0.749, 0.847, 0.935, 0.962]
    assert [printed(p.half_width, 3) for p in producers] == [0.213, 0.254, 0.034, 0.018]
    areas = [c.area for c in found.per_class]
    assert [printed(a.value, 0) for a in areas] == [21_158, 11_686, 285_770, 581_386]
    assert [printed(a.half_width, 0) for a in areas] == [6_158, 3_756, 15_510, 16_281]
    assert printed(kappa(found.proportions), 3) == 0.889


def letters(text: str) -> np.ndarray:
    runs = [part.strip().split("×") for part in text.split(",")]
    return np.array([ord(run[0]) for run in runs for _ in range(int(run[-1]) if run[1:] else 1)])


def test_stehman_published_sample_is_reproduced() -> None:
    a, b, c = ord("A"), ord("B"), ord("C")
    codes = [ord(letter) for letter in "ABCD"]
    sample = StratifiedSample(
        strata=np.repeat(codes, 10),
        mapped=letters("A×7, B×3, A, B×11, C×6, B×2, D×10"),
        reference=letters("A×5, C, B, A, B, C, A, B×5, A×2, B×2, C×5, D×2, B×2, A, D×7, C×2, B"),
        sizes=dict(zip(codes, (40_000, 30_000, 20_000, 10_000), strict=True)),
    )

    found = stratified_ratio(sample, codes)
    by_code = {item.code: item for item in found.per_class}

    assert printed(by_code[a].area.value, 2) == 0.35
    assert printed(by_code[a].area.se, 3) == 0.082
    assert printed(by_code[c].area.value, 2) == 0.20
    assert printed(by_code[c].area.se, 3) == 0.064
    assert (printed(found.overall.value, 2), printed(found.overall.se, 3)) == (0.63, 0.085)
    users, producers = by_code[b].users, by_code[b].producers
    assert users is not None
    assert producers is not None
    assert (printed(users.value, 3), printed(users.se, 3)) == (0.574, 0.125)
    assert (printed(producers.value, 3), printed(producers.se, 3)) == (0.794, 0.117)
    assert printed(float(found.proportions[1, 2]), 2) == 0.08


def test_both_estimators_agree_where_strata_are_the_map_classes() -> None:
    matrix = np.array([[80, 20], [10, 40]])
    sample = StratifiedSample(
        strata=np.repeat([0, 1], [100, 50]),
        mapped=np.repeat([0, 1], [100, 50]),
        reference=np.repeat([0, 1, 0, 1], [80, 20, 10, 40]),
        sizes={0: 1e9, 1: 5e8},
    )

    one = stratified(matrix, [1e9, 5e8], [0, 1])
    other = stratified_ratio(sample, [0, 1])

    assert one.overall.value == pytest.approx(other.overall.value)
    assert one.overall.se == pytest.approx(other.overall.se, rel=1e-6)
    for left, right in zip(one.per_class, other.per_class, strict=True):
        assert left.producers is not None
        assert right.producers is not None
        assert left.producers.se == pytest.approx(right.producers.se, rel=1e-6)


def test_interval_covers_the_truth_about_19_times_in_20() -> None:
    rng = np.random.default_rng(5)
    truth = np.array([[0.72, 0.08], [0.03, 0.17]])
    weights = truth.sum(axis=1).tolist()
    covered = 0
    for _ in range(1_000):
        matrix = np.stack(
            [rng.multinomial(n, row / row.sum()) for n, row in zip((300, 150), truth, strict=True)]
        )
        area = stratified(matrix, weights, [0, 1]).per_class[1].area
        covered += area.low <= 0.25 <= area.high
    assert 930 <= covered <= 970


def test_stratum_with_one_sample_is_refused_by_name() -> None:
    with pytest.raises(ParameterError, match=r"\[7\] have fewer than two"):
        stratified(np.array([[5, 1], [0, 1]]), [10, 10], [3, 7])
