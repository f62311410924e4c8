"""The log-in of a page that stays where it is."""

from typing import Any

import pytest
from django.test import Client

from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db
PATH = "/api/v1/auth/session/"


def log_in(client: Client, password: str, token: str | None = None) -> Any:
    headers = {"X-CSRFToken": token} if token else {}
    body = {"username": "anna", "password": password}
    return client.post(PATH, body, content_type="application/json", headers=headers)


def test_a_page_learns_that_its_session_has_ended() -> None:
    answer = Client().get(PATH).json()
    assert answer["authenticated"] is False
    assert answer["username"] == ""
    assert answer["csrf_token"]


def test_log_in_gives_a_session_and_the_key_for_its_calls() -> None:
    make_user(username="anna")
    client = Client(enforce_csrf_checks=True)
    before = client.get(PATH).json()["csrf_token"]
    answer = log_in(client, PASSWORD, before)
    assert answer.status_code == 200, answer.content
    assert answer.json()["username"] == "anna"
    assert client.get("/api/v1/users/me/").json()["username"] == "anna"
    assert client.get(PATH).json()["authenticated"] is True
    token = answer.json()["csrf_token"]
    made = client.post("/logout/", headers={"X-CSRFToken": token})
    assert made.status_code == 302


def test_a_foreign_page_cannot_choose_the_session() -> None:
    make_user(username="anna")
    answer = log_in(Client(enforce_csrf_checks=True), PASSWORD)
    assert answer.status_code == 403


def test_wrong_password_is_told_and_counted() -> None:
    make_user(username="anna")
    client = Client()
    statuses = [log_in(client, "wrong").status_code for _ in range(11)]
    assert statuses == [401] * 10 + [429]
