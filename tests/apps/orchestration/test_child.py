"""The worker's side of the compute child: crash, time, memory, abort, environment."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from apps.orchestration.services.child import (
    GIB,
    ChildAborted,
    ChildFailure,
    ComputeChild,
    Limits,
    child_environment,
)
from workers.contracts.requests import KernelRequest

pytestmark = pytest.mark.services
ROOMY = Limits(seconds=60, memory=2 * GIB)


@pytest.fixture
def child(settings: Any, tmp_path: Path) -> Iterator[ComputeChild]:
    settings.VAR_DIR = tmp_path
    held = ComputeChild("raster")
    yield held
    held.close()


def order(folder: Path, work_ms: int = 0, **fields: Any) -> KernelRequest:
    given = {"id": "b", "kernel": "check_block", "parameters": {"work_ms": work_ms}}
    return KernelRequest(**{**given, "staging": str(folder), **fields})


def never() -> bool:
    return False


def test_one_child_answers_many_blocks(child: ComputeChild, tmp_path: Path) -> None:
    first = child.run(order(tmp_path), limits=ROOMY, stop=never)
    pid = child.pid
    second = child.run(order(tmp_path), limits=ROOMY, stop=never)
    assert first.outputs[0].sha256 == second.outputs[0].sha256
    assert child.pid == pid


def test_a_killed_child_is_a_crash_and_the_next_block_gets_a_new_one(
    child: ComputeChild, tmp_path: Path
) -> None:
    child.run(order(tmp_path), limits=ROOMY, stop=never)
    pid = child.pid
    assert pid is not None
    threading.Timer(0.5, os.kill, [pid, signal.SIGKILL]).start()
    with pytest.raises(ChildFailure) as caught:
        child.run(order(tmp_path, 20_000), limits=ROOMY, stop=never)
    assert caught.value.error_class == "crash"
    assert child.run(order(tmp_path), limits=ROOMY, stop=never).outcome == "done"
    assert child.pid != pid


def test_a_block_over_its_time_is_killed(child: ComputeChild, tmp_path: Path) -> None:
    child.run(order(tmp_path), limits=ROOMY, stop=never)
    began = time.monotonic()
    with pytest.raises(ChildFailure) as caught:
        child.run(order(tmp_path, 30_000), limits=Limits(1.0, 2 * GIB), stop=never)
    assert caught.value.error_class == "timeout"
    assert time.monotonic() - began < 6


def test_a_block_over_its_memory_is_killed(child: ComputeChild, tmp_path: Path) -> None:
    with pytest.raises(ChildFailure) as caught:
        child.run(order(tmp_path, 20_000), limits=Limits(60, 1024**2), stop=never)
    assert caught.value.error_class == "oom"
    assert child.pid is None


def test_a_stop_aborts_the_block(child: ComputeChild, tmp_path: Path) -> None:
    stop = threading.Event()
    threading.Timer(1.0, stop.set).start()
    with pytest.raises(ChildAborted):
        child.run(order(tmp_path, 60_000), limits=ROOMY, stop=stop.is_set)


def test_an_unknown_kernel_is_a_parameter_error(child: ComputeChild, tmp_path: Path) -> None:
    with pytest.raises(ChildFailure) as caught:
        child.run(order(tmp_path, kernel="no_such"), limits=ROOMY, stop=never)
    assert caught.value.error_class == "parameter"


def test_no_secret_reaches_the_child(monkeypatch: Any) -> None:
    for name in ("DATABASE_URL", "SECRET_KEY", "REDIS_URL", "AWS_SECRET_ACCESS_KEY", "http_proxy"):
        monkeypatch.setenv(name, "secret")
    assert "secret" not in child_environment("raster", 3, 4).values()
