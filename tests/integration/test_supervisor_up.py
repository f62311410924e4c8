"""The whole system from one command: ready, healed, refused twice, stopped without a trace."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from controlcenter.supervisor import procs, readiness
from controlcenter.supervisor.layout import layout_of

ROOT = Path(__file__).resolve().parent.parent.parent
READY_SECONDS = 120.0
pytestmark = pytest.mark.services


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class RunningHouse:
    """One ``up`` in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.var, self.port = folder / "var", free_port()
        self.output = folder / "up.log"
        own = {"DATABASE_URL", "REDIS_URL", "STORAGE_URL", "TILER_SOCKET", "CATALOG"}
        self.environment = {k: v for k, v in os.environ.items() if k not in own} | {
            "VAR_DIR": str(self.var),
            "PORT": str(self.port),
            "DEMO": "0",
            "WORKERS": "1",
            "DJANGO_SETTINGS_MODULE": "controlcenter.settings.dev",
        }
        self.process = self._launch()

    def _launch(self) -> subprocess.Popen[bytes]:
        with self.output.open("ab") as output:
            return subprocess.Popen(
                self.command("up"),
                cwd=ROOT,
                env=self.environment,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    @staticmethod
    def command(verb: str) -> list[str]:
        return [sys.executable, "-m", "controlcenter.supervisor", verb]

    def verb(self, verb: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(verb), cwd=ROOT, env=self.environment, capture_output=True, text=True
        )

    def ask(self, path: str) -> int:
        return readiness.ask(self.port, path)[0]

    def await_ready(self) -> None:
        ready = procs.wait_until(
            lambda: self.ask("/readyz") == 200 or self.process.poll() is not None,
            seconds=READY_SECONDS,
            pause=0.5,
        )
        assert ready, self.output.read_text()
        assert self.process.poll() is None, self.output.read_text()

    def pids(self) -> dict[str, int]:
        note = json.loads((self.var / "processes.json").read_text())
        return {name: entry["pid"] for name, entry in note.items()}

    def restart(self) -> None:
        self.process = self._launch()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHouse]:
    folder = tmp_path_factory.mktemp("up")
    folder.chmod(0o711)
    running = RunningHouse(folder)
    yield running
    running.verb("stop")
    running.verb("clean")


def test_it_becomes_ready_and_says_where(house: RunningHouse) -> None:
    house.await_ready()
    said = procs.wait_until(
        lambda: f"http://localhost:{house.port}/" in house.output.read_text(), seconds=5
    )
    assert said
    assert house.ask("/healthz") == 200


def test_second_start_in_the_same_folder_is_refused(house: RunningHouse) -> None:
    house.await_ready()
    second = house.verb("up")
    assert second.returncode == 1
    assert f"already runs at http://localhost:{house.port}" in second.stderr


def test_killed_web_process_comes_back(house: RunningHouse) -> None:
    house.await_ready()
    before = house.pids()["web"]
    os.kill(before, signal.SIGKILL)
    assert procs.wait_until(lambda: house.pids().get("web", before) != before, seconds=20)
    house.await_ready()


def test_killed_database_comes_back(house: RunningHouse) -> None:
    house.await_ready()
    cluster = layout_of(house.var).cluster  # root's temporary folders are closed to postgres
    pid = int((cluster / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
    assert procs.wait_until(lambda: house.ask("/healthz") != 200, seconds=10)
    house.await_ready()


def test_killed_supervisor_leaves_nothing_that_stops_the_next_start(house: RunningHouse) -> None:
    house.await_ready()
    orphans = house.pids()
    house.process.kill()
    house.process.wait()
    house.restart()
    ended = procs.wait_until(
        lambda: not any(procs.is_alive(pid) for pid in orphans.values()), seconds=60
    )
    assert ended, house.output.read_text()
    house.await_ready()
    assert "taken over" in house.output.read_text()


def test_ctrl_c_stops_everything(house: RunningHouse) -> None:
    house.await_ready()
    pids = house.pids()
    house.process.send_signal(signal.SIGINT)
    assert house.process.wait(timeout=60) == 0
    assert not any(procs.is_alive(pid) for pid in pids.values())
    assert house.ask("/healthz") == 0
    assert "redis       not running" in house.verb("status").stdout
