"""Fault tests share a committed test database with real worker processes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from apps.core.enums import Role
from tests.apps.jobs.support import plugins_register
from tests.factories.identity import make_project, make_user
from tests.faults.workers import Workers


@pytest.fixture
def project(transactional_db: None) -> Any:
    plugins_register()
    return make_project()


@pytest.fixture
def producer(project: Any) -> Any:
    return make_user(role=Role.PRODUCER, project=project)


@pytest.fixture
def workers(transactional_db: None, store: Any, tmp_path: Path) -> Iterator[Workers]:
    crew = Workers(tmp_path)
    yield crew
    crew.stop()
