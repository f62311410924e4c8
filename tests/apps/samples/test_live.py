"""The live stream of a set: members hear of edits, strangers are turned away."""

from typing import Any

import pytest
from asgiref.sync import sync_to_async

from apps.accounts.services import token_issue
from apps.core.enums import Role
from apps.samples.services import sample_create
from tests.apps.jobs.test_sockets import Talk
from tests.factories import make_member, make_user

pytestmark = pytest.mark.django_db(transaction=True)
PLACE = {"type": "Point", "coordinates": [22.15, 45.2]}


async def test_a_member_hears_of_an_edit_without_its_label(project: Any, training: Any) -> None:
    viewer = await sync_to_async(make_member)(project, Role.VIEWER)
    key = await sync_to_async(token_issue)(user=viewer)
    talk = Talk(f"/ws/sample-sets/{training.pk}/", key)
    assert await talk.connect()
    sample = await sync_to_async(sample_create)(
        sample_set=training, geometry=PLACE, values={"class_code": 1}, user=viewer
    )
    message = await talk.hear()
    assert (message["type"], message["by"]) == ("samples", viewer.username)
    assert message["samples"] == [{"id": str(sample.pk), "revision": 1, "action": "created"}]
    await talk.leave()


async def test_a_stranger_hears_nothing(training: Any) -> None:
    stranger = await sync_to_async(make_user)()
    key = await sync_to_async(token_issue)(user=stranger)
    assert not await Talk(f"/ws/sample-sets/{training.pk}/", key).connect()
