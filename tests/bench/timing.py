"""Order A B A B, medians of CPU seconds, wall beside it; one core, one thread."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


@dataclass(frozen=True)
class Runner:
    """Something to time. share: part of the pixels it works on; its time is divided by that."""

    name: str
    call: Callable[[], Any]
    share: float = 1.0


def one_core() -> None:
    """Pin the process to one core and every pool to one thread; call before importing numpy."""
    for name in THREADS:
        os.environ[name] = "1"
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def compare(runners: list[Runner], *, rounds: int = 5) -> dict[str, dict[str, float]]:
    """Time all runners in turns after one warm-up; seconds are scaled to all pixels."""
    cpu: dict[str, list[float]] = {runner.name: [] for runner in runners}
    wall: dict[str, list[float]] = {runner.name: [] for runner in runners}
    for runner in runners:
        runner.call()
    for _ in range(rounds):
        for runner in runners:
            started, used = time.perf_counter(), time.process_time()
            runner.call()
            cpu[runner.name].append((time.process_time() - used) / runner.share)
            wall[runner.name].append((time.perf_counter() - started) / runner.share)
    return {
        runner.name: {
            "cpu_seconds": round(median(cpu[runner.name]), 4),
            "wall_seconds": round(median(wall[runner.name]), 4),
            "share_of_pixels": runner.share,
        }
        for runner in runners
    }


def ratios(times: dict[str, dict[str, float]], ours: str) -> dict[str, float]:
    """How many times the CPU seconds of ours each peer takes."""
    base = times[ours]["cpu_seconds"]
    return {
        name: round(figures["cpu_seconds"] / base, 2)
        for name, figures in times.items()
        if name != ours
    }
