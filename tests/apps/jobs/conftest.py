"""A project with a producer, the self-check workflow, and a store of its own."""

from typing import Any

import pytest

from apps.core.enums import Role
from apps.projects.models import Project
from tests.apps.jobs.support import plugins_register
from tests.factories.identity import make_project, make_user


@pytest.fixture
def project(db: None) -> Project:
    plugins_register()
    return make_project(grid={"crs": "EPSG:3035", "resolution": [10, 10], "origin": [4e6, 3e6]})


@pytest.fixture
def producer(project: Project) -> Any:
    return make_user(role=Role.PRODUCER, project=project)


@pytest.fixture(autouse=True)
def own_store(store: Any) -> Any:
    """No test of jobs writes into the store of the checkout."""
    return store
