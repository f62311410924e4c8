"""The URL map as data: every route with its view class, its rule and its methods."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLResolver, get_resolver

from apps.core.policy import Access

_PARAMETER = re.compile(r"\(\?P<(\w+)>[^)]*\)|<(?:\w+:)?(\w+)>")
_VERBS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Route:
    """``pattern`` as Django prints it; ``methods`` maps a verb to the name of its handler."""

    pattern: str
    view: Any
    access: Access | None
    methods: tuple[str, ...]

    @property
    def parameters(self) -> tuple[str, ...]:
        return tuple(a or b for a, b in _PARAMETER.findall(self.pattern))

    @property
    def is_api(self) -> bool:
        return self.pattern.startswith("api/")

    def path(self, **values: Any) -> str:
        """Return an address with the parameters filled in."""
        filled = _PARAMETER.sub(lambda hit: str(values[hit.group(1) or hit.group(2)]), self.pattern)
        return "/" + filled.replace("^", "").replace("$", "").replace("\\", "")


def routes() -> list[Route]:
    """Return every route of the site."""
    return list(_walk(get_resolver().url_patterns, ""))


def _walk(patterns: Any, prefix: str) -> Iterator[Route]:
    for item in patterns:
        pattern = f"{prefix}{item.pattern}"
        if isinstance(item, URLResolver):
            yield from _walk(item.url_patterns, pattern)
            continue
        callback = item.callback
        view = getattr(callback, "cls", None) or getattr(callback, "view_class", None)
        given = getattr(callback, "initkwargs", None) or getattr(callback, "view_initkwargs", {})
        access = given.get("access") or getattr(view, "access", None)
        actions = getattr(callback, "actions", None)
        verbs = tuple(actions) if actions else _verbs_of(view)
        yield Route(pattern, view, access, verbs)


def _verbs_of(view: Any) -> tuple[str, ...]:
    allowed = getattr(view, "http_method_names", _VERBS)
    return tuple(verb for verb in _VERBS if hasattr(view, verb) and verb in allowed)
