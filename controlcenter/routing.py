"""WebSocket routes of the whole site: one list per app, behind the origin check and the session."""

from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from channels.auth import AuthMiddlewareStack
from channels.routing import URLRouter
from channels.security.websocket import OriginValidator, WebsocketDenier
from django.conf import settings
from django.urls import re_path

SOCKET_APPS = ("jobs", "projects", "accounts", "samples")


class ExactOrigin(OriginValidator):
    """Allow only the site's own pages, and programs that bring a token instead of a cookie.

    A browser always sends Origin and cannot set Authorization, so a request without an origin is
    let through only when it carries a token and no cookie: nobody's session can be borrowed.
    """

    async def __call__(self, scope: Any, receive: Any, send: Any) -> Any:
        headers = dict(scope["headers"])
        origin = headers.get(b"origin")
        if origin is None:
            program = b"authorization" in headers and b"cookie" not in headers
            return await (self.application if program else WebsocketDenier())(scope, receive, send)
        if self._is_own(origin.decode("latin-1"), headers.get(b"host", b"").decode("latin-1")):
            return await self.application(scope, receive, send)
        return await WebsocketDenier()(scope, receive, send)

    def _is_own(self, origin: str, host: str) -> bool:
        """The origin names this very host and port, or one that the settings trust."""
        if origin in self.allowed_origins:
            return True
        parts = urlsplit(origin)
        named = (parts.hostname or "") in settings.ALLOWED_HOSTS
        bracketed = f"[{parts.hostname}]" in settings.ALLOWED_HOSTS
        return (
            parts.netloc == host
            and (named or bracketed)
            and parts.scheme in settings.ORIGIN_SCHEMES
        )


def socket_routes() -> list[Any]:
    """Collect ``websocket_urlpatterns`` of every app that has a ``routing`` module."""
    routes: list[Any] = []
    for name in SOCKET_APPS:
        try:
            module = import_module(f"apps.{name}.routing")
        except ModuleNotFoundError as error:
            if error.name != f"apps.{name}.routing":
                raise
            continue
        routes += module.websocket_urlpatterns
    return [*routes, re_path(r"^", WebsocketDenier.as_asgi())]


websocket_application = ExactOrigin(
    AuthMiddlewareStack(URLRouter(socket_routes())), list(settings.CSRF_TRUSTED_ORIGINS)
)
