"""What the job page asks of the API: compact blocks, filtered log, causes, retries, priority."""

from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from apps.accounts.models import AuditEntry
from apps.core.enums import Role
from apps.jobs.domain import BlockOutcome, compared
from apps.jobs.models import Block, Job, Run
from apps.jobs.selectors import blocks_pending, run_latest
from apps.jobs.services import block_commit, chunk_finish, job_retry, reconcile
from tests.apps.jobs.support import Hand, done, plan_run, planned_run, self_check_submit
from tests.factories.identity import make_user

pytestmark = pytest.mark.django_db
UNREADABLE = {"class": "input", "signature": "input reader"}
CRASHED = {"class": "crash", "signature": "crash exit 139"}


@pytest.fixture
def client(producer: Any) -> APIClient:
    client = APIClient()
    client.force_authenticate(producer)
    return client


def on_the_map(job: Job) -> Job:
    Job.objects.filter(pk=job.pk).update(workflow="predict_map")
    return Job.objects.get(pk=job.pk)


def fail(cause: dict[str, str]) -> BlockOutcome:
    return BlockOutcome(
        "failed",
        error_class=cause["class"],
        error_signature=cause["signature"],
        error_message=f"{cause['class']}: it went wrong",
        charged=True,
        final=True,
    )


def settle(failing: dict[tuple[int, int], dict[str, str]]) -> None:
    """Work off everything; the named blocks fail for their cause."""
    hand = Hand("cpu", "control")
    while (lease := hand.claim()) is not None:
        for block in blocks_pending(lease.chunk):
            cause = failing.get((block.ix, block.iy))
            outcome = fail(cause) if cause else done(lease, block.ix, block.iy)
            block_commit(lease, block.ix, block.iy, outcome)
        chunk_finish(lease)
        reconcile(ring=False)


def states_of(run: Run) -> dict[tuple[int, int], str]:
    rows = Block.objects.filter(step__run=run, step__name="check")
    return {(block.ix, block.iy): block.state for block in rows}


def test_compact_blocks_are_rows_with_codes_and_a_lattice_of_corners(
    project: Any, producer: Any, client: APIClient
) -> None:
    job, _ = planned_run(project, producer, columns=3, rows=2)
    on_the_map(job)
    hand = Hand("cpu")
    hand.settle(hand.must_claim())
    hand.must_claim()
    body = client.get(f"/api/v1/jobs/{job.pk}/blocks/?form=compact").json()
    assert body["count"] == 6
    assert [row[:3] for row in body["results"]][:2] == [[0, 0, 2], [1, 0, 1]]
    assert [body["states"][code] for code in (1, 2)] == ["running", "done"]
    lattice = body["lattice"]
    assert (lattice["ix"], lattice["iy"]) == ([0, 1, 2, 3], [0, 1, 2])
    assert len(lattice["lon"]) == len(lattice["lat"]) == 12
    full = client.get(f"/api/v1/jobs/{job.pk}/blocks/").json()["features"][1]
    corner = full["geometry"]["coordinates"][0]
    first = [lattice["lon"][1], lattice["lat"][1]]  # upper left of block (1, 0)
    assert min(abs(c[0] - first[0]) + abs(c[1] - first[1]) for c in corner) < 1e-6


def test_compact_blocks_are_paged_and_say_what_failed(
    project: Any, producer: Any, client: APIClient
) -> None:
    job, _ = planned_run(project, producer, columns=3, rows=2)
    settle({(2, 1): UNREADABLE})
    page = client.get(f"/api/v1/jobs/{job.pk}/blocks/?form=compact&page_size=4").json()
    assert len(page["results"]) == 4
    assert "page=2" in page["next"]
    assert page["lattice"] is None, "a self-check lies nowhere"
    assert page["told"]["2,1"]["message"] == "input: it went wrong"
    assert client.get(f"/api/v1/jobs/{job.pk}/blocks/?form=compact&run=2").status_code == 404


def test_a_job_that_is_not_planned_yet_has_no_blocks(
    project: Any, producer: Any, client: APIClient
) -> None:
    job = self_check_submit(project, producer)
    body = client.get(f"/api/v1/jobs/{job.pk}/blocks/?form=compact").json()
    assert (body["count"], body["results"], body["step"]) == (0, [], None)


def test_five_thousand_blocks_are_told_in_few_queries(
    project: Any, producer: Any, client: APIClient, django_assert_max_num_queries: Any
) -> None:
    job, _ = planned_run(project, producer, columns=100, rows=50)
    on_the_map(job)
    with django_assert_max_num_queries(14):
        body = client.get(f"/api/v1/jobs/{job.pk}/blocks/?form=compact").json()
    assert len(body["results"]) == 5000
    assert len(body["lattice"]["ix"]) <= 66


def test_the_log_is_filtered_by_level_routine_text_and_number(
    project: Any, producer: Any, client: APIClient
) -> None:
    job, _ = planned_run(project, producer, columns=3, rows=1)
    settle({(1, 0): UNREADABLE})

    def lines(query: str) -> list[dict[str, Any]]:
        answer = client.get(f"/api/v1/jobs/{job.pk}/log/?page_size=500&{query}")
        return list(answer.json()["results"])

    everything = lines("")
    assert [line["level"] for line in lines("level=error")] == ["error"]
    assert {line["kind"] for line in everything} > {"claim", "finish"}
    assert not {"claim", "finish"} & {line["kind"] for line in lines("routine=false")}
    assert [line["message"] for line in lines("q=2,0")] == ["Block (2, 0) is done."]
    assert "went wrong" in lines("q=wrong")[0]["message"]
    third = everything[2]["id"]
    assert [line["id"] for line in lines(f"since={third}")] == [e["id"] for e in everything[3:]]
    assert lines("order=desc")[0]["id"] == everything[-1]["id"]
    assert client.get(f"/api/v1/jobs/{job.pk}/log/?level=loud").status_code == 400


