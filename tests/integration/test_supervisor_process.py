"""One supervised process: restart with back-off, polite stop, nothing left in its group."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from controlcenter.supervisor import leftovers, procs, readiness
from controlcenter.supervisor.errors import SupervisorError
from controlcenter.supervisor.layout import layout_of
from controlcenter.supervisor.lock import SupervisorLock
from controlcenter.supervisor.managed import SHORTEST_PAUSE, Managed

ROOT = Path(__file__).resolve().parent.parent.parent


def managed(tmp_path: Path, *command: str, **extra: object) -> Managed:
    return Managed(
        name="thing",
        command=command,
        environment={"PATH": os.environ["PATH"]},
        folder=tmp_path,
        log=tmp_path / "thing.log",
        **extra,  # type: ignore[arg-type]
    )


def ended(process: Managed) -> int:
    assert procs.wait_until(lambda: not process.is_running(), seconds=10)
    code = process.note_end()
    assert code is not None
    return code


def test_each_early_end_doubles_the_pause(tmp_path: Path) -> None:
    process = managed(tmp_path, "sh", "-c", "exit 3")
    pauses = []
    for _ in range(4):
        process.start()
        assert ended(process) == 3
        pauses.append(process.not_before - time.monotonic())
    assert pauses == pytest.approx([SHORTEST_PAUSE * 2**n for n in range(4)], abs=0.2)
    assert not process.is_due()


def test_process_meant_to_end_is_not_started_again(tmp_path: Path) -> None:
    process = managed(tmp_path, "true", once=True)
    process.start()
    assert ended(process) == 0
    assert process.not_before == float("inf")


def test_stop_is_polite_then_firm(tmp_path: Path) -> None:
    stubborn = "trap '' TERM; echo ready; while true; do sleep 0.1; done"
    process = managed(tmp_path, "sh", "-c", stubborn, grace_seconds=0.5)
    process.start()
    assert procs.wait_until(lambda: "ready" in process.last_words(), seconds=5)
    began = time.monotonic()
    process.stop()
    assert 0.4 < time.monotonic() - began < 5
    assert not process.is_running()


def test_children_of_a_dead_process_do_not_stay(tmp_path: Path) -> None:
    process = managed(tmp_path, "sh", "-c", "sleep 60 & echo $!; wait")
    process.start()
    assert procs.wait_until(lambda: process.last_words().strip().isdigit(), seconds=5)
    child = int(process.last_words())
    assert process.process is not None
    os.kill(process.process.pid, signal.SIGKILL)
    assert ended(process) == -signal.SIGKILL
    assert procs.wait_until(lambda: not procs.is_alive(child), seconds=5)


def test_log_keeps_what_a_process_said(tmp_path: Path) -> None:
    process = managed(tmp_path, "sh", "-c", "echo out; echo err >&2")
    process.start()
    ended(process)
    assert sorted(process.last_words().split()) == ["err", "out"]


def test_lock_names_its_holder_and_dies_with_it(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    program = (
        "import sys, time; from pathlib import Path;"
        "from controlcenter.supervisor.lock import SupervisorLock;"
        f"SupervisorLock(Path({str(path)!r})).acquire(port=8765); print('held', flush=True);"
        "time.sleep(60)"
    )
    holder = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE)
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    with pytest.raises(SupervisorError, match=f"8765 .process {holder.pid}"):
        SupervisorLock(path).acquire(port=1)
    holder.kill()
    holder.wait()
    assert SupervisorLock(path).holder() is None
    with SupervisorLock(path) as lock:
        lock.acquire(port=1)


def test_leftovers_are_ended_but_a_strangers_pid_is_not(tmp_path: Path) -> None:
    layout = layout_of(tmp_path / "var")
    left, stranger = managed(tmp_path, "sleep", "60"), managed(tmp_path, "sleep", "60")
    left.start()
    stranger.start()
    leftovers.write_note(layout, [left])
    note = layout.processes.read_text()
    assert left.process is not None
    assert stranger.process is not None
    started = str(left.describe()["started"])
    forged = note.replace(f'"{started}"', f'"{int(started) + 1}"')
    layout.processes.write_text(forged)
    assert leftovers.end_all(layout) == []
    assert left.is_running()
    layout.processes.write_text(note)
    assert leftovers.end_all(layout) == ["thing"]
    assert not left.is_running()
    assert stranger.is_running()
    stranger.stop()


def test_port_in_use_is_said_with_the_remedy() -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SupervisorError, match=f"make run PORT={port + 1}"):
            readiness.require_free("127.0.0.1", port)
