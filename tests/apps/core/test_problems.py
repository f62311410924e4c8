"""Every error of the API is a problem detail and never a trace."""

import json
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client
from pydantic import BaseModel, ValidationError
from rest_framework import exceptions as drf

from apps.core import errors
from apps.core.api.problems import contract_errors, field_errors, problem_response
from apps.core.domain.problems import NOT_FOUND_DETAIL
from tests.factories import api_as, make_user


def answer(exc: Exception) -> Any:
    return problem_response(exc, {})


@pytest.mark.parametrize(
    ("exc", "status"),
    [
        (errors.InvalidInput("x"), 400),
        (errors.WrongCredentials("x"), 401),
        (errors.Forbidden("x"), 403),
        (errors.NotFound("x"), 404),
        (errors.Conflict("x"), 409),
        (errors.StaleEdit("x", current={"a": 1}), 412),
        (errors.TooLarge("x"), 413),
        (errors.PreconditionMissing("x"), 428),
        (errors.TooManyAttempts("x", wait=7), 429),
        (errors.Unavailable("x"), 503),
        (Http404(), 404),
        (PermissionDenied(), 403),
        (drf.ParseError("bad"), 400),
        (drf.MethodNotAllowed("PUT"), 405),
        (drf.Throttled(wait=3), 429),
        (drf.UnsupportedMediaType("text/x"), 415),
    ],
)
def test_each_error_has_its_status_in_one_table(exc: Exception, status: int) -> None:
    response = answer(exc)
    assert response.status_code == response.data["status"] == status
    assert response.content_type == "application/problem+json"
    assert {"type", "title", "detail"} <= set(response.data)


def test_all_404_have_the_same_body() -> None:
    bodies = [answer(exc).data for exc in (Http404("No Scene"), errors.NotFound("secret name"))]
    assert bodies[0] == bodies[1]
    assert bodies[0]["detail"] == NOT_FOUND_DETAIL


def test_a_stale_edit_carries_the_state_now() -> None:
    assert answer(errors.StaleEdit("old", current={"revision": 4})).data["current"] == {
        "revision": 4
    }


def test_waiting_times_are_told_in_the_header() -> None:
    assert answer(errors.TooManyAttempts("x", wait=7))["Retry-After"] == "7"
    assert answer(drf.Throttled(wait=3))["Retry-After"] == "3"


def test_validation_errors_name_their_fields() -> None:
    response = answer(drf.ValidationError({"name": ["Too long."], "grid": {"crs": ["Unknown."]}}))
    assert response.data["errors"] == {"name": ["Too long."], "grid.crs": ["Unknown."]}


def test_lists_of_objects_name_their_position() -> None:
    detail = {"classes": [{}, {"code": ["A number is required."]}]}
    assert field_errors(detail) == {"classes.1.code": ["A number is required."]}


def test_contract_errors_name_fields_but_not_values() -> None:
    class Model(BaseModel):
        size: int

    with pytest.raises(ValidationError) as caught:
        Model.model_validate({"size": "<script>"})
    found = contract_errors(caught.value, "grid")
    assert list(found) == ["grid.size"]
    assert "<script>" not in str(found)


def test_an_unknown_error_says_nothing_of_its_cause() -> None:
    response = answer(RuntimeError("password=canary"))
    assert response.status_code == 500
    assert "canary" not in json.dumps(response.data)


@pytest.mark.django_db
def test_an_unknown_address_of_the_api_is_a_problem(client: Client) -> None:
    response = client.get("/api/v1/no-such-thing/")
    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["detail"] == NOT_FOUND_DETAIL


@pytest.mark.django_db
@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"name": NaN}',
        b'{"name": "\\ud800"}',
        b'{"name": "a\\u0000b"}',
        b"\xff\xfe",
        b"[" * 200_000,
        b'"text"',
        b"[]",
        b"null",
    ],
)
def test_a_broken_body_is_400_and_never_500(body: bytes) -> None:
    client = api_as(make_user())
    response = client.post("/api/v1/projects/", data=body, content_type="application/json")
    assert response.status_code == 400, response.content
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.django_db
def test_a_body_over_the_limit_is_413() -> None:
    body = b'{"name": "' + b"x" * (10 * 1024 * 1024) + b'"}'
    response = api_as(make_user()).post(
        "/api/v1/projects/", data=body, content_type="application/json"
    )
    assert response.status_code == 413


@pytest.mark.django_db
def test_a_nul_in_the_query_is_400() -> None:
    response = api_as(make_user()).get("/api/v1/projects/?name=%00")
    assert response.status_code == 400


@pytest.mark.django_db
def test_a_program_with_any_accept_header_gets_json() -> None:
    client = api_as(make_user())
    for accept in ("text/html", "application/geo+json", "*/*"):
        assert client.get("/api/v1/projects/", headers={"accept": accept}).status_code == 200
