"""Writes of jobs. Callers import from here, whichever module holds the function."""

from apps.jobs.services.bells import bell_answer, bell_ring
from apps.jobs.services.leases import (
    block_commit,
    chunk_claim,
    chunk_finish,
    chunk_reap,
    chunk_renew,
)
from apps.jobs.services.planning import (
    run_output_add,
    run_planned,
    run_warning_add,
    step_foreseen,
    step_parts_set,
    step_report_write,
)
from apps.jobs.services.progress import outbox_add, progress_send
from apps.jobs.services.reconcile import reconcile
from apps.jobs.services.sessions import session_beat, session_close, session_open
from apps.jobs.services.submit import (
    job_cancel,
    job_pause,
    job_priority_set,
    job_resume,
    job_retry,
    job_submit,
)
from apps.jobs.services.verify import run_verify, run_void

__all__ = [
    "bell_answer",
    "bell_ring",
    "block_commit",
    "chunk_claim",
    "chunk_finish",
    "chunk_reap",
    "chunk_renew",
    "job_cancel",
    "job_pause",
    "job_priority_set",
    "job_resume",
    "job_retry",
    "job_submit",
    "outbox_add",
    "progress_send",
    "reconcile",
    "run_output_add",
    "run_planned",
    "run_verify",
    "run_void",
    "run_warning_add",
    "session_beat",
    "session_close",
    "session_open",
    "step_foreseen",
    "step_parts_set",
    "step_report_write",
]
