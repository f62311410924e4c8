"""Live sockets: who may follow a stream, what it says, and what a client may say."""

import json
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from channels.routing import URLRouter

from apps.accounts.services import token_issue
from apps.jobs.routing import websocket_urlpatterns
from apps.jobs.services import outbox_add
from tests.apps.jobs.support import self_check_submit
from tests.factories.identity import make_user

pytestmark = pytest.mark.django_db(transaction=True)
application = URLRouter(websocket_urlpatterns)


class Talk(ApplicationCommunicator):
    """A client's side of one socket (channels.testing would want daphne)."""

    def __init__(self, path: str, key: str = "") -> None:
        headers = [(b"authorization", f"Token {key}".encode())] if key else []
        scope = {"type": "websocket", "path": path, "headers": headers, "query_string": b""}
        super().__init__(application, scope)

    async def connect(self) -> bool:
        await self.send_input({"type": "websocket.connect"})
        return bool((await self.receive_output(timeout=10))["type"] == "websocket.accept")

    async def say(self, text: str) -> None:
        await self.send_input({"type": "websocket.receive", "text": text})

    async def hear(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads((await self.receive_output(timeout=10))["text"])
        return message

    async def leave(self) -> None:
        await self.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.wait(timeout=5)


@pytest.fixture
def key(producer: Any) -> str:
    return token_issue(user=producer)


async def test_a_member_hears_the_stream_of_a_job(project: Any, producer: Any, key: str) -> None:
    job = await sync_to_async(self_check_submit)(project, producer)
    talk = Talk(f"/ws/jobs/{job.pk}/", key)
    assert await talk.connect()
    await sync_to_async(outbox_add)(f"job:{job.pk}", "counters", {"n": 1})
    message = await talk.hear()
    assert (message["type"], message["n"]) == ("counters", 1)
    await talk.leave()


@pytest.mark.parametrize("who", ["stranger", "nobody", "wrong key"])
async def test_others_are_refused(who: str, project: Any, producer: Any) -> None:
    job = await sync_to_async(self_check_submit)(project, producer)
    stranger = await sync_to_async(make_user)()
    own = await sync_to_async(token_issue)(user=stranger)
    talk = Talk(f"/ws/jobs/{job.pk}/", {"stranger": own, "wrong key": "x" * 43}.get(who, ""))
    assert not await talk.connect()


async def test_a_client_may_ask_since_and_ping(project: Any, producer: Any, key: str) -> None:
    await sync_to_async(outbox_add)(f"project:{project.pk}", "counters", {"n": 7})
    talk = Talk(f"/ws/projects/{project.pk}/", key)
    assert await talk.connect()
    await talk.say('{"type": "ping"}')
    assert await talk.hear() == {"type": "pong"}
    await talk.say('{"since": 0}')
    answer = await talk.hear()
    assert [message["n"] for message in answer["results"]] == [7]
    await talk.leave()


async def test_any_other_word_ends_the_connection(producer: Any, key: str) -> None:
    talk = Talk("/ws/users/me/", key)
    assert await talk.connect()
    await talk.say('{"type": "shell"}')
    closing = await talk.receive_output(timeout=10)
    assert (closing["type"], closing["code"]) == ("websocket.close", 4403)
