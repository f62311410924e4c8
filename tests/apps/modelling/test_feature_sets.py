from typing import Any

import pytest

from apps.core.enums import Role
from tests.factories import api_as, make_member, make_project

from .conftest import FEATURES

pytestmark = pytest.mark.django_db
URL = "/api/v1/feature-sets/"


def test_created_set_comes_back_as_sent_with_a_hash() -> None:
    project = make_project()
    client = api_as(make_member(project, Role.PRODUCER))

    answer = client.post(
        URL, {"project": str(project.pk), "name": "Spring", "features": FEATURES}, format="json"
    )

    assert answer.status_code == 201, answer.content
    body = answer.json()
    assert body["features"] == FEATURES
    assert body["project"] == str(project.pk)
    assert len(body["hash"]) == 64
    assert client.get(f"{URL}{body['id']}/").json() == body
    assert client.get(URL, {"project": str(project.pk)}).json()["count"] == 1


def create(client: Any, project: Any, features: Any, name: str = "Set") -> Any:
    return client.post(
        URL, {"project": str(project.pk), "name": name, "features": features}, format="json"
    )


def test_hash_ignores_blanks_but_not_order() -> None:
    project = make_project()
    client = api_as(make_member(project, Role.PRODUCER))
    tight = [{**FEATURES[0], "source": "((B08-B04))/(B08+B04)"}, FEATURES[1]]

    one = create(client, project, FEATURES, "one").json()["hash"]
    two = create(client, project, tight, "two").json()["hash"]
    three = create(client, project, FEATURES[::-1], "three").json()["hash"]

    assert one == two != three


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"statistic": "p55"}, "Unknown statistic 'p55'"),
        ({"source": "B08 -"}, "Column"),
        ({"source": "__import__('os')"}, "Column"),
        ({"source": "B08.real + 1"}, "Column"),
        ({"window": "13-45/14-02"}, "13-45"),
        ({"window": "2018-06-01/2018-03-01"}, "ends before it begins"),
        ({"window": "spring"}, "neither"),
        ({"colour": "red"}, "Extra inputs"),
        ({"name": ""}, "name"),
    ],
)
def test_wrong_feature_is_refused_with_its_number(change: dict[str, str], words: str) -> None:
    project = make_project()
    client = api_as(make_member(project, Role.PRODUCER))

    answer = create(client, project, [FEATURES[0], {**FEATURES[1], **change}])

    assert answer.status_code == 400
    (text, *_) = answer.json()["errors"]["features"]
    assert "Feature 2" in text
    assert words in text


@pytest.mark.parametrize("features", [[], "ndvi", None, {"a": 1}, [FEATURES[0], FEATURES[0]]])
def test_no_features_and_doubled_names_are_refused(features: Any) -> None:
    project = make_project()
    answer = create(api_as(make_member(project, Role.PRODUCER)), project, features)
    assert answer.status_code == 400
    assert "features" in answer.json()["errors"]


def test_asset_keys_that_are_no_expression_are_accepted_until_launch() -> None:
    project = make_project()
    features = [{"name": "a", "source": "B08-10m", "statistic": "mean"}]
    answer = create(api_as(make_member(project, Role.PRODUCER)), project, features)
    assert answer.status_code == 201


def test_name_is_taken_once_in_a_project_only() -> None:
    project, other = make_project(), make_project()
    client = api_as(make_member(project, Role.PRODUCER))

    assert create(client, project, FEATURES).status_code == 201
    assert create(client, project, FEATURES).status_code == 409
    assert create(api_as(make_member(other, Role.PRODUCER)), other, FEATURES).status_code == 201


def test_unused_set_changes_and_disappears() -> None:
    project = make_project()
    client = api_as(make_member(project, Role.PRODUCER))
    row = create(client, project, FEATURES).json()

    changed = client.patch(f"{URL}{row['id']}/", {"features": FEATURES[:1]}, format="json")
    assert changed.status_code == 200
    assert changed.json()["hash"] != row["hash"]
    put = client.put(f"{URL}{row['id']}/", {"name": "New", "features": FEATURES}, format="json")
    assert (put.json()["name"], put.json()["hash"]) == ("New", row["hash"])
    assert client.delete(f"{URL}{row['id']}/").status_code == 204
    assert client.get(f"{URL}{row['id']}/").status_code == 404


def test_set_of_a_model_can_neither_change_nor_disappear(register: Any) -> None:
    version = register()
    client = api_as(make_member(version.project, Role.PRODUCER))
    url = f"{URL}{version.feature_set_id}/"

    changed = client.patch(url, {"features": FEATURES[:1]}, format="json")

    assert changed.status_code == 409
    assert "Base 1" in changed.json()["detail"]
    assert client.delete(url).status_code == 409
    assert client.patch(url, {"features": FEATURES}, format="json").status_code == 200


def test_viewer_reads_only_and_stranger_sees_nothing() -> None:
    project = make_project()
    row = create(api_as(make_member(project, Role.PRODUCER)), project, FEATURES).json()
    viewer, stranger = api_as(make_member(project)), api_as(make_member(make_project()))

    assert viewer.get(f"{URL}{row['id']}/").status_code == 200
    assert viewer.delete(f"{URL}{row['id']}/").status_code == 403
    assert create(viewer, project, FEATURES, "x").status_code == 403
    assert stranger.get(f"{URL}{row['id']}/").status_code == 404
    assert stranger.patch(f"{URL}{row['id']}/", {"name": "x"}, format="json").status_code == 404
    assert create(stranger, project, FEATURES, "x").status_code == 404
    assert stranger.get(URL).json()["count"] == 0
    assert api_as().get(URL).status_code == 401
