"""The benchmarks run and compare results; times are printed and never asserted."""

import json

import pytest

from tests.bench import memory, samples, time_features


def test_time_features_agree_with_their_peers_and_print_ratios() -> None:
    report = time_features.run(edge=64, rounds=1)
    print(json.dumps(report, indent=1))
    assert max(report["greatest_difference"].values()) <= 1
    assert set(report["ratios"]) >= {"numpy nanpercentile", "numpy sort"}


def test_peak_memory_of_a_block_stays_below_its_plan() -> None:
    report = memory.run(dates=8)
    print(json.dumps(report, indent=1))
    assert report["peak_mib"] <= report["plan_mib"]


@pytest.mark.django_db(transaction=True)
def test_tiles_and_pages_of_samples_are_answered_and_compared() -> None:
    report = samples.measured(count=2_000, steps=1)
    print(json.dumps(report, indent=1))
    assert report["pan_step_of_2_tiles"]["calls"] == len(samples.PAN_ZOOMS)
    assert report["table_page"]["calls"] == 4 * len(samples.ORDERINGS)
    assert set(report["peers"]["ratios_p50"]) == {"GeoJSON list of the API", "ST_AsGeoJSON"}
