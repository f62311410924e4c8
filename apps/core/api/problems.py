"""Every error of the API as RFC 9457 problem details."""

import logging
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.exceptions import ValidationError as ModelError
from django.core.signals import got_request_exception
from django.db import OperationalError, connections
from django.http import Http404
from pydantic import ValidationError as ContractError
from rest_framework import exceptions as drf
from rest_framework.response import Response
from rest_framework.settings import api_settings

from apps.core import errors as domain
from apps.core.domain.problems import (
    CONTENT_TYPE,
    internal_problem,
    not_found_problem,
    problem,
    status_of,
)

logger = logging.getLogger(__name__)


def problem_response(exc: Exception, context: Mapping[str, Any]) -> Response:
    """Answer any exception of an API view (DRF's EXCEPTION_HANDLER); never with a trace."""
    body, headers = _describe(exc)
    if body["status"] >= 500 and not isinstance(exc, domain.DomainError):
        request = context.get("request")
        logger.error("Unhandled error of an API call.", exc_info=exc)
        got_request_exception.send(sender=type(exc), request=getattr(request, "_request", request))
    _roll_back(context.get("view"))
    return Response(body, status=body["status"], headers=headers, content_type=CONTENT_TYPE)


def _describe(exc: Exception) -> tuple[dict[str, Any], dict[str, str]]:
    """Return (problem, headers) of an exception."""
    match exc:
        case domain.NotFound(errors=named) if named:
            return _of_domain_error(exc)  # about an id in the body: worded alike for foreign ones
        case domain.NotFound() | Http404():
            return not_found_problem(), {}
        case domain.DomainError():
            return _of_domain_error(exc)
        case drf.ValidationError():
            return _invalid(field_errors(exc.detail)), {}
        case ContractError():
            return _invalid(contract_errors(exc)), {}
        case ModelError():
            fields = exc.message_dict if hasattr(exc, "error_dict") else {"": exc.messages}
            return _invalid({name or "non_field_errors": list(v) for name, v in fields.items()}), {}
        case drf.APIException():
            return _of_api_exception(exc)
        case PermissionDenied():
            return problem(403, "Your role does not allow this.", code="forbidden"), {}
        case RequestDataTooBig():
            return problem(413, "The request body is over the limit.", code="too_large"), {}
        case SuspiciousOperation():
            return problem(400, "The request was refused.", code="refused"), {}
        case OperationalError():
            text = "The database did not answer in time. Try again; narrow the query if it repeats."
            return problem(503, text, code="unavailable"), {"Retry-After": "5"}
    return internal_problem(), {}


def _of_domain_error(exc: domain.DomainError) -> tuple[dict[str, Any], dict[str, str]]:
    more: dict[str, Any] = {"advice": exc.advice}
    headers: dict[str, str] = {}
    if isinstance(exc, domain.StaleEdit):
        more["current"] = exc.current
        more |= {"stale": exc.stale} if exc.stale else {}
    if isinstance(exc, domain.TooManyAttempts):
        headers["Retry-After"] = str(exc.wait)
    if isinstance(exc, domain.WrongCredentials):
        headers["WWW-Authenticate"] = "Token"
    body = problem(status_of(exc), exc.message, code=exc.code, errors=exc.errors, **more)
    return body, headers


def _of_api_exception(exc: drf.APIException) -> tuple[dict[str, Any], dict[str, str]]:
    headers: dict[str, str] = {}
    code = str(exc.default_code)
    detail = str(exc.detail)
    if isinstance(exc, drf.NotAuthenticated):
        detail = "Sign in, or send the header 'Authorization: Token <key>'."
    if isinstance(exc, drf.PermissionDenied) and exc.detail == exc.default_detail:
        detail = "Your role does not allow this."
    header = getattr(exc, "auth_header", None)
    if header:
        headers["WWW-Authenticate"] = header
    wait = getattr(exc, "wait", None)
    if wait:
        headers["Retry-After"] = str(int(wait))
    return problem(exc.status_code, detail, code=code), headers


def _invalid(errors: Mapping[str, list[str]]) -> dict[str, Any]:
    named = "; ".join(f"{name}: {texts[0]}" for name, texts in list(errors.items())[:3] if texts)
    detail = f"The request is not valid. {named}"[:1000]
    return problem(400, detail, code="invalid", errors=errors)


def field_errors(detail: Any, prefix: str = "") -> dict[str, list[str]]:
    """Flatten DRF's nested validation detail to {dotted field: [text, …]}."""
    if isinstance(detail, Mapping):
        flat: dict[str, list[str]] = {}
        for name, value in detail.items():
            flat |= field_errors(value, f"{prefix}.{name}" if prefix else str(name))
        return flat
    if isinstance(detail, list | tuple):
        nested = [item for item in detail if isinstance(item, Mapping | list | tuple)]
        if not nested:
            name = prefix or api_settings.NON_FIELD_ERRORS_KEY
            return {name: [str(item) for item in detail]}
        flat = {}
        for number, item in enumerate(detail):
            if item:
                flat |= field_errors(item, f"{prefix}.{number}" if prefix else str(number))
        return flat
    return {prefix or api_settings.NON_FIELD_ERRORS_KEY: [str(detail)]}


def contract_errors(exc: ContractError, prefix: str = "") -> dict[str, list[str]]:
    """Return a pydantic error as {dotted field: [text, …]}, without the offending values."""
    flat: dict[str, list[str]] = {}
    for item in exc.errors(include_url=False, include_context=False, include_input=False):
        parts = [prefix, *(str(part) for part in item["loc"])]
        name = ".".join(part for part in parts if part) or api_settings.NON_FIELD_ERRORS_KEY
        flat.setdefault(name, []).append(item["msg"].removeprefix("Value error, "))
    return flat


def _roll_back(view: Any) -> None:
    """Undo the request's transaction, unless the view manages its own."""
    if getattr(getattr(view, "dispatch", None), "_non_atomic_requests", None):
        return
    for connection in connections.all(initialized_only=True):
        if connection.settings_dict["ATOMIC_REQUESTS"] and connection.in_atomic_block:
            connection.set_rollback(True)
