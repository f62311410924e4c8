"""Rows of a vector file become areas."""

from typing import Any

import pytest

from apps.aois.models import AreaOfInterest
from apps.aois.services import aois_import_apply
from apps.core.errors import InvalidInput
from tests.factories import make_project

pytestmark = pytest.mark.django_db
RING = [[22.14, 45.20], [22.16, 45.20], [22.16, 45.21], [22.14, 45.20]]


def row(number: int, **more: Any) -> dict[str, Any]:
    geometry = {"type": "Polygon", "coordinates": [RING]}
    return {"row": number, "geometry": geometry, "attributes": {"name": f"A{number}"}, **more}


def test_every_row_becomes_an_area_with_its_name() -> None:
    project = make_project()
    report = aois_import_apply(project=project, rows=[row(1), row(2)], options={}, user=None)
    assert report["created"] == 2
    assert sorted(AreaOfInterest.objects.values_list("name", flat=True)) == ["A1", "A2"]


def test_one_bad_row_leaves_nothing_behind() -> None:
    project = make_project()
    bad = {"row": 2, "error": "its geometry crosses itself near (1, 2); repair it"}
    with pytest.raises(InvalidInput, match="row 2: its geometry crosses itself"):
        aois_import_apply(project=project, rows=[row(1), bad], options={}, user=None)
    assert AreaOfInterest.objects.count() == 0


def test_the_good_rows_come_in_when_bad_ones_may_be_left_out() -> None:
    project = make_project()
    bad = {"row": 2, "error": "its geometry crosses itself near (1, 2); repair it"}
    options = {"skip_invalid": True}
    report = aois_import_apply(project=project, rows=[row(1), bad], options=options, user=None)
    assert (report["created"], report["refused"]) == (1, 1)
    assert report["rows"][1]["outcome"] == "refused"
    assert AreaOfInterest.objects.get().name == "A1"


def test_a_file_without_one_good_row_is_refused_in_any_case() -> None:
    bad = {"row": 1, "error": "it has no geometry"}
    with pytest.raises(InvalidInput, match="row 1: it has no geometry"):
        aois_import_apply(
            project=make_project(), rows=[bad], options={"skip_invalid": True}, user=None
        )
