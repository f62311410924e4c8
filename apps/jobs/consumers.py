"""Live streams over WebSockets. A message is a hint; the rows behind ``events/`` are the truth."""

import asyncio
import contextlib
import json
import time
from collections import deque
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.utils.module_loading import import_string

from apps.accounts.selectors import active_user, token_of_key
from apps.jobs.selectors import job_visible_to, stream_last, stream_since
from apps.projects.selectors import project_ids_of

TICK_SECONDS = 5.0
CHECK_EVERY_TICKS = 12
MAX_MESSAGE_BYTES = 4096
MAX_MESSAGES_PER_SECOND = 5
DENIED = 4403


class StreamConsumer(AsyncWebsocketConsumer):
    """Sends one stream to one caller; rights are checked at connect and every minute."""

    async def connect(self) -> None:
        self.stream = await self._permitted()
        if self.stream is None:
            await self.close(code=DENIED)
            return
        self.group = self.stream.replace(":", ".")
        self.heard: deque[float] = deque(maxlen=MAX_MESSAGES_PER_SECOND)
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()
        self.ticker = asyncio.create_task(self._tick())

    async def disconnect(self, code: int) -> None:
        if getattr(self, "ticker", None) is not None:
            self.ticker.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self.ticker
            await self.channel_layer.group_discard(self.group, self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Clients may say ``ping`` and ``since``; anything else ends the connection."""
        now = time.monotonic()
        hasty = len(self.heard) == MAX_MESSAGES_PER_SECOND and now - self.heard[0] < 1
        self.heard.append(now)
        message = _parsed(text_data)
        if hasty or message is None:
            await self.close(code=DENIED)
        elif message["type"] == "ping":
            await self._say({"type": "pong"})
        else:
            await self._say(await self._since(message["since"]))

    async def stream_message(self, event: dict[str, Any]) -> None:
        await self._say(event["message"])

    def stream_for(self, user: Any) -> str | None:
        """Return the stream's name when the user may follow it (runs in a thread)."""
        raise NotImplementedError

    @database_sync_to_async
    def _permitted(self) -> str | None:
        user = caller_of(self.scope)
        return self.stream_for(user) if user is not None else None

    @database_sync_to_async
    def _since(self, since: int) -> dict[str, Any]:
        return {"type": "since", **stream_since(str(self.stream), since)}

    @database_sync_to_async
    def _last(self) -> int:
        return stream_last(str(self.stream))

    async def _tick(self) -> None:
        """Tell the last number, so that a lost final message is found."""
        count = 0
        while True:
            await asyncio.sleep(TICK_SECONDS)
            count += 1
            if count % CHECK_EVERY_TICKS == 0 and await self._permitted() is None:
                await self.close(code=DENIED)
                return
            await self._say({"type": "tick", "seq": await self._last()})

    async def _say(self, message: dict[str, Any]) -> None:
        await self.send(text_data=json.dumps(message, default=str))


class JobConsumer(StreamConsumer):
    def stream_for(self, user: Any) -> str | None:
        pk = self.scope["url_route"]["kwargs"]["pk"]
        return f"job:{pk}" if job_visible_to(user).filter(pk=pk).exists() else None


class ProjectConsumer(StreamConsumer):
    def stream_for(self, user: Any) -> str | None:
        pk = self.scope["url_route"]["kwargs"]["pk"]
        return f"project:{pk}" if project_ids_of(user).filter(project_id=pk).exists() else None


class UserConsumer(StreamConsumer):
    def stream_for(self, user: Any) -> str | None:
        return f"user:{user.pk}"


class GatedConsumer(StreamConsumer):
    """A stream of an app above this one: ``settings.STREAM_GATES`` names who may follow it."""

    kind = ""

    def stream_for(self, user: Any) -> str | None:
        gate = import_string(settings.STREAM_GATES[self.kind])
        stream: str | None = gate(user, self.scope["url_route"]["kwargs"]["pk"])
        return stream


class SampleSetConsumer(GatedConsumer):
    kind = "sample-sets"


def caller_of(scope: Any) -> Any | None:
    """Return the active user of a socket: by session (still valid) or by token header."""
    user: Any = scope.get("user")
    session = scope.get("session")
    if user is not None and user.is_authenticated:
        alive = session is not None and session.exists(session.session_key)
        return active_user(user.pk) if alive else None
    header = dict(scope.get("headers") or []).get(b"authorization", b"").decode("latin-1")
    keyword, _, key = header.partition(" ")
    if keyword.lower() not in {"token", "bearer"} or not key:
        return None
    token = token_of_key(key.strip())
    if token is None:
        return None
    user = token.user
    user.token_project_id = token.project_id  # a token may be for one project only
    return user


def _parsed(text: str | None) -> dict[str, Any] | None:
    if text is None or len(text) > MAX_MESSAGE_BYTES:
        return None
    try:
        message = json.loads(text)
    except ValueError:
        return None
    if not isinstance(message, dict):
        return None
    if message.get("type") == "ping":
        return {"type": "ping"}
    since = message.get("since")
    return {"type": "since", "since": since} if isinstance(since, int) and since >= 0 else None
