"""Fault tests share a committed test database with real worker processes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from apps.core.enums import Role
from tests.apps.jobs.support import plugins_register
from tests.factories.identity import make_project, make_user
from tests.faults.workers import Nursery, Workers


@pytest.fixture
def project(transactional_db: None) -> Any:
    plugins_register()
    return make_project()


@pytest.fixture
def producer(project: Any) -> Any:
    return make_user(role=Role.PRODUCER, project=project)


@pytest.fixture(scope="session")
def nursery(database: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    held = Nursery(tmp_path_factory.mktemp("nursery"))
    yield held
    held.stop()


@pytest.fixture
def workers(
    transactional_db: None, nursery: Nursery, store: Any, tmp_path: Path
) -> Iterator[Workers]:
    crew = Workers(nursery, tmp_path)
    yield crew
    crew.stop()
