"""What a visitor sees when a request fails before or outside a view."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from apps.core.domain.problems import (
    CONTENT_TYPE,
    internal_problem,
    not_found_problem,
    problem,
)
from apps.core.errors import DomainError, Forbidden, InvalidInput, NotFound

API_PREFIX = "/api/"


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    error = InvalidInput("The request was refused.", advice="Go back and try again.")
    return _answer(request, error, problem(400, error.message, code="refused"))


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    error = Forbidden(
        "Your role does not allow this.", advice="Ask a manager of the project for it."
    )
    return _answer(request, error, problem(403, error.message, code="forbidden"))


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    error = NotFound("There is no such page, or it is not yours to see.")
    return _answer(request, error, not_found_problem())


def server_error(request: HttpRequest) -> HttpResponse:
    body = internal_problem()
    return _answer(request, DomainError(body["detail"], advice="Try again in a moment."), body)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    error = Forbidden("The form has expired or was opened elsewhere.", advice="Load it again.")
    return _answer(request, error, problem(403, error.message, code="csrf"))


def _answer(request: HttpRequest, error: DomainError, body: dict[str, Any]) -> HttpResponse:
    """Answer programs with a problem, people with a page."""
    status = body["status"]
    if request.path.startswith(API_PREFIX):
        return JsonResponse(body, status=status, content_type=CONTENT_TYPE)
    return render(None, "core/error.html", {"error": error, "status": status}, status=status)  # type: ignore[arg-type]
