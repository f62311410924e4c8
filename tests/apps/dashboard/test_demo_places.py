"""The districts of the demo: they share borders, lie within the imagery, and show every stage."""

import pytest
from django.contrib.gis.geos import Polygon

from apps.aois.models import AreaOfInterest, ProductionUnit
from apps.dashboard.domain.demo import DISTRICTS, corners_of, districts
from apps.dashboard.services import demo_logins_make
from apps.dashboard.services.demo_places import REMARKS, UNITS, demo_places_make
from apps.projects.selectors import members_of
from apps.quality.models import Remark
from tests.factories.production import make_scenes

RING = [(11.3, 48.3), (11.5, 48.31), (11.49, 48.46), (11.29, 48.45), (11.3, 48.3)]
CORNERS = corners_of(RING)


def test_corners_begin_in_the_south_west() -> None:
    assert RING[:4] == CORNERS
    assert corners_of(RING[2:] + RING[1:3]) == CORNERS, "wherever the ring begins"


def test_districts_are_sound_and_fill_the_country_without_overlap() -> None:
    shapes = [Polygon(ring) for _, ring in districts(CORNERS, seed=11)]
    assert len(shapes) == len(DISTRICTS)
    assert all(shape.valid for shape in shapes)
    whole = shapes[0]
    for shape in shapes[1:]:
        whole = whole.union(shape)
    country = Polygon(RING)
    assert country.contains(whole)
    assert whole.area == pytest.approx(sum(shape.area for shape in shapes), rel=1e-4)
    assert whole.area > 0.95 * country.area


def test_the_same_seed_divides_alike() -> None:
    assert districts(CORNERS, seed=3) == districts(CORNERS, seed=3)
    assert districts(CORNERS, seed=3) != districts(CORNERS, seed=4)


@pytest.mark.django_db
def test_places_are_made_once_and_only_over_imagery() -> None:
    project = demo_logins_make()
    make_scenes(project, count=2)
    user = members_of(project).get(user__username="producer").user
    demo_places_make(project, user=user)
    demo_places_make(project, user=user)
    assert AreaOfInterest.objects.filter(project=project).count() == len(DISTRICTS)
    assert ProductionUnit.objects.filter(project=project).count() == len(UNITS)
    assert Remark.objects.filter(project=project).count() == len(REMARKS)


@pytest.mark.django_db
def test_a_country_without_imagery_is_not_divided() -> None:
    project = demo_logins_make()
    demo_places_make(project, user=members_of(project).first().user)
    assert not AreaOfInterest.objects.filter(project=project).exists()
