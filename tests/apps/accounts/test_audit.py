"""Every act leaves one row, in its own transaction."""

import pytest
from django.db import transaction

from apps.accounts.models import AuditEntry
from apps.accounts.services import audit_record
from tests.factories import api_as, make_project, make_user

pytestmark = pytest.mark.django_db


def test_an_act_names_actor_object_project_and_request() -> None:
    user = make_user()
    response = api_as(user).post(
        "/api/v1/projects/",
        {"name": "Forest"},
        format="json",
        headers={"X-Request-ID": "request-0001"},
    )
    row = AuditEntry.objects.get(action="project.create")
    assert row.actor == user
    assert row.organisation == user.organisation
    assert str(row.project_id) == row.object_id == response.json()["id"]
    assert row.object_type == "projects.project"
    assert row.request_id == "request-0001"
    assert row.address == "127.0.0.1"


def test_a_change_keeps_hashes_of_before_and_after() -> None:
    project = make_project()
    row = audit_record(
        actor=None, action="x", obj=project, project=project, before={"a": 1}, after={"a": 2}
    )
    same = audit_record(actor=None, action="x", obj=project, before={"a": 1})
    assert len(row.before_sha) == len(row.after_sha) == 64
    assert row.before_sha == same.before_sha != row.after_sha


def test_an_act_that_fails_leaves_no_row() -> None:
    project = make_project()
    before = AuditEntry.objects.count()
    with transaction.atomic():
        audit_record(actor=None, action="x", obj=project)
        transaction.set_rollback(True)
    assert AuditEntry.objects.count() == before


def test_the_trail_outlives_its_project() -> None:
    user = make_user()
    project = make_project(manager=user)
    key = project.pk
    assert api_as(user).delete(f"/api/v1/projects/{key}/").status_code == 204
    actions = AuditEntry.objects.filter(project_id=key).values_list("action", flat=True)
    assert "project.delete" in list(actions)
