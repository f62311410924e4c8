"""A repeated unsafe call with the same key has one effect and one answer."""

import threading
from typing import Any

import pytest
from django.db import connection
from rest_framework.test import APIClient

from apps.core.models import IdempotencyRecord
from apps.core.services import idempotency_purge
from apps.projects.models import Project
from tests.factories import api_as, make_organisation, make_user

URL = "/api/v1/projects/"


def create(client: APIClient, key: str, name: str = "Forest", **more: Any) -> Any:
    return client.post(URL, {"name": name, **more}, format="json", headers={"Idempotency-Key": key})


@pytest.mark.django_db
def test_a_second_click_creates_one_project() -> None:
    client = api_as(make_user())
    first, second = create(client, "k-1"), create(client, "k-1")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert second["Idempotent-Replay"] == "true"
    assert Project.objects.count() == 1


@pytest.mark.django_db
def test_the_same_key_with_another_body_is_a_conflict() -> None:
    client = api_as(make_user())
    create(client, "k-1")
    response = create(client, "k-1", name="Grassland")
    assert response.status_code == 409
    assert "Idempotency-Key" in response.json()["detail"]


@pytest.mark.django_db
def test_keys_of_two_people_do_not_meet() -> None:
    organisation = make_organisation()
    for _ in range(2):
        client = api_as(make_user(organisation=organisation))
        assert create(client, "k-1").status_code == 201
    assert Project.objects.count() == 2


@pytest.mark.django_db
def test_a_failed_call_leaves_its_key_free() -> None:
    client = api_as(make_user())
    assert create(client, "k-1", name="").status_code == 400
    assert create(client, "k-1", name="Forest").status_code == 201


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", " ", "x" * 256])
def test_a_key_must_be_a_short_text(key: str) -> None:
    assert create(api_as(make_user()), key).status_code == 400


@pytest.mark.django_db
def test_old_answers_are_forgotten() -> None:
    client = api_as(make_user())
    create(client, "k-1")
    IdempotencyRecord.objects.update(created_at="2020-01-01T00:00:00Z")
    assert idempotency_purge() == 1


@pytest.mark.django_db(transaction=True)
def test_two_calls_at_the_same_time_create_one_project() -> None:
    user = make_user()
    gate = threading.Barrier(4)
    answers: list[Any] = []

    def call() -> None:
        gate.wait()
        answers.append(create(api_as(user), "k-1"))
        connection.close()

    threads = [threading.Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {item.status_code for item in answers} == {201}
    assert len({item.json()["id"] for item in answers}) == 1
    assert Project.objects.count() == 1
