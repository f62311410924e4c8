import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.e2e.browser import chromium
from tests.e2e.system import MainJob, System, romania


@pytest.fixture
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def rows_beside_a_browser() -> Iterator[None]:
    """Playwright keeps an event loop in this thread; the rows are still made by this thread."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    yield
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory, data_root: Path) -> Iterator[System]:
    """The whole system, started once for all tests that need it."""
    running = System(folder=tmp_path_factory.mktemp("e2e") / "var", data_root=data_root)
    running.start()
    try:
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="session")
def main_job(system: System) -> MainJob:
    """The Romanian project with its first map."""
    return romania(system)
