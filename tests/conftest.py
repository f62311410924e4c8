"""What every test may ask for: the real scenes, an object store of its own, an API client."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from rest_framework.test import APIClient

    from apps.core.storage import ObjectStore

ROOT = Path(__file__).resolve().parent.parent
NO_DATA = "the real scenes are not under DATA_ROOT"
in_ci = os.environ.get("CI", "").lower() in {"1", "true", "yes"}


def _data_root() -> Path:
    return (ROOT / os.environ.get("DATA_ROOT", "../shared/data")).resolve()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A test of real scenes fails without them in CI, and is counted as not run elsewhere."""
    if item.get_closest_marker("data") is None or (_data_root() / "catalog.json").exists():
        return
    if in_ci:
        pytest.fail(f"{NO_DATA} ({_data_root()})", pytrace=False)
    pytest.skip(NO_DATA)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say plainly how many tests were not run for want of data."""
    skipped = terminalreporter.stats.get("skipped", [])
    count = sum(NO_DATA in str(report.longrepr) for report in skipped)
    if count:
        terminalreporter.write_line(f"not run: {count} ({NO_DATA}: {_data_root()})")


@pytest.fixture(scope="session")
def data_root() -> Path:
    """The folder of the real scenes; ask for it together with ``@pytest.mark.data``."""
    return _data_root()


@pytest.fixture(scope="session")
def database(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The test database for fixtures of a wider scope than a test.

    ``django_db_setup`` makes it only when a chosen test asks for it by a mark; without that such a
    fixture would write into, and flush, the database that the settings name.
    """
    from django.db import connection
    from django.test.utils import setup_databases, teardown_databases

    named = connection.settings_dict
    if named["NAME"] == named["TEST"]["NAME"]:
        yield
        return
    with django_db_blocker.unblock():
        made = setup_databases(verbosity=0, interactive=False, aliases={"default"})
    yield
    with django_db_blocker.unblock():
        teardown_databases(made, verbosity=0)


@pytest.fixture
def store(tmp_path: Path, settings: Any) -> "ObjectStore":
    """An empty object store that ``store_open()`` finds for the length of the test."""
    from apps.core.storage import store_open

    settings.STORAGE_URL = f"file://{tmp_path / 'store'}"
    return store_open()


@pytest.fixture
def api() -> "APIClient":
    """An API client that nobody has logged in yet."""
    from rest_framework.test import APIClient

    return APIClient()