def test_the_log_can_be_downloaded(project: Any, producer: Any, client: APIClient) -> None:
    job, _ = planned_run(project, producer, columns=2, rows=1)
    settle({(1, 0): UNREADABLE})
    answer = client.get(f"/api/v1/jobs/{job.pk}/log/download/?level=error")
    parts = answer.streaming_content  # type: ignore[attr-defined]
    text = b"".join(parts).decode()
    assert "attachment" in answer["Content-Disposition"]
    assert text.count("\n") == 1
    assert " error " in text
    assert "it went wrong" in text


def test_failures_are_grouped_with_whose_matter_they_are_and_what_helps(
    project: Any, producer: Any, client: APIClient
) -> None:
    job, _ = planned_run(project, producer)
    settle({(0, 1): CRASHED, (1, 1): UNREADABLE, (3, 2): UNREADABLE})
    report = client.get(f"/api/v1/jobs/{job.pk}/report/").json()
    greatest, other = report["failures"]
    assert (greatest["count"], greatest["class"]) == (2, "input")
    assert greatest["example"] == {"ix": 1, "iy": 1}, "a block that exists"
    assert greatest["whose"] == "The imagery"
    assert other["retry"]
    (stage,) = report["stages"]
    assert (stage["settled"], stage["failed"], stage["core_seconds"]) == (12, 3, 9.0)


def test_a_retry_of_one_group_leaves_the_others_failed(
    project: Any, producer: Any, client: APIClient
) -> None:
    job, _ = planned_run(project, producer)
    settle({(0, 1): CRASHED, (1, 1): UNREADABLE})
    path = f"/api/v1/jobs/{job.pk}/retry/"
    unknown = {"class": "oom", "signature": "oom"}
    assert client.post(path, {"group": unknown}, format="json").status_code == 400
    answer = client.post(path, {"group": CRASHED, "memory_mb": 8192}, format="json")
    assert answer.status_code == 200
    run = run_latest(Job.objects.get(pk=job.pk))
    assert run.overrides == {"memory_mb": 8192, "group": CRASHED}
    plan_run(run)
    assert states_of(run)[1, 1] == "quarantined"
    assert states_of(run)[0, 1] == "pending"
    settle({})
    run.refresh_from_db()
    assert run.state == "finished_with_errors"
    assert {place: state for place, state in states_of(run).items() if state != "done"} == {
        (1, 1): "quarantined"
    }
    assert run.counter.quarantined == 1


def test_a_retry_of_everything_carries_nothing_over(project: Any, producer: Any) -> None:
    job, _ = planned_run(project, producer)
    settle({(0, 1): CRASHED})
    job_retry(job=Job.objects.get(pk=job.pk), user=producer)
    run = run_latest(Job.objects.get(pk=job.pk))
    plan_run(run)
    assert set(states_of(run).values()) == {"pending"}


def test_priority_is_changed_while_the_job_is_open_and_audited(
    project: Any, producer: Any, client: APIClient
) -> None:
    job, _ = planned_run(project, producer)
    path = f"/api/v1/jobs/{job.pk}/"
    assert client.patch(path, {"priority": 40}, format="json").json()["priority"] == 40
    assert AuditEntry.objects.filter(action="job.priority").count() == 1
    assert client.patch(path, {"priority": 400}, format="json").status_code == 400
    viewer = APIClient()
    viewer.force_authenticate(make_user(role=Role.VIEWER, project=project))
    assert viewer.patch(path, {"priority": 1}, format="json").status_code == 403
    settle({})
    assert client.patch(path, {"priority": 1}, format="json").status_code == 409


def test_jobs_are_found_by_person_period_status_and_words(
    project: Any, producer: Any, client: APIClient
) -> None:
    job, _ = planned_run(project, producer)
    other = make_user(role=Role.PRODUCER, project=project, first_name="Marta")
    mine = self_check_submit(project, other, seed=5)
    settle({(0, 1): CRASHED})

    def ids(query: str) -> set[str]:
        answer = client.get(f"/api/v1/jobs/?project={project.pk}&{query}")
        assert answer.status_code == 200, answer.content
        return {row["id"] for row in answer.json()["results"]}

    assert ids("") == {str(job.pk), str(mine.pk)}
    assert ids(f"person={other.username}") == {str(mine.pk)}
    assert ids("q=marta") == {str(mine.pk)}
    assert ids(f"q={str(job.pk)[:8]}") == {str(job.pk)}
    assert ids("status=failed") == {str(job.pk)}
    today = timezone.now().date().isoformat()
    assert len(ids(f"after={today}&before={today}")) == 2
    assert ids("before=2001-01-01") == set()
    assert client.get("/api/v1/jobs/?after=soon").status_code == 400


@pytest.mark.parametrize(
    ("so_far", "fraction", "notable"), [(50, 0.5, False), (54.9, 0.5, False), (55, 0.5, True)]
)
def test_a_deviation_counts_from_a_tenth_on(
    so_far: float, fraction: float, *, notable: bool
) -> None:
    (row,) = compared({"core_seconds": 100}, {"core_seconds": so_far}, fraction)
    assert row["notable"] is notable
    assert row["at_end"] == pytest.approx(so_far / fraction)


def test_nothing_is_foretold_from_the_first_blocks() -> None:
    (row,) = compared({"core_seconds": 100}, {"core_seconds": 1}, 0.01)
    assert (row["at_end"], row["notable"]) == (None, False)
