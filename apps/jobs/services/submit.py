"""What people do to jobs: submit, pause, resume, cancel, retry. Each with its audit row."""

from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from apps.accounts.services import audit_record
from apps.core.errors import Conflict, InvalidInput
from apps.jobs.domain import PLAN_KERNEL, PLAN_STEP
from apps.jobs.enums import BlockState, EventKind, RunState, SlotScope, Wanted
from apps.jobs.models import Block, Job, JobEvent, Run, RunCounter
from apps.jobs.selectors import job_status, run_latest
from apps.jobs.services.bells import bell_ring
from apps.jobs.services.planning import internal_step_insert
from apps.jobs.services.progress import progress_send
from workers.contracts.base import sha256_of


def job_submit(
    *,
    project: Any,
    user: Any,
    workflow: str,
    spec: dict[str, Any],
    idempotency_key: str | None = None,
    body_sha: str | None = None,
    estimate: dict[str, Any] | None = None,
    priority: int = 0,
) -> Job:
    """Write Job, Run and audit row in one transaction and ring the planning bell on commit.

    ``body_sha`` identifies what the client asked for (default: workflow and spec). The same key
    with the same body answers the same Job; with another body it raises Conflict.
    """
    body = body_sha or sha256_of({"workflow": workflow, "spec": spec})
    key = idempotency_key or None
    known = _job_of_key(project, key, body)
    if known is not None:
        return known
    try:
        with transaction.atomic():
            job = Job.objects.create(
                project=project,
                workflow=workflow,
                spec=spec,
                spec_sha=sha256_of(spec),
                estimate=estimate,
                idempotency_key=key,
                body_sha=body,
                created_by=user,
            )
            _run_insert(job, user=user, number=1, priority=priority)
            audit_record(actor=user, action="job.submit", obj=job, project=project)
    except IntegrityError:
        known = _job_of_key(project, key, body)
        if known is None:
            raise
        return known
    return job


def job_pause(*, job: Job, user: Any) -> Job:
    """Ask for a pause: no claim after its commit, workers stop at the edge of their block."""
    return _wanted_set(job, user, Wanted.PAUSE, "user")


def job_resume(*, job: Job, user: Any) -> Job:
    """Go on; no block is computed again."""
    return _wanted_set(job, user, Wanted.RUN, "")


@transaction.atomic
def job_cancel(*, job: Job, user: Any) -> Job:
    """Stop for good: no result is counted after this commits; finished blocks stay."""
    run = _live_run(job)
    if run.wanted != Wanted.CANCEL:
        run.wanted = Wanted.CANCEL
        run.state = RunState.CANCELING
        run.save(update_fields=["wanted", "state"])
        with connection.cursor() as cursor:
            cursor.execute("SELECT jobs_run_stop(%s)", [run.pk])
        _note(run, user, "cancel")
        audit_record(actor=user, action="job.cancel", obj=job, project=job.project)
    return job


@transaction.atomic
def job_retry(
    *,
    job: Job,
    user: Any,
    overrides: dict[str, Any] | None = None,
    group: dict[str, str] | None = None,
) -> Job:
    """Add a run with the same spec; blocks whose result is known by fingerprint are reused.

    ``group`` ({class, signature}): of the failed blocks only these are tried again; the others
    stay failed. ``overrides``: memory_mb, seconds of a block.

    Raises:
        Conflict: the job is not at its end. InvalidInput: no block failed for that cause.
    """
    Job.objects.select_for_update(no_key=True).get(pk=job.pk)
    last = run_latest(job)
    if not last.is_terminal:
        raise Conflict(
            f"Job {job.pk} is still {job_status(job)}.",
            advice="Wait for its end or cancel it, then retry.",
        )
    if group is not None:
        _group_check(last, group)
        overrides = {**(overrides or {}), "group": group}
    _run_insert(job, user=user, number=last.number + 1, priority=last.priority, overrides=overrides)
    audit_record(actor=user, action="job.retry", obj=job, project=job.project)
    return job


