"""What a browser is told about pages and answers."""

import re

import pytest
from django.test import AsyncClient, Client

pytestmark = pytest.mark.django_db


def test_a_page_carries_the_security_headers(client: Client) -> None:
    response = client.get("/login/")
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "geolocation=(self)" in response["Permissions-Policy"]
    assert response["X-Frame-Options"] == "DENY"


def test_each_page_has_its_own_nonce(client: Client) -> None:
    policies = [client.get("/login/")["Content-Security-Policy"] for _ in range(2)]
    nonces = [re.findall(r"'nonce-([\w-]{20,})'", policy) for policy in policies]
    assert all(found[0] == found[1] for found in nonces)
    assert nonces[0][0] != nonces[1][0]


def test_a_strange_host_enters_no_policy(client: Client) -> None:
    response = client.get("/login/", headers={"host": "a; script-src *"})
    assert "script-src *" not in response["Content-Security-Policy"]


def test_answers_of_the_api_are_not_kept(client: Client) -> None:
    assert client.get("/api/v1/projects/")["Cache-Control"] == "no-store"


def test_a_plain_request_id_is_kept_and_a_strange_one_replaced(client: Client) -> None:
    kept = client.get("/login/", headers={"x-request-id": "abcdef-123456"})
    assert kept["X-Request-ID"] == "abcdef-123456"
    replaced = client.get("/login/", headers={"x-request-id": "a b\\n"})
    assert re.fullmatch(r"[0-9a-f]{32}", replaced["X-Request-ID"])


async def test_the_headers_are_set_under_asgi_too() -> None:
    response = await AsyncClient().get("/api/v1/no-such-thing/")
    assert response.status_code == 404
    assert "Content-Security-Policy" in response
    assert "X-Request-ID" in response


def test_the_docs_run_no_inline_script(client: Client) -> None:
    page = client.get("/api/v1/docs/").content.decode()
    assert "<script>" not in page
    assert "<style" not in page
    script = client.get("/api/v1/docs/?script")
    assert script["Content-Type"] == "application/javascript"


def test_the_schema_is_openapi_3_1(client: Client) -> None:
    assert client.get("/api/v1/schema/").content.startswith(b"openapi: 3.1")


def test_every_operation_documents_the_form_of_its_errors(client: Client) -> None:
    schema = client.get("/api/v1/schema/?format=json").json()
    operations = [
        operation
        for methods in schema["paths"].values()
        for operation in methods.values()
        if "responses" in operation
    ]
    assert operations
    assert all("default" in operation["responses"] for operation in operations)
    assert "Problem" in schema["components"]["schemas"]
