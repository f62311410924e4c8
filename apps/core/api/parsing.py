"""Reading bodies safely: bounded size, bounded depth, text that PostgreSQL can hold."""

import json
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import BaseParser

from apps.core.errors import InvalidInput, TooLarge

MAX_BODY_BYTES = 10 * 1024 * 1024


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


class BoundedJsonParser(BaseParser):
    """JSON of at most 10 MB, without NaN, NUL or broken Unicode.

    Any JSON media type is read, ``application/geo+json`` and ``merge-patch+json`` included.
    """

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Any = None
    ) -> Any:
        raw = stream.read(MAX_BODY_BYTES + 1)
        if len(raw) > MAX_BODY_BYTES:
            raise TooLarge(
                "The request body is over 10 MB.", advice="Import large data as a file instead."
            )
        try:
            value = json.loads(raw, parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as exc:
            reason = "it is nested too deep" if isinstance(exc, RecursionError) else exc
            raise ParseError(f"The body is not valid JSON: {reason}") from exc
        if b"\\u" in raw:
            _refuse_broken_text(value)
        return value


class GeoJsonParser(BoundedJsonParser):
    media_type = "application/geo+json"


class MergePatchParser(BoundedJsonParser):
    media_type = "application/merge-patch+json"


def _refuse_broken_text(value: Any) -> None:
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError as exc:
        raise ParseError("The body holds broken Unicode (a lone surrogate).") from exc
    if "\\u0000" in text:
        raise ParseError("The body holds a NUL character, which no text field can keep.")


def query_check(params: Any) -> None:
    """Refuse a query string with a NUL character, which PostgreSQL cannot compare."""
    bad = [name for name, values in params.lists() if any("\x00" in value for value in values)]
    if bad:
        raise InvalidInput(
            "A query parameter holds a NUL character.",
            errors={name: ["NUL characters are not allowed."] for name in bad},
        )


class LenientNegotiation(DefaultContentNegotiation):
    """Answer JSON to whoever asks: a browser or QGIS must not get 406 for its Accept header."""

    def select_renderer(
        self, request: Any, renderers: Any, format_suffix: str | None = None
    ) -> tuple[Any, str]:
        first = next(iter(renderers))
        return first, first.media_type