def _group_check(last: Run, group: dict[str, str]) -> None:
    failed = Block.objects.filter(
        step__run=last,
        state=BlockState.QUARANTINED,
        error_class=group["class"],
        error_signature=group["signature"],
    )
    if not failed.exists():
        text = "No block of the last attempt failed for this cause."
        raise InvalidInput(text, errors={"group": [text]})


@transaction.atomic
def job_priority_set(*, job: Job, user: Any, priority: int) -> Job:
    """Give the live run another priority; it acts at the next claim."""
    run = _live_run(job)
    if run.priority != priority:
        run.priority = priority
        run.save(update_fields=["priority"])
        audit_record(actor=user, action="job.priority", obj=job, project=job.project)
    return job


def slots_ensure(scope: str, scope_id: Any, count: int) -> None:
    """Make sure that a scope has its slot rows."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO jobs_slot (scope, scope_id, n)"
            " SELECT %s, %s, n FROM generate_series(1, %s) AS n"
            " WHERE NOT EXISTS (SELECT 1 FROM jobs_slot WHERE scope = %s AND scope_id = %s)"
            " ON CONFLICT DO NOTHING",
            [scope, scope_id, count, scope, scope_id],
        )


def _run_insert(
    job: Job, *, user: Any, number: int, priority: int, overrides: dict[str, Any] | None = None
) -> Run:
    organisation_id = user.organisation_id or job.project.organisation_id
    run = Run.objects.create(
        job=job,
        project_id=job.project_id,
        number=number,
        organisation_id=organisation_id,
        code_version=getattr(settings, "CODE_VERSION", ""),
        priority=priority,
        overrides=overrides or {},
    )
    RunCounter.objects.create(run=run)
    slots_ensure(SlotScope.ORGANISATION, organisation_id, settings.ORGANISATION_SLOTS)
    internal_step_insert(run, name=PLAN_STEP, kernel=PLAN_KERNEL, title="Plan", ordinal=0)
    _note(run, user, "submit" if number == 1 else "retry")
    transaction.on_commit(lambda: bell_ring("control"))
    return run


def _job_of_key(project: Any, key: str | None, body: str) -> Job | None:
    if key is None:
        return None
    known = Job.objects.filter(project=project, idempotency_key=key).first()
    if known is not None and known.body_sha != body:
        raise Conflict(
            f"Idempotency-Key {key!r} was used for another request in this project.",
            advice="Send a new key for a new request.",
        )
    return known


def _live_run(job: Job) -> Run:
    run = Run.objects.select_for_update(no_key=True).filter(job=job).order_by("-number").first()
    if run is None or run.is_terminal:
        raise Conflict(
            f"Job {job.pk} has ended ({job_status(job)}).", advice="Use retry for a new run."
        )
    return run


@transaction.atomic
def _wanted_set(job: Job, user: Any, wanted: str, reason: str) -> Job:
    run = _live_run(job)
    if run.wanted == Wanted.CANCEL:
        raise Conflict(f"Job {job.pk} is being cancelled.", advice="Use retry for a new run.")
    if run.wanted != wanted or run.pause_reason != reason:
        run.wanted, run.pause_reason = wanted, reason
        run.save(update_fields=["wanted", "pause_reason"])
        action = "pause" if wanted == Wanted.PAUSE else "resume"
        _note(run, user, action)
        audit_record(actor=user, action=f"job.{action}", obj=job, project=job.project)
    return job


def _note(run: Run, user: Any, action: str) -> None:
    JobEvent.objects.create(
        at=timezone.now(),
        run_id=run.pk,
        actor=user.pk,
        kind=EventKind.STATE,
        detail={"action": action, "wanted": run.wanted},
    )
    transaction.on_commit(lambda: bell_ring("control"))
    transaction.on_commit(lambda: progress_send(run.pk))
