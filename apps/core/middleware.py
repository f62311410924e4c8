"""Request id, and the headers that tell a browser what a page may do."""

import re
import secrets
import uuid
from collections.abc import Awaitable, Callable
from inspect import iscoroutinefunction
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

from apps.core.domain.context import RequestContext, context_set

REQUEST_ID = re.compile(r"^[A-Za-z0-9._-]{8,64}$")
API_PREFIX = "/api/"
PERMISSIONS = "geolocation=(self), camera=(), microphone=()"


@sync_and_async_middleware
def request_context(get_response: Callable[..., Any]) -> Callable[..., Any]:
    """Give each request an id (taken from ``X-Request-ID`` when it is a plain one)."""

    def begin(request: HttpRequest) -> str:
        given = request.headers.get("X-Request-ID", "")
        request_id = given if REQUEST_ID.match(given) else uuid.uuid4().hex
        address = request.META.get("REMOTE_ADDR") or ""
        context_set(RequestContext(request_id=request_id, address=address[:64]))
        return request_id

    return _wrap(get_response, begin, _end_context)


@sync_and_async_middleware
def security_headers(get_response: Callable[..., Any]) -> Callable[..., Any]:
    """Set the content security policy with ``request.csp_nonce``.

    API answers are not kept, but where a view said ``private`` for what it tags itself.
    """

    def begin(request: HttpRequest) -> str:
        nonce = secrets.token_urlsafe(16)
        request.csp_nonce = nonce  # type: ignore[attr-defined]
        return nonce

    return _wrap(get_response, begin, _end_security)


def _wrap(
    get_response: Callable[..., Any],
    begin: Callable[[HttpRequest], str],
    end: Callable[[HttpRequest, HttpResponseBase, str], HttpResponseBase],
) -> Callable[..., Any]:
    if iscoroutinefunction(get_response):

        async def later(request: HttpRequest) -> HttpResponseBase:
            mark = begin(request)
            waiting: Awaitable[HttpResponseBase] = get_response(request)
            return end(request, await waiting, mark)

        return later

    def now(request: HttpRequest) -> HttpResponseBase:
        mark = begin(request)
        return end(request, get_response(request), mark)

    return now


def _end_context(_: HttpRequest, response: HttpResponseBase, mark: str) -> HttpResponseBase:
    response.headers["X-Request-ID"] = mark
    return response


def _end_security(request: HttpRequest, response: HttpResponseBase, mark: str) -> HttpResponseBase:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", content_policy(request, mark))
    headers.setdefault("Permissions-Policy", PERMISSIONS)
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    kept = headers.get("Cache-Control", "").startswith("private")  # a view that knows its ETag
    if request.path.startswith(API_PREFIX) and not kept:
        headers["Cache-Control"] = "no-store"
    return response


def content_policy(request: HttpRequest, nonce: str) -> str:
    """Return the policy: own scripts and styles only, inline ones by nonce, own sockets."""
    socket = "wss" if request.is_secure() else "ws"
    hosts = " ".join(settings.BASE_MAP_HOSTS)
    host = request.META.get("HTTP_HOST", "")
    sockets = f" {socket}://{host}" if re.fullmatch(r"[A-Za-z0-9.:\[\]-]{1,255}", host) else ""
    rules = (
        "default-src 'none'",
        f"script-src 'self' 'nonce-{nonce}'",
        f"style-src 'self' 'nonce-{nonce}'",
        f"img-src 'self' data: blob: {hosts}".rstrip(),
        f"connect-src 'self'{sockets}",
        "font-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
    return "; ".join(rules)
