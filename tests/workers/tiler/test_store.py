"""Rasters stay open for the next tile and are closed by whichever thread comes to it."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from tests.builders.rasters import raster_asset
from workers.tiler import store as stores
from workers.tiler.store import TileStore

ROOT = Path(__file__).resolve().parents[3]
AT_EXIT = """
import sys, threading
from pathlib import Path
from workers.raster.environment import apply_environment
apply_environment("tiler")
from workers.tiler.store import TileStore
store = TileStore(Path(sys.argv[1]))
def read():
    with store.object("cas/a.tif") as source:
        source.read()
thread = threading.Thread(target=read)
thread.start()
thread.join()
"""


def value_of(store: TileStore, key: str) -> int:
    with store.object(key) as source:
        return int(source.read()[0, 0])


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "cas").mkdir()
    for name, value in (("a", 1), ("b", 2)):
        raster_asset(tmp_path / "cas" / f"{name}.tif", np.full((64, 64), value, np.uint16))
    return tmp_path


def test_a_raster_of_another_thread_is_closed_for_a_new_one(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stores, "MAX_OPEN", 1)
    store = TileStore(root)
    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(1) as two:
        for _ in range(3):
            assert one.submit(value_of, store, "cas/a.tif").result() == 1
            assert two.submit(value_of, store, "cas/b.tif").result() == 2
            assert value_of(store, "cas/a.tif") == 1


def test_nothing_is_said_at_the_end_of_the_process(root: Path) -> None:
    command = [sys.executable, "-c", AT_EXIT, str(root)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert (done.returncode, done.stderr) == (0, "")
