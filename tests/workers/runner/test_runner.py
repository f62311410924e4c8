"""One request in, one result out; failures are named and grouped."""

import json
from pathlib import Path
from typing import Any

import pytest

from workers import runner
from workers.contracts.grid import BlockRef
from workers.contracts.requests import KernelRequest
from workers.errors import InputError, ParameterError


def request(folder: Path, **fields: Any) -> KernelRequest:
    given = {
        "id": "r",
        "kernel": "check_block",
        "parameters": {"work_ms": 0, "seed": 3},
        "block": BlockRef(ix=1, iy=2),
        "staging": str(folder),
    }
    return KernelRequest(**{**given, **fields})


def silent(stage: str, fraction: float) -> None:
    """Progress nobody listens to."""


def test_the_trivial_kernel_writes_bytes_that_depend_on_place_and_seed(tmp_path: Path) -> None:
    first = runner.run(request(tmp_path), silent)
    again = runner.run(request(tmp_path), silent)
    other = runner.run(request(tmp_path, block=BlockRef(ix=2, iy=2)), silent)
    assert first.outputs[0].sha256 == again.outputs[0].sha256
    assert first.outputs[0].sha256 != other.outputs[0].sha256
    assert json.loads(Path(first.outputs[0].path).read_text())["ix"] == 1
    assert first.cpu_family
    assert first.seconds > 0


def test_an_unknown_parameter_is_named(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="parameter sead"):
        runner.run(request(tmp_path, parameters={"sead": 1}), silent)


def test_progress_that_raises_aborts_the_kernel(tmp_path: Path) -> None:
    def stop(stage: str, fraction: float) -> None:
        raise runner.Aborted(stage)

    with pytest.raises(runner.Aborted):
        runner.run(request(tmp_path), stop)
    assert list(tmp_path.iterdir()) == []


def test_signatures_have_no_numbers_and_no_paths() -> None:
    def signature(text: str) -> str:
        return runner.failure_of(InputError(text)).signature

    one = signature("/data/a/B04.tif: 12 of 512 rows are missing")
    other = signature("/data/b/x/B08.tif: 7 of 128 rows are missing")
    assert one == other
    assert signature("another story") != one


def test_failures_tell_their_class() -> None:
    errors = [InputError("x"), MemoryError(), OSError(28, "full"), OSError(2, "gone"), ValueError()]
    classes = [runner.error_class_of(error) for error in errors]
    assert classes == ["input", "oom", "storage", "code", "code"]
