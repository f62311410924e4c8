"""A fault of our own ends as a charged failure with its message; nothing is tried for ever."""

from typing import Any

import pytest

from apps.jobs.domain import BlockOutcome, ObjectRow
from apps.jobs.models import Job
from apps.jobs.selectors import run_latest
from apps.orchestration.services.drain import drain_local
from tests.apps.jobs.support import self_check_submit

pytestmark = pytest.mark.django_db(transaction=True)
SECONDS = 40.0


def test_a_request_that_cannot_be_built_ends_the_run(
    project: Any, producer: Any, settings: Any
) -> None:
    settings.JOBS_REQUEST = f"{__name__}.broken_request"
    job = self_check_submit(project, producer, columns=1, rows=1)
    drain_local(until_idle=True, seconds=SECONDS)
    run = run_latest(Job.objects.get(pk=job.pk))
    assert run.state == "error"
    assert "KeyError" in run.error["message"]  # type: ignore[index]


def broken_request(**wanted: Any) -> None:
    raise KeyError("resolution")


def test_an_outcome_the_database_refuses_ends_the_run(
    project: Any, producer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def same_role_twice(*args: Any, **options: Any) -> BlockOutcome:
        row = ObjectRow(role="class", sha256="0" * 64, size=1, object_key="cas/00/0.tif")
        return BlockOutcome("done", fingerprint="f" * 64, objects=(row, row))

    monkeypatch.setattr("apps.orchestration.services.drain.block_outcome", same_role_twice)
    job = self_check_submit(project, producer, columns=1, rows=1)
    drain_local(until_idle=True, seconds=SECONDS)
    run = run_latest(Job.objects.get(pk=job.pk))
    assert run.state == "error"
    assert "result_role_unique" in run.error["message"]  # type: ignore[index]
