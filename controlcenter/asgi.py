"""The web process: Django, WebSockets, and tiles handed on to the tile server."""

import os
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "controlcenter.settings.dev")
pages = get_asgi_application()

from channels.routing import ProtocolTypeRouter  # noqa: E402 - Django must be set up first

from controlcenter.checks import refuse_unsafe_production  # noqa: E402
from controlcenter.routing import websocket_application  # noqa: E402
from controlcenter.startup import run_outside_loop  # noqa: E402
from controlcenter.tiles import tile_gate  # noqa: E402


async def http(scope: Any, receive: Any, send: Any) -> None:
    """Tiles go to the tiler's socket, everything else to Django."""
    target = tile_gate if scope["path"].startswith("/tiles/") else pages
    await target(scope, receive, send)


run_outside_loop(refuse_unsafe_production)
application = ProtocolTypeRouter({"http": http, "websocket": websocket_application})
