"""Logging in: clear, counted, and never a way to lock others out."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from apps.accounts.models import ApiToken, AuditEntry, LoginAttempt
from apps.accounts.services import token_issue
from apps.accounts.services.logins import login_attempts_purge
from apps.core.errors import InvalidInput
from tests.factories import PASSWORD, make_member, make_organisation, make_project, make_user

TOKEN_URL = "/api/v1/auth/token/"
ME_URL = "/api/v1/users/me/"
pytestmark = pytest.mark.django_db


def ask(username: str, password: str, **extra: Any) -> Any:
    body = {"username": username, "password": password}
    return APIClient().post(TOKEN_URL, body, format="json", **extra)


def me(key: str, scheme: str = "Token") -> Any:
    return APIClient().get(ME_URL, headers={"Authorization": f"{scheme} {key}"})


def test_a_name_and_a_password_give_a_token_that_works() -> None:
    user = make_user()
    key = ask(user.username, PASSWORD).json()["token"]
    assert me(key).json()["username"] == user.username


def test_a_token_is_kept_as_a_hash_and_lives_seven_days() -> None:
    user = make_user()
    key = ask(user.username, PASSWORD).json()["token"]
    row = ApiToken.objects.get(user=user)
    assert key not in (row.key_sha256, row.prefix)
    assert len(key) >= 43
    assert timedelta(days=6) < row.expires_at - timezone.now() <= timedelta(days=7)


def test_unknown_names_and_wrong_passwords_get_the_same_answer() -> None:
    user = make_user()
    answers = [ask(user.username, "wrong"), ask("nobody", "wrong")]
    assert [item.status_code for item in answers] == [401, 401]
    assert answers[0].json() == answers[1].json()
    assert "user name or the password is wrong" in answers[0].json()["detail"]


def test_a_missing_field_is_named() -> None:
    response = APIClient().post(TOKEN_URL, {"username": "x"}, format="json")
    assert response.status_code == 400
    assert list(response.json()["errors"]) == ["password"]


def test_the_eleventh_failure_is_not_even_tried() -> None:
    user = make_user()
    for _ in range(10):
        assert ask(user.username, "wrong").status_code == 401
    response = ask(user.username, PASSWORD)
    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= 900


def test_another_address_is_not_locked_out() -> None:
    user = make_user()
    for _ in range(11):
        ask(user.username, "wrong")
    assert ask(user.username, PASSWORD, REMOTE_ADDR="192.0.2.7").status_code == 200


def test_success_is_not_counted() -> None:
    user = make_user()
    for _ in range(12):
        assert ask(user.username, PASSWORD).status_code == 200


def test_nothing_lasts_longer_than_the_window() -> None:
    user = make_user()
    for _ in range(11):
        ask(user.username, "wrong")
    LoginAttempt.objects.update(window_start=timezone.now() - timedelta(minutes=16))
    assert ask(user.username, PASSWORD).status_code == 200
    LoginAttempt.objects.update(window_start=timezone.now() - timedelta(minutes=16))
    assert login_attempts_purge() == 2


@pytest.mark.django_db(transaction=True)
def test_parallel_guesses_get_ten_tries_together() -> None:
    user = make_user()
    codes: list[int] = []

    def guess() -> None:
        for _ in range(6):
            codes.append(ask(user.username, "wrong").status_code)
        connection.close()

    threads = [threading.Thread(target=guess) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes.count(401) == 10
    assert codes.count(429) == 20


@pytest.mark.parametrize("scheme", ["Token", "token", "Bearer"])
def test_the_header_is_read_with_any_scheme_word(scheme: str) -> None:
    assert me(token_issue(user=make_user()), scheme).status_code == 200


@pytest.mark.parametrize("header", ["Token", "Token a b", "Token wrong", "Token \xe9"])
def test_a_wrong_key_is_401_and_not_an_anonymous_call(header: str) -> None:
    response = APIClient().get(ME_URL, headers={"Authorization": header})
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Token"


def test_an_expired_token_is_refused() -> None:
    key = token_issue(user=make_user())
    ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert me(key).status_code == 401


def test_a_token_lives_at_most_a_year() -> None:
    with pytest.raises(InvalidInput, match="one year"):
        token_issue(user=make_user(), lifetime=timedelta(days=366))
    with pytest.raises(InvalidInput, match="Scopes"):
        token_issue(user=make_user(), scopes=["root"])


def test_a_reading_token_cannot_write() -> None:
    user = make_user()
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {token_issue(user=user, scopes=['read'])}")
    assert client.get("/api/v1/projects/").status_code == 200
    response = client.post("/api/v1/projects/", {"name": "Forest"}, format="json")
    assert response.status_code == 403


def test_a_token_of_one_project_sees_no_other() -> None:
    user = make_user()
    one, two = make_project(manager=user), make_project(manager=user)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {token_issue(user=user, project=one)}")
    found = client.get("/api/v1/projects/").json()["results"]
    assert [row["id"] for row in found] == [str(one.pk)]
    assert client.get(f"/api/v1/projects/{two.pk}/").status_code == 404


def test_the_last_use_of_a_token_is_noted() -> None:
    key = token_issue(user=make_user())
    me(key)
    first = ApiToken.objects.get().last_used_at
    me(key)
    assert first is not None
    assert ApiToken.objects.get().last_used_at == first


@pytest.mark.parametrize("who", ["user", "organisation"])
def test_the_suspended_are_as_anonymous(who: str) -> None:
    organisation = make_organisation()
    project = make_project()
    user = make_member(project, "manager", organisation=organisation)
    key = token_issue(user=user)
    browser = Client()
    browser.force_login(user)
    assert browser.get(ME_URL).status_code == 200
    target: Any = user if who == "user" else organisation
    target.is_active = False
    target.save()
    assert me(key).status_code == 401
    assert browser.get(ME_URL).status_code == 401
    assert ask(user.username, PASSWORD).status_code == 401


def test_log_ins_and_failures_leave_a_trace() -> None:
    user = make_user()
    ask(user.username, "wrong")
    ask(user.username, PASSWORD)
    actions = list(AuditEntry.objects.filter(action__startswith="login").values_list("action"))
    assert actions == [("login.failed",), ("login",)]


def test_the_page_says_what_is_wrong_and_keeps_the_name(client: Client) -> None:
    user = make_user()
    response = client.post("/login/", {"username": user.username, "password": "wrong"})
    page = response.content.decode()
    assert response.status_code == 401
    assert "The user name or the password is wrong." in page
    assert user.username in page


def test_the_page_leads_back_to_where_one_wanted_to_go(client: Client) -> None:
    user = make_user()
    body = {"username": user.username, "password": PASSWORD, "next": "/api/v1/users/me/"}
    assert client.post("/login/", body)["Location"] == "/api/v1/users/me/"


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:x"])
def test_the_page_leads_to_no_other_site(client: Client, target: str) -> None:
    user = make_user()
    body = {"username": user.username, "password": PASSWORD, "next": target}
    assert client.post("/login/", body)["Location"] == "/"


def test_logging_in_changes_the_session_and_logging_out_ends_it(client: Client) -> None:
    user = make_user()
    client.get("/login/")
    client.post("/login/", {"username": user.username, "password": PASSWORD})
    assert client.get(ME_URL).status_code == 200
    assert client.get("/logout/").status_code == 405
    client.post("/logout/")
    assert client.get(ME_URL).status_code == 401


def test_a_session_without_the_csrf_token_cannot_write() -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(make_user())
    response = browser.post(
        "/api/v1/projects/", {"name": "Forest"}, content_type="application/json"
    )
    assert response.status_code == 403
    assert "CSRF" in response.json()["detail"]


def test_a_form_without_the_csrf_token_is_refused() -> None:
    response = Client(enforce_csrf_checks=True).post("/login/", {"username": "a", "password": "b"})
    assert response.status_code == 403
    assert b"expired" in response.content
