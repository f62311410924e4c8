"""The benchmarks run and compare results; times are printed and never asserted."""

import json

from tests.bench import memory, time_features


def test_time_features_agree_with_their_peers_and_print_ratios() -> None:
    report = time_features.run(edge=64, rounds=1)
    print(json.dumps(report, indent=1))
    assert max(report["greatest_difference"].values()) <= 1
    assert set(report["ratios"]) >= {"numpy nanpercentile", "numpy sort"}


def test_peak_memory_of_a_block_stays_below_its_plan() -> None:
    report = memory.run(dates=8)
    print(json.dumps(report, indent=1))
    assert report["peak_mib"] <= report["plan_mib"]
