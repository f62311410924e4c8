"""One block: request, known result or child, published objects, outcome."""

import logging
import shutil
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import InterfaceError, OperationalError, transaction
from django.utils.module_loading import import_string

from apps.core.errors import DomainError
from apps.core.storage import ObjectStore
from apps.jobs.domain import (
    PLAN_KERNEL,
    VERIFY_KERNEL,
    BlockOutcome,
    Lease,
    ObjectRow,
    failure_charge,
)
from apps.jobs.enums import CommitAnswer
from apps.jobs.models import Block, Result, Step
from apps.jobs.selectors import result_find
from apps.jobs.services import block_commit, run_verify, run_void, step_report_write
from apps.orchestration.services.child import ChildAborted, ChildFailure, ComputeChild, Limits
from workers.contracts.base import sha256_of
from workers.contracts.requests import KernelRequest, KernelResult

log = logging.getLogger(__name__)
STAGED_FIELDS = ("role", "sha256", "size")


class NotCounted(Exception):
    """A control step's commit was refused; its transaction is rolled back."""

    def __init__(self, answer: CommitAnswer) -> None:
        super().__init__(answer)
        self.answer = answer


def block_outcome(
    step: Step,
    block: Block,
    *,
    store: ObjectStore,
    session: str,
    child: ComputeChild,
    limits: Limits,
    stop: Callable[[], bool],
) -> BlockOutcome:
    """Compute one block of a child step, or find its result; failures become outcomes.

    Raises:
        ChildAborted: the block was given up; nothing is to be committed.
        DatabaseError: the database is away; nothing is to be committed.
    """
    staging = store.staging(session) / uuid.uuid4().hex
    staging.mkdir()
    fingerprint = ""
    try:
        request: KernelRequest = import_string(settings.JOBS_REQUEST)(
            step=step, ix=block.ix, iy=block.iy, staging=str(staging)
        )
        fingerprint = import_string(settings.JOBS_FINGERPRINT)(request, step)
        known = result_find(step.run.project_id, fingerprint)
        if known is not None and _is_whole(known, store):
            return _reused(known, fingerprint)
        bounded = request.model_copy(update={"memory": limits.memory})
        result = child.run(bounded, limits=limits, stop=stop)
        return _published(step, request, result, fingerprint, staging=staging, store=store)
    except ChildFailure as error:
        return failed(step, block, error.error_class, error.message, error.signature, fingerprint)
    except DomainError as error:
        return _refused(step, block, error, fingerprint)
    except OSError as error:
        return failed(step, block, "storage", str(error), f"storage errno {error.errno}")
    except ChildAborted:
        raise
    except Exception as error:  # a fault of our own is charged, never tried for ever
        if isinstance(error, DatabaseError) and _is_outage(error):
            raise
        return _crashed(step, block, error)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def outcome_commit(step: Step, block: Block, lease: Lease, outcome: BlockOutcome) -> CommitAnswer:
    """Commit an outcome; one that the database refuses is committed as a failure of the block.

    Raises:
        DatabaseError: the database is away.
    """
    try:
        return block_commit(lease, block.ix, block.iy, outcome)
    except DatabaseError as error:
        if _is_outage(error):
            raise
        return block_commit(lease, block.ix, block.iy, _crashed(step, block, error))


def control_commit(step: Step, block: Block, lease: Lease, *, store: ObjectStore) -> CommitAnswer:
    """Run a control step and commit its block in one transaction: both count or neither."""
    try:
        with transaction.atomic():
            report = _control_report(step, store)
            if report:
                step_report_write(step, report)
            answer = block_commit(lease, block.ix, block.iy, BlockOutcome("done"))
            if answer != CommitAnswer.COMMIT:
                raise NotCounted(answer)
            return answer
    except NotCounted as error:
        return error.answer
    except DatabaseError as error:
        if not isinstance(error.__cause__, Exception) or _is_outage(error):
            raise
        outcome = _crashed(step, block, error)
    except DomainError as error:
        outcome = _refused(step, block, error, "")
    except Exception as error:  # whatever an action raises is charged to it  # noqa: BLE001
        outcome = _crashed(step, block, error)
    return block_commit(lease, block.ix, block.iy, outcome)


