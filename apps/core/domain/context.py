"""What is known of the request being served: set by the middleware, read by the audit trail."""

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class RequestContext:
    """``request_id`` is empty outside a request (commands, workers)."""

    request_id: str = ""
    address: str = ""


NO_REQUEST = RequestContext()
_current: ContextVar[RequestContext] = ContextVar("request_context", default=NO_REQUEST)


def context_set(value: RequestContext) -> None:
    _current.set(value)


def context_get() -> RequestContext:
    return _current.get()
