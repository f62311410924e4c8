"""Edits name the revision they were made from."""

import pytest
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from apps.core.api.preconditions import etag_of, revision_from_if_match
from apps.core.errors import InvalidInput, PreconditionMissing


def request_with(value: str | None) -> Request:
    headers = {} if value is None else {"If-Match": value}
    return Request(APIRequestFactory().patch("/", headers=headers))


@pytest.mark.parametrize("value", ['"12"', 'W/"12"', "12", ' "12" '])
def test_a_revision_is_read(value: str) -> None:
    assert revision_from_if_match(request_with(value)) == 12


def test_the_etag_of_a_revision_is_read_back() -> None:
    assert revision_from_if_match(request_with(etag_of(7))) == 7


@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_missing_header_is_a_missing_precondition(value: str | None) -> None:
    with pytest.raises(PreconditionMissing, match="If-Match"):
        revision_from_if_match(request_with(value))


@pytest.mark.parametrize("value", ["*", '"abc"', '"1", "2"', '"-1"', '"' + "9" * 30 + '"'])
def test_a_malformed_header_is_invalid(value: str) -> None:
    with pytest.raises(InvalidInput, match="one revision in quotes"):
        revision_from_if_match(request_with(value))