def failed(
    step: Step, block: Block, error_class: str, message: str, signature: str, fingerprint: str = ""
) -> BlockOutcome:
    """Return the outcome of a failure; no valid data is not a fault of a block among many."""
    if error_class == "data" and step.scope == "blocks":
        return BlockOutcome("skipped", fingerprint=fingerprint, report={"reason": message})
    charge = failure_charge(
        error_class, tries=block.tries, scope=step.scope, resource_class=step.resource_class
    )
    return BlockOutcome(
        "failed",
        fingerprint=fingerprint,
        error_class=error_class,
        error_message=message,
        error_signature=signature,
        charged=charge.charged,
        final=charge.final,
        move_to=charge.move_to,
    )


def _control_report(step: Step, store: ObjectStore) -> dict[str, Any]:
    if step.kernel == PLAN_KERNEL:
        import_string(settings.JOBS_PLANNER)(step.run)
        return {}
    if step.kernel == VERIFY_KERNEL:
        report = run_verify(step.run, store)
        step.run.invariant_report = report
        step.run.save(update_fields=["invariant_report"])
        if report["damaged"] and not report["broken"]:
            run_void(step.run, report["damaged"], store)
        return {"ok": report["ok"]}
    return dict(import_string(settings.JOBS_CONTROL)(step) or {})


def _published(
    step: Step,
    request: KernelRequest,
    result: KernelResult,
    fingerprint: str,
    *,
    staging: Path,
    store: ObjectStore,
) -> BlockOutcome:
    objects = []
    for output in result.outputs:
        path = Path(output.path).resolve()
        if not path.is_relative_to(staging.resolve()) or path.stat().st_size != output.size:
            raise ChildFailure("code", f"Output {output.role} is not the staged file it claims.")
        key = store.publish(path, output.sha256, output.suffix)
        objects.append(ObjectRow(output.role, output.sha256, output.size, key))
    dropped = {entry.id for entry in result.dropped_inputs}
    if dropped:
        used = tuple(scene for scene in request.scenes if scene.id not in dropped)
        reduced = request.model_copy(update={"scenes": used})
        used_only = import_string(settings.JOBS_FINGERPRINT)(reduced, step)
        fingerprint = sha256_of({"expected": fingerprint, "used": used_only})
    return BlockOutcome(
        "degraded" if dropped else result.outcome,
        fingerprint=fingerprint,
        objects=tuple(objects),
        stats=result.stats,
        report=result.report,
        warnings=result.warnings,
        used_inputs=tuple(entry.model_dump() for entry in result.used_inputs),
        dropped_inputs=tuple(entry.model_dump() for entry in result.dropped_inputs),
        cpu_family=result.cpu_family,
        seconds=result.seconds,
        bytes_read=result.bytes_read,
    )


def _reused(known: Result, fingerprint: str) -> BlockOutcome:
    """A result stored under the expected fingerprint used every expected input.

    A degraded one is stored under another, so a later run tries to do better.
    """
    state = "skipped" if known.outcome == "skipped" else "done"
    return BlockOutcome(state, fingerprint=fingerprint, result=str(known.pk))


def _is_whole(known: Result, store: ObjectStore) -> bool:
    """Whether every object is there with its bytes; a damaged one is moved out of the way."""
    for row in known.files.all():
        if store.size_of(row.object_key) is None:
            return False
        if store.sha256_of(row.object_key) != row.sha256:
            store.set_aside(row.object_key)
            return False
    return True


def _refused(step: Step, block: Block, error: DomainError, fingerprint: str) -> BlockOutcome:
    """A person's mistake or a missing thing: trying again does not help."""
    said = {"advice": error.advice, "errors": error.errors}
    if any(said.values()):
        step_report_write(step, {**step.report, **{k: v for k, v in said.items() if v}})
    return failed(
        step, block, "parameter", error.message, f"parameter {type(error).__name__}", fingerprint
    )


def _crashed(step: Step, block: Block, error: Exception) -> BlockOutcome:
    log.exception("Step %s of run %s failed", step.name, step.run_id, exc_info=error)
    name = type(error).__name__
    return failed(step, block, "code", f"{name}: {error}", f"code {name} {step.kernel}")


def _is_outage(error: DatabaseError) -> bool:
    """Whether the connection, not the statement, is at fault."""
    return isinstance(error, (InterfaceError, OperationalError))
