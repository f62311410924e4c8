"""What features may be made of, and how a text or a window would be understood."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.catalog.models import Asset, Collection, Scene
from apps.core.enums import Role
from apps.products.services import manifest_store
from tests.factories import api_as, make_member, make_project
from tests.factories.production import square
from workers.contracts.manifest import Manifest
from workers.features import cross_ratio, ndvi

from .conftest import FEATURES

pytestmark = pytest.mark.django_db
URL = "/api/v1/feature-sets/"
BANDS: dict[str, tuple[str, dict[str, str | None]]] = {
    "s2": ("sentinel2_l2a", {"B04": "red", "B08": "nir"}),
    "s1": ("sentinel1", {"VV": None}),
}


@pytest.fixture
def project(db: None) -> Any:
    """A project with optical scenes of two bands every 30 days, and one radar scene."""
    manifest_store(Manifest(indices=(ndvi.SPEC, cross_ratio.SPEC)), source_sha="test")
    project = make_project()
    for name, (sensor, bands) in BANDS.items():
        collection = Collection.objects.create(project=project, stac_id=name, title=name)
        for n in range(6 if name == "s2" else 1):
            scene = Scene.objects.create(
                project=project, collection=collection, item_id=f"{name}-{n}", sensor=sensor,
                datetime=datetime(2018, 3, 1, tzinfo=UTC) + timedelta(days=30 * n),
                cloud_cover=50.0 if name == "s2" else None, footprint=square(), item_sha=name,
            )  # fmt: skip
            Asset.objects.bulk_create(
                Asset(
                    project=project, scene=scene, key=key, common_name=common, has_data=True,
                    href="x", driver="GTiff",
                )
                for key, common in bands.items()
            )  # fmt: skip
    return project


@pytest.fixture
def viewer(project: Any) -> Any:
    return api_as(make_member(project, Role.VIEWER))


def check(client: Any, project: Any, **body: Any) -> Any:
    answer = client.post(f"{URL}validate/", {"project": str(project.pk), **body}, format="json")
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_sources_are_bands_names_and_the_indices_whose_bands_one_sensor_has(
    project: Any, viewer: Any
) -> None:
    answer = viewer.get(f"{URL}sources/", {"project": str(project.pk)}).json()
    rows = {row["name"]: row for row in answer["results"]}
    assert set(rows) == {"B04", "B08", "VV", "red", "nir", "ndvi"}, "no VH, so no cross ratio"
    assert rows["B04"]["prefix"] == "S2"
    assert rows["VV"]["prefix"] == "S1"
    assert rows["B04"]["scenes"] == 6
    assert rows["ndvi"]["expression"] == "(B08 - B04) / (B08 + B04)"
    assert {"name": "p050", "dates_min": 3} in answer["statistics"]


@pytest.mark.parametrize(
    ("source", "kind", "column", "words"),
    [
        ("NDVI", "index", None, ""),
        ("nir", "band", None, ""),
        ("B08 /  B04", "expression", None, ""),
        ("B08 / B03", None, 7, "unknown name 'B03'"),
        ("B08 / VV", None, 7, "unknown name 'VV'"),
        ("B08 -", None, 6, "not an expression"),
        ("__import__('os')", None, 1, "only the functions"),
    ],
)
def test_a_source_is_understood_or_its_fault_is_placed(
    project: Any, viewer: Any, source: str, kind: str | None, column: int | None, words: str
) -> None:
    (row,) = check(viewer, project, sources=[source])["sources"]
    assert (row["kind"], row["column"]) == (kind, column)
    assert words in row["error"]
    assert row["canonical"] != "" if kind else row["canonical"] is None


def test_windows_tell_their_dates_and_how_many_are_clear(project: Any, viewer: Any) -> None:
    windows = [None, "03-01/05-31", "2018-03-01/2018-03-31", "2019-01-01/2019-02-01", "13-45/14-02"]
    rows = check(viewer, project, windows=windows)["windows"]
    assert [row["dates"] for row in rows] == [6, 4, 2, 0, 0]
    assert rows[1]["years"] == [2018]
    assert rows[3]["clear"] == 0
    assert "13-45" in rows[4]["error"]


def test_features_are_hashed_and_a_set_that_is_the_same_is_named(
    project: Any, viewer: Any, register: Callable[..., Any]
) -> None:
    trained = register(project)
    told = check(viewer, project, features=FEATURES)
    assert told["hash"] == trained.feature_set.hash
    assert told["same_as"]["name"] == trained.feature_set.name
    wrong = check(viewer, project, features=[FEATURES[0], FEATURES[0]])
    assert wrong["hash"] is None
    assert "occurs twice" in wrong["errors"]["features"][0]
    (row,) = viewer.get(URL, {"project": str(project.pk)}).json()["results"]
    assert row["used_by"] == [{"id": str(trained.pk), "name": str(trained)}]


def test_strangers_learn_nothing_of_a_projects_sources(project: Any) -> None:
    stranger = api_as(make_member(make_project(), Role.MANAGER))
    assert stranger.get(f"{URL}sources/", {"project": str(project.pk)}).status_code == 404
    body = {"project": str(project.pk), "sources": ["B04"]}
    assert stranger.post(f"{URL}validate/", body, format="json").status_code == 404
