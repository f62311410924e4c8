"""Jobs over HTTP: who may see and do what, events, blocks, log."""

from typing import Any
from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from apps.core.enums import Role
from apps.jobs.selectors import run_latest
from apps.jobs.services import outbox_add
from tests.apps.jobs.support import Hand, planned_run, self_check_submit
from tests.factories.identity import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(producer: Any) -> APIClient:
    return signed_in(producer)


def signed_in(user: Any) -> APIClient:
    client = APIClient()
    client.force_authenticate(user)
    return client


def test_a_job_tells_what_clients_rely_on(project: Any, producer: Any, client: APIClient) -> None:
    job = self_check_submit(project, producer)
    body = client.get(f"/api/v1/jobs/{job.pk}/").json()
    assert body["status"] == "created"
    assert body["progress"] == {"done": 0, "total": 0, "failed": 0, "reused": 0, "fraction": 0.0}
    assert body["outputs"] == {"layers": [], "model_version": None, "assessment": None}
    assert [run["number"] for run in body["runs"]] == [1]
    assert (body["warnings"], body["error"]) == ([], None)


def test_a_stranger_finds_no_job_and_an_unknown_id_looks_the_same(
    project: Any, producer: Any
) -> None:
    job = self_check_submit(project, producer)
    stranger = signed_in(make_user())
    for path in ("", "events/", "blocks/", "log/"):
        foreign = stranger.get(f"/api/v1/jobs/{job.pk}/{path}")
        unknown = stranger.get(f"/api/v1/jobs/{uuid4()}/{path}")
        assert (foreign.status_code, unknown.status_code) == (404, 404)
    assert stranger.post(f"/api/v1/jobs/{job.pk}/cancel/").status_code == 404


def test_a_viewer_reads_and_may_not_act(project: Any, producer: Any) -> None:
    job = self_check_submit(project, producer)
    viewer = signed_in(make_user(role=Role.VIEWER, project=project))
    assert viewer.get(f"/api/v1/jobs/{job.pk}/").status_code == 200
    for action in ("pause", "resume", "cancel", "retry"):
        assert viewer.post(f"/api/v1/jobs/{job.pk}/{action}/").status_code == 403
    assert run_latest(job).wanted == "run"


def test_nobody_reads_without_logging_in(project: Any, producer: Any) -> None:
    job = self_check_submit(project, producer)
    assert APIClient().get(f"/api/v1/jobs/{job.pk}/").status_code in (401, 403)


def test_actions_answer_with_the_job(project: Any, producer: Any, client: APIClient) -> None:
    job, _ = planned_run(project, producer)
    assert client.post(f"/api/v1/jobs/{job.pk}/pause/").status_code == 200
    assert client.post(f"/api/v1/jobs/{job.pk}/resume/").status_code == 200
    answer = client.post(f"/api/v1/jobs/{job.pk}/cancel/")
    assert answer.json()["status"] == "canceling"
    assert client.post(f"/api/v1/jobs/{job.pk}/pause/").status_code == 409


def test_a_retry_before_the_end_conflicts(project: Any, producer: Any, client: APIClient) -> None:
    job, _ = planned_run(project, producer)
    assert client.post(f"/api/v1/jobs/{job.pk}/retry/").status_code == 409


def test_events_come_after_since(project: Any, producer: Any, client: APIClient) -> None:
    job = self_check_submit(project, producer)
    for number in range(3):
        outbox_add(f"job:{job.pk}", "counters", {"n": number})
    body = client.get(f"/api/v1/jobs/{job.pk}/events/?since=1").json()
    assert [message["n"] for message in body["results"]] == [1, 2]
    assert body["seq"] == 3
    assert client.get(f"/api/v1/jobs/{job.pk}/events/?since=x").status_code == 400


def test_projects_and_people_have_streams_of_their_own(
    project: Any, producer: Any, client: APIClient
) -> None:
    outbox_add(f"project:{project.pk}", "counters", {"job": "j"})
    outbox_add(f"user:{producer.pk}", "notification", {"text": "t"})
    seen = client.get(f"/api/v1/projects/{project.pk}/events/").json()
    own = client.get("/api/v1/users/me/events/").json()
    assert (seen["results"][0]["job"], own["results"][0]["text"]) == ("j", "t")
    stranger = signed_in(make_user())
    assert stranger.get(f"/api/v1/projects/{project.pk}/events/").status_code == 404
    assert stranger.get("/api/v1/users/me/events/").json()["results"] == []


def test_blocks_are_outlined_in_degrees_with_their_state(
    project: Any, producer: Any, client: APIClient
) -> None:
    job, _ = planned_run(project, producer, columns=2, rows=1)
    job.workflow = "predict_map"  # a self-check has no place on the map
    job.save()
    hand = Hand("cpu")
    hand.settle(hand.must_claim())
    hand.must_claim()
    body = client.get(f"/api/v1/jobs/{job.pk}/blocks/?page_size=500").json()
    assert body["type"] == "FeatureCollection"
    assert body["count"] == 2
    assert [f["properties"]["state"] for f in body["features"]] == ["done", "running"]
    ring = body["features"][0]["geometry"]["coordinates"][0]
    lons, lats = [p[0] for p in ring], [p[1] for p in ring]
    # EPSG:3035 (4,000,000, 3,000,000) is 5.45 degrees east, 50.0 north (PROJ).
    assert 5.3 < min(lons) < max(lons) < 5.7
    assert 49.8 < min(lats) < max(lats) < 50.2


def test_the_log_tells_in_sentences(project: Any, producer: Any, client: APIClient) -> None:
    job, _ = planned_run(project, producer, columns=2, rows=1)
    Hand("cpu").settle_all()
    lines = client.get(f"/api/v1/jobs/{job.pk}/log/?page_size=500").json()["results"]
    assert {line["level"] for line in lines} == {"info"}
    assert any("Step check is done." in line["message"] for line in lines)
    assert any("Planned: check (2 block(s))" in line["message"] for line in lines)
