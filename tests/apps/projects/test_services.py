"""Rules of projects that other apps build on."""

import uuid

import pytest
from django.contrib.auth.models import AnonymousUser

from apps.core.enums import Role
from apps.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from apps.projects.domain.grids import DEFAULT_GRID, grid_parse
from apps.projects.selectors import (
    project_get,
    project_get_by_slug,
    project_ids_of,
    projects_visible_to,
    role_of,
)
from apps.projects.services import project_grid_freeze
from tests.factories import make_member, make_project, make_user
from workers.contracts.grid import Grid

UTM = Grid(crs="EPSG:32633", resolution=(10.0, 10.0), origin=(399960.0, 5100000.0))
pytestmark = pytest.mark.django_db


def test_the_first_imagery_freezes_a_native_grid_for_good() -> None:
    project = make_project(grid="native")
    assert project_grid_freeze(project, UTM).grid_contract == UTM
    project_grid_freeze(project, DEFAULT_GRID)
    project.refresh_from_db()
    assert project.grid_contract == UTM


def test_a_given_grid_is_never_replaced() -> None:
    project = make_project()
    assert project_grid_freeze(project, UTM).grid_contract == DEFAULT_GRID


def test_a_grid_in_degrees_is_not_frozen() -> None:
    project = make_project(grid="native")
    with pytest.raises(InvalidInput, match="degrees"):
        project_grid_freeze(project, UTM.model_copy(update={"crs": "EPSG:4326"}))


def test_a_project_without_grid_that_is_not_native_is_a_conflict() -> None:
    project = make_project(grid="native")
    project.grid_native = False
    project.save()
    with pytest.raises(Conflict, match="fixed when it was created"):
        project_grid_freeze(project, UTM)


def test_a_wkt2_grid_is_understood() -> None:
    from django.contrib.gis.gdal import SpatialReference

    wkt = SpatialReference(3035).wkt
    grid = grid_parse({"crs": wkt, "resolution": 20})
    assert grid is not None
    assert grid.resolution == (20.0, 20.0)


def test_members_get_their_project_and_others_do_not() -> None:
    project = make_project()
    producer = make_member(project, Role.PRODUCER)
    assert project_get(producer, project.pk, at_least=Role.PRODUCER) == project
    assert project_get_by_slug(producer, project.slug, at_least=Role.VIEWER) == project
    with pytest.raises(Forbidden, match="needs the role manager"):
        project_get(producer, str(project.pk), at_least=Role.MANAGER)
    for user in (make_user(), AnonymousUser()):
        with pytest.raises(NotFound):
            project_get(user, project.pk, at_least=Role.VIEWER)
    for key in (uuid.uuid4(), "x", None):
        with pytest.raises(NotFound):
            project_get(producer, key, at_least=Role.VIEWER)


def test_projects_can_be_narrowed_by_role() -> None:
    project = make_project()
    viewer = make_member(project, Role.VIEWER)
    assert list(projects_visible_to(viewer)) == [project]
    assert not projects_visible_to(viewer, at_least=Role.PRODUCER).exists()
    assert [row["project_id"] for row in project_ids_of(viewer)] == [project.pk]
    assert role_of(viewer, project) == Role.VIEWER
    assert role_of(make_user(), project) is None


def test_operators_are_not_readers() -> None:
    project = make_project()
    staff = make_user(is_staff=True, is_superuser=True)
    assert not projects_visible_to(staff).exists()
    with pytest.raises(NotFound):
        project_get(staff, project.pk, at_least=Role.VIEWER)
