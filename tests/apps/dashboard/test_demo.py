"""The demo installation: known people, one project, never in production."""

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.projects.models import Project

pytestmark = pytest.mark.django_db


def client_of(username: str) -> APIClient:
    client = APIClient()
    body = {"username": username, "password": "demo"}
    key = client.post("/api/v1/auth/token/", body, format="json").json()["token"]
    client.credentials(HTTP_AUTHORIZATION=f"Token {key}")
    return client


@pytest.mark.parametrize("name", ["manager", "producer", "interpreter", "viewer"])
def test_each_demo_person_has_the_role_of_the_name(name: str) -> None:
    call_command("make_demo", "--logins")
    rows = client_of(name).get("/api/v1/projects/").json()["results"]
    assert [(row["slug"], row["role"]) for row in rows] == [("demo", name)]
    assert rows[0]["grid"]["block_size"] == 128


def test_the_stranger_sees_nothing_of_the_demo() -> None:
    call_command("make_demo", "--logins")
    client = client_of("stranger")
    assert client.get("/api/v1/projects/").json()["count"] == 0
    key = Project.objects.get(slug="demo").pk
    assert client.get(f"/api/v1/projects/{key}/").status_code == 404
    assert client.get("/api/v1/users/me/").json()["organisation"]["slug"] == "other"


def test_making_the_demo_twice_changes_nothing() -> None:
    call_command("make_demo", "--logins")
    call_command("make_demo", "--logins")
    assert User.objects.count() == 5
    assert Project.objects.count() == 1


def test_production_refuses_the_demo(settings: Settings) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="refused under these settings"):
        call_command("make_demo", "--logins")
    assert User.objects.count() == 0
