"""Outgoing requests: only https, only listed hosts, only public addresses."""

import socket
from typing import Any

import pytest

from apps.catalog.gateways import network
from apps.catalog.gateways.documents import place_of
from apps.core.errors import InvalidInput, Unavailable

HOSTS = ["stac.example.com"]


@pytest.mark.parametrize(
    "url",
    [
        "http://stac.example.com/",
        "https://other.example.com/",
        "https://user:secret@stac.example.com/",
        "https://stac.example.com@evil.example/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://stac.example.com.evil.example/",
        "https://stac.example.com\\@evil.example/",
        "https://stac.example.com:99999/",
        "https://",
    ],
)
def test_address_that_may_not_be_asked_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput):
        network.address_check(url, hosts=HOSTS)


@pytest.mark.parametrize(
    "href", ["file:///etc/passwd", "/vsicurl/https://x/y", "ftp://x/y", "s3://b/k", "http://x/"]
)
def test_other_schemes_are_refused_before_any_request(href: str) -> None:
    with pytest.raises(InvalidInput):
        place_of(href, roots=[])


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "0.0.0.0", "224.0.0.1", "::1",
     "fe80::1", "fc00::1", "::ffff:8.8.8.8", "100.64.0.1", "2002:7f00:1::"],
)  # fmt: skip
def test_address_off_the_public_internet_is_refused(address: str) -> None:
    assert not network.is_public(address)


def test_host_with_one_private_answer_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(*_: Any, **__: Any) -> list[Any]:
        return [(0, 0, 0, "", (address, 443)) for address in ("93.184.215.14", "127.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with pytest.raises(InvalidInput, match="not on the public internet"):
        network.fetch_json("https://stac.example.com/", hosts=HOSTS)


def test_connection_goes_to_the_address_that_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    answers = iter([[(0, 0, 0, "", ("93.184.215.14", 443))]])
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: next(answers))

    def connect(address: Any, **_: Any) -> Any:
        asked.append(address)
        raise OSError("no route")

    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(Unavailable):
        network.fetch_json("https://stac.example.com/x", hosts=HOSTS)
    assert asked == [("93.184.215.14", 443)]
