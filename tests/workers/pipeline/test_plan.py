"""The memory model: the worked figures, the choice of a block, the refusal."""

import pytest

from workers.errors import ParameterError
from workers.pipeline.plan import BASE, CACHE, MIB, Load, block_plan, plan_bytes, rows_at_once

USUAL = Load(dates=36, bands=10, features=60, classes=6, grids=4, indices=4)


def with_dates(dates, **fields):
    return Load(**(vars(USUAL) | {"dates": dates} | fields))


@pytest.mark.parametrize(("dates", "ahead", "mib"), [(36, 0, 248), (60, 0, 374), (144, 0, 815)])
def test_the_part_by_pixel_is_that_of_the_worked_table(dates, ahead, mib):
    load = with_dates(dates, ahead=ahead)
    fixed = plan_bytes(load, 0) - 1.1 * (512 * dates * 14)
    lanes = 1.1 * 512 * dates * 14
    windows = 1.1 * 2 * 2 * (1.5 * 512) ** 2
    by_pixel = (plan_bytes(load, 512) - fixed - lanes - windows) / 1.1
    assert by_pixel / MIB == pytest.approx(mib, abs=1)


def test_the_usual_block_is_512_pixels():
    plan = block_plan(USUAL)
    assert (plan.block_px, plan.resource_class) == (512, "cpu")
    assert plan.bytes > BASE + CACHE


def test_a_long_series_takes_smaller_blocks():
    assert block_plan(with_dates(300)).block_px == 256


def test_what_fits_nowhere_is_refused_with_the_remedy():
    with pytest.raises(ParameterError, match=r"20000 dates × 10 bands.*shorten the period"):
        block_plan(with_dates(20_000))


def test_rows_are_fewer_when_the_series_is_long():
    assert rows_at_once(USUAL, 512) == 512
    rows = rows_at_once(with_dates(600), 512)
    assert 16 <= rows < 512
    assert plan_bytes(with_dates(600), 512, rows) <= 2048 * MIB
