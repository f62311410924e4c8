"""Rows of a read file become samples: classes, all or nothing, repeats."""

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from apps.aois.services import region_create
from apps.core.errors import InvalidInput
from apps.projects.selectors import legend_of
from apps.samples.models import ReferenceSample, SampleRevision
from apps.samples.services import sample_set_create, samples_import_apply
from tests.apps.samples.conftest import row
from tests.factories import make_project
from workers.contracts.requests import KernelRequest

pytestmark = pytest.mark.django_db


def apply(sample_set: Any, rows: list[dict[str, Any]], **options: Any) -> dict[str, Any]:
    return samples_import_apply(sample_set=sample_set, rows=rows, options=options)


def test_labelled_rows_are_ok_and_others_new(training: Any) -> None:
    report = apply(training, [row(1, 1), row(2, "grassland"), row(3)])
    assert (report["imported"], report["unlabelled"]) == (3, 1)
    found = ReferenceSample.objects.order_by("geometry").values_list("class_code", "status")
    assert sorted(found, key=str) == [(1, "ok"), (2, "ok"), (None, "new")]
    assert SampleRevision.objects.filter(action="created").count() == 3
    assert [entry["outcome"] for entry in report["rows"]] == ["imported"] * 3


def test_class_not_in_the_nomenclature_names_both(training: Any, project: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        apply(training, [row(1, 1), row(2, 7)])
    assert f"Class '7' is not in nomenclature '{project.nomenclature.name}'" in str(caught.value)
    assert "1 forest, 2 grassland" in str(caught.value)
    assert ReferenceSample.objects.count() == 0


def test_integers_become_codes_of_their_own_value() -> None:
    project = make_project()
    target = sample_set_create(project=project, name="s", user=project.created_by)
    report = apply(target, [row(1, 8), row(2, 2), row(3, "253")], create_classes=True)
    assert [(c.code, c.name) for c in legend_of(project)] == [(2, "2"), (8, "8"), (253, "253")]
    assert len({c.color for c in legend_of(project)}) == 3
    assert report["class_counts"] == {"8": 1, "2": 1, "253": 1}


def test_texts_become_codes_in_sorted_order() -> None:
    project = make_project()
    target = sample_set_create(project=project, name="s", user=project.created_by)
    apply(target, [row(1, "water"), row(2, "arable"), row(3, "forest")], create_classes=True)
    legend = [(c.code, c.name) for c in legend_of(project)]
    assert legend == [(1, "arable"), (2, "forest"), (3, "water")]


def test_new_text_takes_the_next_free_code(training: Any, project: Any) -> None:
    apply(training, [row(1, "water"), row(2, "forest")], create_classes=True)
    assert [(c.code, c.name) for c in legend_of(project)][-1] == (3, "water")


def test_integer_outside_the_range_is_refused(training: Any) -> None:
    with pytest.raises(InvalidInput, match="254, 999 are outside 0-253"):
        apply(training, [row(1, 999), row(2, 254)], create_classes=True)


def test_class_map_sends_values_and_leaves_others_out(training: Any) -> None:
    rows = [row(1, "pine"), row(2, "meadow"), row(3, "lake")]
    report = apply(training, rows, class_map={"pine": 1, "meadow": "grassland", "lake": None})
    assert (report["imported"], report["skipped"]) == (2, 1)
    with pytest.raises(InvalidInput, match="'pine' to 9, which is not in nomenclature"):
        apply(training, rows, class_map={"pine": 9})


def test_refused_row_stops_all_unless_told_otherwise(training: Any) -> None:
    rows = [row(1, 1), {"row": 2, "error": "its geometry is empty"}]
    with pytest.raises(InvalidInput, match=r"1 of 2 rows were refused.*row 2: its geometry"):
        apply(training, rows)
    assert ReferenceSample.objects.count() == 0
    report = apply(training, rows, skip_invalid=True)
    assert (report["imported"], report["refused"]) == (1, 1)
    first = {"row": 2, "outcome": "refused", "message": "its geometry is empty"}
    assert report["rows"][0] == first


def test_same_rows_are_not_written_twice(training: Any) -> None:
    rows = [row(1, 1), row(2, 2)]
    apply(training, rows)
    again = apply(training, rows)
    assert (again["imported"], again["skipped"]) == (0, 2)
    assert "nothing was added" in again["message"]
    assert ReferenceSample.objects.count() == 2


def test_file_ids_stay_unique_in_a_set(training: Any) -> None:
    apply(training, [row(1, 1, id="a")])
    with pytest.raises(InvalidInput, match="already has a sample 'a'"):
        apply(training, [row(2, 1, id="a")])


def test_samples_get_the_region_they_lie_in(training: Any, project: Any) -> None:
    ring = [[22.0, 44.0], [23.0, 44.0], [23.0, 46.0], [22.0, 44.0]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    region_create(project=project, code="ALP", geometry=shape, user=None)
    apply(training, [row(1, 1, lon=22.9), row(2, 1, lon=10.0)])
    codes = [s.region.code if s.region else None for s in ReferenceSample.objects.all()]
    assert sorted(codes, key=str) == ["ALP", None]
    states = SampleRevision.objects.values_list("state__properties__region", flat=True)
    assert sorted(states, key=str) == ["ALP", None]


def read(path: Path, staging: Path, **options: Any) -> list[dict[str, Any]]:
    kernel = import_module("workers.kernels.read_vector")
    request = KernelRequest(id="r", kernel="read_vector", parameters={}, staging=str(staging))
    parameters = kernel.Parameters(path=str(path), **options)
    result = kernel.run(request, parameters, lambda stage, share: None)
    return [json.loads(line) for line in Path(result.outputs[0].path).read_text().splitlines()]


@pytest.mark.data
@pytest.mark.parametrize(
    ("folder", "item", "layer", "counts"),
    [
        ("romania-s2-hrl", "reference-hrl-tcd-2018", "points", {"1": 150, "2": 92}),
        ("slovenia-s2-ndvi", "reference-lulc-2017", "polygons",
         {"1": 4, "2": 10, "3": 25, "4": 32, "8": 7}),
        ("lombardia-modis-clc", "reference-corine", "polygons",
         {"1": 40, "2": 40, "3": 20, "4": 1, "5": 23, "6": 40, "7": 22, "8": 40, "9": 5,
          "10": 11, "11": 6}),
        ("belgium-s1-s2-monthly", "comparison-worldcereal-cropland", "points",
         {"1": 150, "2": 150}),
    ],
)  # fmt: skip
def test_real_labels_import_with_their_class_ids(
    folder: str, item: str, layer: str, counts: dict[str, int], data_root: Path, tmp_path: Path
) -> None:
    project = make_project()
    target = sample_set_create(project=project, name="s", user=project.created_by)
    path = data_root / folder / "items" / item / "labels.gpkg"
    rows = read(path, tmp_path, class_field="class_id", layer=layer)
    report = apply(target, rows, create_classes=True)
    assert report["class_counts"] == counts
    extent = ReferenceSample.objects.filter(sample_set=target)
    first = extent.first()
    assert first is not None
    lon, lat = first.geometry.centroid.coords
    assert 5 < lon < 23
    assert 44 < lat < 51
