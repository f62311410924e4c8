"""The compute child over its pipes, without Django."""

import json
import os
import select
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from workers.contracts.child import ToChild
from workers.contracts.requests import KernelRequest

ROOT = Path(__file__).resolve().parents[3]
pytestmark = pytest.mark.services


class Talk:
    """A child and the two ends of its pipes that the worker holds."""

    def __init__(self) -> None:
        child_in, self.sink = os.pipe()
        self.source, child_out = os.pipe()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "workers"],
            cwd=ROOT,
            env={
                "PATH": os.environ["PATH"],
                "CC_CHILD_IN": str(child_in),
                "CC_CHILD_OUT": str(child_out),
            },
            pass_fds=(child_in, child_out),
        )
        os.close(child_in)
        os.close(child_out)
        self.lines = os.fdopen(self.source, "rb", buffering=0)

    def say(self, message: ToChild) -> None:
        os.write(self.sink, message.model_dump_json(exclude_defaults=True).encode() + b"\n")

    def hear(self, seconds: float = 30) -> dict[str, Any]:
        """Return the next message that is no beat."""
        while True:
            assert select.select([self.source], [], [], seconds)[0], "the child is silent"
            message: dict[str, Any] = json.loads(self.lines.readline())
            if message["type"] != "beat":
                return message


@pytest.fixture
def talk() -> Iterator[Talk]:
    held = Talk()
    yield held
    held.process.kill()
    held.process.wait()


def order(folder: Path, **parameters: Any) -> ToChild:
    request = KernelRequest(
        id="b1", kernel="check_block", parameters=parameters, staging=str(folder)
    )
    return ToChild(type="run", id="b1", request=request)


def test_a_child_says_ready_answers_and_ends_with_its_input(talk: Talk, tmp_path: Path) -> None:
    assert talk.hear()["type"] == "ready"
    talk.say(order(tmp_path, work_ms=0))
    answer = talk.hear()
    assert (answer["type"], answer["id"]) == ("result", "b1")
    assert answer["result"]["outputs"][0]["role"] == "digest"
    os.close(talk.sink)
    assert talk.process.wait(timeout=10) == 0


def test_a_wrong_parameter_is_answered_not_fatal(talk: Talk, tmp_path: Path) -> None:
    talk.hear()
    talk.say(order(tmp_path, work_ms=-1))
    answer = talk.hear()
    assert (answer["type"], answer["error_class"]) == ("error", "parameter")
    talk.say(order(tmp_path, work_ms=0))
    assert talk.hear()["type"] == "result"


def test_abort_is_seen_at_the_next_progress(talk: Talk, tmp_path: Path) -> None:
    talk.hear()
    talk.say(order(tmp_path, work_ms=60_000))
    talk.say(ToChild(type="abort", id="b1"))
    answer = talk.hear(seconds=12)
    assert answer["error_class"] == "aborted"
