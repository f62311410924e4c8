"""What people are told, and what they prefer."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.accounts.enums import Tone
from apps.accounts.selectors import notifications_of, notifications_unread
from apps.accounts.services import notification_send, notifications_read
from apps.jobs.selectors import stream_since
from apps.projects.models import Membership
from tests.factories import api_as, make_member, make_project, make_user

pytestmark = pytest.mark.django_db
LIST, READ = "/api/v1/notifications/", "/api/v1/notifications/read/"


def tell(user: Any, text: str = "The map is ready.", **more: Any) -> Any:
    return notification_send(recipient=user, kind="test", tone=Tone.GOOD, text=text, **more)


def test_a_notification_is_a_row_and_a_message_of_the_persons_stream() -> None:
    user = make_user()
    row = tell(user, url="/jobs/1/")
    messages = stream_since(f"user:{user.pk}", 0)["results"]
    assert [(m["type"], m["seq"], m["id"]) for m in messages] == [("notification", 1, str(row.pk))]
    answer = api_as(user).get(LIST).json()
    assert (answer["count"], answer["unread"]) == (1, 1)
    assert answer["results"][0]["text"] == "The map is ready."
    assert api_as(make_user()).get(LIST).json()["count"] == 0


def test_reading_some_and_all_is_counted_and_told_to_other_windows() -> None:
    user = make_user()
    first, *_ = [tell(user, f"{number}") for number in range(3)]
    answer = api_as(user).post(READ, {"ids": [str(first.pk)]}, format="json").json()
    assert answer == {"marked": 1, "unread": 2}
    assert api_as(user).get(f"{LIST}?unread=true").json()["count"] == 2
    assert notifications_read(user=user) == 2
    assert notifications_read(user=user) == 0
    last = stream_since(f"user:{user.pk}", 0)["results"][-1]
    assert (last["type"], len(last["ids"]), last["unread"]) == ("notifications_read", 2, 0)


def test_nobody_marks_what_others_were_told() -> None:
    row = tell(make_user())
    answer = api_as(make_user()).post(READ, {"ids": [str(row.pk)]}, format="json").json()
    assert answer["marked"] == 0
    row.refresh_from_db()
    assert row.read_at is None


def test_a_project_that_was_left_is_not_told_about_any_more() -> None:
    project = make_project()
    user = make_member(project)
    tell(user, project=project)
    tell(user)
    assert notifications_unread(user) == 2
    past = timezone.now() - timedelta(days=1)
    Membership.objects.filter(user=user).update(valid_until=past)
    assert [row.project for row in notifications_of(user)] == [None]


def test_preferences_are_kept_and_unknown_ones_refused() -> None:
    user = make_user()
    client = api_as(user)
    path = "/api/v1/users/me/"
    answer = client.patch(path, {"preferences": {"tour": "done"}}, format="json")
    assert answer.json()["preferences"] == {"tour": "done"}
    client.patch(path, {"preferences": {"single_keys": "off"}}, format="json")
    assert client.get(path).json()["preferences"] == {"tour": "done", "single_keys": "off"}
    client.patch(path, {"preferences": {"tour": ""}}, format="json")
    assert client.get(path).json()["preferences"] == {"single_keys": "off"}
    for wrong in ({"colour": "red"}, {"tour": "maybe"}):
        answer = client.patch(path, {"preferences": wrong}, format="json")
        assert answer.status_code == 400
        assert next(iter(answer.json()["errors"])).startswith("preferences.")
