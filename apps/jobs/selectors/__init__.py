"""Reads of jobs. Callers import from here, whichever module holds the function."""

from apps.jobs.selectors.blocks import block_features, blocks_shown, grid_of
from apps.jobs.selectors.history import log_events, log_lines
from apps.jobs.selectors.representation import (
    job_representation,
    jobs_filtered,
    run_representation,
)
from apps.jobs.selectors.rows import (
    blocks_pending,
    events_of,
    job_status,
    job_visible_to,
    jobs_visible_to,
    live_runs_exist,
    reports_of,
    result_find,
    results_of,
    run_latest,
    run_progress,
    run_status,
    run_sums,
    seconds_high_of,
    step_of,
    step_of_lease,
    worker_sessions_alive,
)
from apps.jobs.selectors.streams import stream_last, stream_since

__all__ = [
    "block_features",
    "blocks_pending",
    "blocks_shown",
    "events_of",
    "grid_of",
    "job_representation",
    "job_status",
    "job_visible_to",
    "jobs_filtered",
    "jobs_visible_to",
    "live_runs_exist",
    "log_events",
    "log_lines",
    "reports_of",
    "result_find",
    "results_of",
    "run_latest",
    "run_progress",
    "run_representation",
    "run_status",
    "run_sums",
    "seconds_high_of",
    "step_of",
    "step_of_lease",
    "stream_last",
    "stream_since",
    "worker_sessions_alive",
]
