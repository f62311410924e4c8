"""What a visitor sees when a request fails before or outside a view."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from apps.core.domain.problems import (
    CONTENT_TYPE,
    internal_problem,
    not_found_problem,
    problem,
)
from apps.core.errors import DomainError, Forbidden, InvalidInput

API_PREFIX = "/api/"
GENERAL_PAGE = "core/error.html"


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    error = InvalidInput("The request was refused.", advice="Go back and try again.")
    return _answer(request, problem(400, error.message, code="refused"), GENERAL_PAGE, error)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    body = problem(403, "Your role does not allow this.", code="forbidden")
    return _answer(request, body, "403.html")


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(request, not_found_problem(), "404.html")


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer without the request's context, which may be what broke."""
    if request.path.startswith(API_PREFIX):
        return _answer(request, internal_problem(), "")
    return HttpResponse(render_to_string("500.html"), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    error = Forbidden("The form has expired or was opened elsewhere.", advice="Load it again.")
    return _answer(request, problem(403, error.message, code="csrf"), GENERAL_PAGE, error)


def _answer(
    request: HttpRequest, body: dict[str, Any], template: str, error: DomainError | None = None
) -> HttpResponse:
    """Answer programs with a problem, people with a page."""
    status = body["status"]
    if request.path.startswith(API_PREFIX):
        return JsonResponse(body, status=status, content_type=CONTENT_TYPE)
    return render(request, template, {"error": error, "status": status}, status=status)
