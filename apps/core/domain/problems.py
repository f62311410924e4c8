"""RFC 9457 problem details, and the only table of HTTP status codes."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from apps.core import errors

CONTENT_TYPE = "application/problem+json"
NOT_FOUND_DETAIL = "There is no such object, or it is not yours to see."
INTERNAL_DETAIL = (
    "Something broke on our side. The error is logged under the request id of this answer."
)
STATUS: dict[type[errors.DomainError], int] = {
    errors.InvalidInput: 400,
    errors.WrongCredentials: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.StaleEdit: 412,
    errors.TooLarge: 413,
    errors.PreconditionMissing: 428,
    errors.TooManyAttempts: 429,
    errors.Unavailable: 503,
    errors.DomainError: 400,
}


def status_of(error: errors.DomainError) -> int:
    """Return the HTTP status of a domain error: that of its nearest listed class."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def problem(
    status: int,
    detail: str,
    *,
    code: str = "",
    errors: Mapping[str, Any] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """Return the members of one problem; ``errors`` maps a field to its texts."""
    title = HTTPStatus(status).phrase
    name = code or title.lower().replace(" ", "_").replace("-", "_")
    body: dict[str, Any] = {
        "type": f"urn:controlcenter:problem:{name}",
        "title": title,
        "status": status,
        "detail": detail,
    }
    if errors:
        body["errors"] = errors
    return body | {key: value for key, value in more.items() if value not in (None, "")}


def not_found_problem() -> dict[str, Any]:
    """Return the one body of every 404, so that foreign and unknown ids look the same."""
    return problem(404, NOT_FOUND_DETAIL, code="not_found")


def internal_problem() -> dict[str, Any]:
    return problem(500, INTERNAL_DETAIL, code="internal")
