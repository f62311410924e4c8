"""A project with two classes, its people and a training set."""

from typing import Any

import pytest

from apps.core.enums import Role
from apps.samples.services import sample_set_create
from tests.factories import api_as, make_member, make_project


@pytest.fixture
def project() -> Any:
    return make_project(classes={1: "forest", 2: "grassland"})


@pytest.fixture
def training(project: Any) -> Any:
    return sample_set_create(project=project, name="Training", user=project.created_by)


@pytest.fixture
def interpreter(project: Any) -> Any:
    return api_as(make_member(project, Role.INTERPRETER))


@pytest.fixture
def producer(project: Any) -> Any:
    return api_as(make_member(project, Role.PRODUCER))


def point(sample_set: Any, lon: float = 22.15, lat: float = 45.2, **properties: Any) -> Any:
    """Return a sample as a client sends it."""
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [lon, lat]},
        "properties": {"sample_set": str(sample_set.pk), **properties},
    }


def row(number: int, value: Any = None, lon: float = 22.15, **more: Any) -> dict[str, Any]:
    """Return a row as ``read_vector`` writes it."""
    return {
        "row": number,
        "geometry": {"type": "Point", "coordinates": [lon, 45.0 + number / 1000]},
        "class": value,
        "group": "",
        "valid_from": None,
        "valid_to": None,
        "id": "",
        "attributes": {},
        "error": None,
        **more,
    }
