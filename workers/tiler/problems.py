"""One table: which error is answered with which HTTP status, always as problem details."""

import logging
from collections.abc import Callable

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from workers.contracts.tiles import TokenExpired, TokenTampered
from workers.tiler.errors import TilerError

_log = logging.getLogger(__name__)
FAILED = "The tile server failed on this request; its log says why."


def problems_handle(app: FastAPI) -> None:
    """Answer every error of an application with a problem; unforeseen ones keep their text."""
    app.add_exception_handler(TokenTampered, _answer(403))
    app.add_exception_handler(TokenExpired, _answer(410))
    app.add_exception_handler(TilerError, _answer(500))
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _failed)


def problem(status: int, detail: str) -> JSONResponse:
    """Return RFC 9457 problem details that no cache keeps."""
    headers = {"Cache-Control": "no-store"} | ({"Retry-After": "2"} if status == 503 else {})
    return JSONResponse(
        {"type": "about:blank", "status": status, "detail": detail},
        status_code=status,
        headers=headers,
        media_type="application/problem+json",
    )


def _answer(status: int) -> Callable[[Request, Exception], JSONResponse]:
    def handler(_: Request, error: Exception) -> JSONResponse:
        return problem(error.status if isinstance(error, TilerError) else status, str(error))

    return handler


def _malformed(_: Request, error: Exception) -> JSONResponse:
    """Name the parameter, never repeat its value: it may be long, or not a JSON number."""
    assert isinstance(error, RequestValidationError)  # noqa: S101  registered for it alone
    told = "; ".join(f"{entry['loc'][-1]}: {entry['msg']}" for entry in error.errors()[:3])
    return problem(422, told)


def _http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101  registered for it alone
    return problem(error.status_code, str(error.detail))


def _failed(request: Request, error: Exception) -> JSONResponse:
    """What went wrong may name files and is for the log; the caller learns that it did."""
    _log.error("%s %s failed", request.method, request.url.path[-60:], exc_info=error)
    return problem(500, FAILED)
