"""Which dates a feature window takes."""

from datetime import date

import pytest

from workers.contracts.features import FeatureSetSpec, FeatureSpec
from workers.contracts.windows import WindowError, season_parse, window_select, windows_check

DATES = [date(year, month, 15) for year in (2016, 2017, 2018) for month in range(1, 13)]


def taken(window, season=None):
    return [DATES[i].isoformat()[:7] for i in window_select(window, DATES, season_parse(season))]


def test_no_window_takes_the_whole_selection():
    assert len(taken(None)) == 36


def test_no_window_takes_the_season_of_a_sample():
    assert taken(None, "2017-03-01/2017-05-31") == ["2017-03", "2017-04", "2017-05"]


def test_a_fixed_window_ignores_the_season():
    assert taken("2018-03-15/2018-05-14", "2016-01-01/2016-12-31") == ["2018-03", "2018-04"]


def test_both_ends_of_a_window_belong_to_it():
    assert taken("2018-03-15/2018-04-15") == ["2018-03", "2018-04"]


def test_a_month_day_window_without_season_pools_all_years():
    assert taken("03-01/04-30") == [f"{y}-{m}" for y in (2016, 2017, 2018) for m in ("03", "04")]


def test_a_month_day_window_is_taken_in_the_year_of_the_season():
    assert taken("03-01/04-30", "2017-01-01/2017-12-31") == ["2017-03", "2017-04"]


def test_a_wrapping_window_starts_in_the_year_before():
    found = taken("11-01/02-28", "2018-01-01/2018-12-31")
    assert found == ["2017-11", "2017-12", "2018-01", "2018-02"]


def test_a_wrapping_window_without_season_pools_winters():
    assert taken("12-01/01-31") == [
        "2016-01", "2016-12", "2017-01", "2017-12", "2018-01", "2018-12",
    ]  # fmt: skip


def test_a_season_across_the_new_year_takes_the_autumn_it_holds():
    season = "2016-10-01/2017-09-30"
    assert taken("10-01/12-31", season) == ["2016-10", "2016-11", "2016-12"]
    assert taken("03-01/04-30", season) == ["2017-03", "2017-04"]


def test_a_window_that_outlasts_the_season_is_taken_once():
    found = taken("03-01/11-30", "2017-04-01/2017-10-31")
    assert found == [f"2017-{month:02d}" for month in range(3, 12)]


def test_an_open_season_reaches_to_the_end_of_the_selection():
    assert taken(None, "2018-11-01/..") == ["2018-11", "2018-12"]


def test_the_29th_of_february_is_the_28th_in_common_years():
    assert taken("02-29/02-29", "2017-01-01/2017-12-31") == []
    assert window_select("02-29/03-01", [date(2017, 3, 1)], season_parse("2017-01-01/2017-12-31"))


@pytest.mark.parametrize("text", ["2018-02-30/2018-03-01", "2018-05-01/2018-04-01"])
def test_a_period_that_does_not_exist_is_refused(text):
    with pytest.raises(WindowError):
        window_select(text, DATES)


def test_a_window_without_any_date_names_feature_and_window():
    spec = FeatureSetSpec(
        features=(FeatureSpec(name="early", source="B04", statistic="mean",
                              window="2015-01-01/2015-06-01"),)
    )  # fmt: skip
    with pytest.raises(WindowError, match=r"'early'.*2015-01-01/2015-06-01.*2016-01-15"):
        windows_check(spec, DATES)
