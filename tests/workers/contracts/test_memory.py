"""The memory model: the worked figures, the choice of rows and class, the refusal."""

import pytest

from workers.contracts.memory import (
    BASE,
    CACHE,
    CLASS_BYTES,
    MIB,
    Load,
    block_plan,
    plan_bytes,
    rows_at_once,
)
from workers.errors import ParameterError

USUAL = Load(dates=36, bands=10, features=60, classes=6, grids=4, indices=4)


def with_dates(dates, **fields):
    return Load(**(vars(USUAL) | {"dates": dates} | fields))


@pytest.mark.parametrize(
    ("dates", "ahead", "mib"), [(36, 0, 248), (60, 0, 374), (144, 0, 815), (144, 1, 1571)]
)
def test_the_part_by_pixel_is_that_of_the_worked_table(dates, ahead, mib):
    load = with_dates(dates, ahead=ahead)
    fixed = plan_bytes(load, 0) - 1.1 * (512 * dates * 14)
    lanes = 1.1 * 512 * dates * 14
    windows = 1.1 * 2 * 2 * (1.5 * 512) ** 2
    by_pixel = (plan_bytes(load, 512) - fixed - lanes - windows) / 1.1
    assert by_pixel / MIB == pytest.approx(mib, abs=1)


def test_the_usual_block_is_held_whole():
    plan = block_plan(USUAL, 512)
    assert (plan.rows, plan.resource_class) == (512, "cpu")
    assert BASE + CACHE < plan.bytes == plan_bytes(USUAL, 512)


def test_a_long_series_is_held_in_strips():
    plan = block_plan(with_dates(600), 512)
    assert (plan.rows, plan.resource_class) == (128, "cpu")
    assert plan.bytes <= CLASS_BYTES["cpu"]


def test_where_strips_would_be_too_thin_the_larger_class_is_taken():
    plan = block_plan(with_dates(1400), 512)
    assert (plan.rows, plan.resource_class) == (256, "mem")


@pytest.mark.parametrize("edge", [64, 100, 512, 2048])
@pytest.mark.parametrize("dates", [1, 36, 144, 600, 1400])
def test_a_plan_never_exceeds_its_class(edge, dates):
    try:
        plan = block_plan(with_dates(dates), edge)
    except ParameterError:
        assert plan_bytes(with_dates(dates), edge, edge // 4) > CLASS_BYTES["mem"]
        return
    assert plan.bytes == plan_bytes(with_dates(dates), edge, plan.rows)
    assert plan.bytes <= CLASS_BYTES[plan.resource_class]
    assert plan.rows >= edge / 4


def test_what_fits_nowhere_is_refused_with_the_remedy():
    with pytest.raises(ParameterError, match=r"20000 dates × 10 bands.*shorten the period"):
        block_plan(with_dates(20_000), 512)


def test_a_smaller_limit_gives_fewer_rows():
    assert rows_at_once(USUAL, 512, limit=CLASS_BYTES["cpu"]) == 512
    rows = rows_at_once(USUAL, 512, limit=560 * MIB)
    assert 16 <= rows < 512
    assert plan_bytes(USUAL, 512, rows) <= 560 * MIB
