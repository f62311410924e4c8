"""Is this installation alive, and can it do work? For people, probes and the supervisor."""

from collections.abc import Callable
from typing import Any

import redis
from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator
from django.views.generic import View

from apps.core.policy import PUBLIC
from apps.core.storage import store_open

BROKER_SECONDS = 2.0


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return ""


def _broker() -> str:
    client = redis.Redis.from_url(
        settings.REDIS_BROKER_URL,
        socket_timeout=BROKER_SECONDS,
        socket_connect_timeout=BROKER_SECONDS,
    )
    with client:
        client.ping()
    return ""


def _storage() -> str:
    return "" if store_open().has_space() else "no space is left in the object store"


def _workers() -> str:
    from apps.jobs.selectors import worker_sessions_alive

    return "" if worker_sessions_alive() else "no compute worker has checked in"


LIVE: dict[str, Callable[[], str]] = {
    "database": _database,
    "broker": _broker,
    "storage": _storage,
}
READY = {**LIVE, "workers": _workers}


def problems_of(parts: dict[str, Callable[[], str]]) -> dict[str, str]:
    """Return part → what is wrong with it; empty when all is well."""
    problems = {}
    for name, ask in parts.items():
        try:
            problem = ask()
        except Exception as error:  # noqa: BLE001 - whatever is wrong, the answer is "not well"
            problem = f"does not answer ({type(error).__name__})"
        if problem:
            problems[name] = problem
    return problems


@method_decorator(transaction.non_atomic_requests, name="dispatch")
class Health(View):
    """GET answers 200 when every part does, else 503 naming those that do not."""

    access = PUBLIC
    parts = LIVE
    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        problems = problems_of(self.parts)
        answer = {"status": "unavailable" if problems else "ok", "problems": problems}
        return JsonResponse(
            answer, status=503 if problems else 200, headers={"Cache-Control": "no-store"}
        )


class Readiness(Health):
    """As Health, and a compute worker has checked in lately."""

    parts = READY
