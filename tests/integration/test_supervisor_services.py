"""The private database and broker: made, adopted, shared, stopped; wherever the folder lies."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from controlcenter.supervisor import procs
from controlcenter.supervisor.layout import SOCKET_PATH_LIMIT, layout_of

ROOT = Path(__file__).resolve().parent.parent.parent
pytestmark = pytest.mark.services


class House:
    """One VAR_DIR and the supervisor's verbs in it."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if name not in {"DATABASE_URL", "REDIS_URL", "STORAGE_URL", "TILER_SOCKET"}
        } | {"VAR_DIR": str(var), "DEMO": "0", "WORKERS": "1"}

    def run(self, *verb: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "controlcenter.supervisor", *verb],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
        )

    def addresses(self) -> dict[str, str]:
        found: dict[str, str] = json.loads((self.var / "services.json").read_text())
        return found

    def server_pid(self) -> int:
        cluster = layout_of(self.var).cluster
        return int((cluster / "postmaster.pid").read_text().split()[0])


@pytest.fixture
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    built = House(tmp_path_factory.mktemp("house") / "var")
    built.var.parent.chmod(0o711)
    yield built
    built.run("clean")


def test_services_start_are_adopted_and_stop(house: House) -> None:
    first = house.run("services")
    pid = house.server_pid()
    second = house.run("services")
    assert first.returncode == second.returncode == 0, first.stderr + second.stderr
    assert house.server_pid() == pid
    assert f"export DATABASE_URL='{house.addresses()['DATABASE_URL']}'" in second.stdout
    assert house.run("stop").returncode == 0
    assert not procs.is_alive(pid)
    assert "postgres    not running" in house.run("status").stdout


def test_command_gets_addresses_and_its_exit_code_comes_back(house: House) -> None:
    done = house.run("services", "--", "sh", "-c", "echo $DATABASE_URL $REDIS_URL; exit 7")
    assert done.returncode == 7, done.stderr
    assert done.stdout.startswith("postgresql://cc@/cc?host=")
    assert "unix://" in done.stdout
    assert "redis       not running" in house.run("status").stdout


def test_data_outlives_a_killed_server_and_the_next_start_takes_over(house: House) -> None:
    house.run("services")
    statement = ["psql", "-q", "-At", house.addresses()["DATABASE_URL"], "-c"]
    subprocess.run([*statement, "CREATE TABLE kept AS SELECT 42 AS n"], check=True)
    os.kill(house.server_pid(), signal.SIGKILL)
    again = house.run("services")
    assert again.returncode == 0, again.stderr
    kept = subprocess.run([*statement, "SELECT n FROM kept"], capture_output=True, text=True)
    assert kept.stdout.strip() == "42", kept.stderr


def test_cluster_has_checksums_postgis_and_no_port(house: House) -> None:
    house.run("services")
    url = house.addresses()["DATABASE_URL"]
    asked = "SHOW data_checksums; SHOW listen_addresses; SELECT postgis_lib_version() >= '3.3'"
    answer = subprocess.run(["psql", "-At", url, "-c", asked], capture_output=True, text=True)
    assert answer.stdout.split("\n")[:3] == ["on", "", "t"], answer.stderr


def test_two_commands_share_the_services_and_the_last_one_stops_them(house: House) -> None:
    slow = subprocess.Popen(
        [sys.executable, "-m", "controlcenter.supervisor", "services", "--", "sleep", "6"],
        cwd=ROOT,
        env=house.environment,
        stderr=subprocess.DEVNULL,
    )
    assert procs.wait_until((house.var / "services.json").exists, seconds=30)
    time.sleep(0.5)
    assert house.run("services", "--", "true").returncode == 0
    assert "redis       process" in house.run("status").stdout
    slow.wait()
    assert "redis       not running" in house.run("status").stdout


def test_deep_folder_gets_short_sockets_that_are_removed_at_stop(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    base = tmp_path_factory.mktemp("deep")
    base.chmod(0o711)
    house = House(base / ("d" * 60) / ("e" * 60) / "var")
    house.var.mkdir(parents=True)
    try:
        done = house.run("services")
        assert done.returncode == 0, done.stderr
        socket = Path(house.addresses()["REDIS_URL"].removeprefix("unix://"))
        assert socket.exists()
        assert len(str(socket)) <= SOCKET_PATH_LIMIT
        assert not socket.is_relative_to(house.var)
        assert house.run("stop").returncode == 0
        assert not socket.parent.exists()
    finally:
        house.run("clean")
    assert not house.var.exists()


@pytest.mark.skipif(os.getuid() != 0, reason="only root lends PostgreSQL another account")
def test_root_puts_the_cluster_where_postgres_can_reach_it(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    closed = tmp_path_factory.mktemp("closed")
    closed.chmod(0o700)
    house = House(closed / "var")
    layout = layout_of(house.var)
    try:
        assert str(layout.cluster).startswith("/var/tmp/controlcenter-")
        done = house.run("services", "--", "sh", "-c", "psql -At $DATABASE_URL -c 'SELECT 5'")
        assert done.stdout.strip() == "5", done.stderr
    finally:
        house.run("clean")
    assert not layout.fallback.exists()


def test_clean_removes_all_it_made(house: House) -> None:
    house.run("services")
    assert house.run("clean").returncode == 0
    assert not house.var.exists()
