"""The person who launched a job hears how it ended, in the transaction of the end."""

from apps.accounts.enums import Tone
from apps.accounts.services import notification_send
from apps.core.errors import NotFound
from apps.jobs.enums import RunState
from apps.jobs.models import Run
from apps.products.selectors import workflow_get

# A canceled run is no news: a person asked for it.
ENDS = {
    RunState.FINISHED: (Tone.GOOD, "has finished"),
    RunState.FINISHED_WITH_ERRORS: (Tone.ATTENTION, "has finished with errors"),
    RunState.ERROR: (Tone.FAILED, "has failed"),
}


def run_end_tell(run: Run) -> None:
    """Notify the launcher of a run that ended by itself."""
    if run.state not in ENDS:
        return
    tone, words = ENDS[RunState(run.state)]
    job = run.job
    reason = (run.error or {}).get("message", "") if tone is Tone.FAILED else ""
    notification_send(
        recipient=job.created_by,
        project=job.project,
        kind="job_ended",
        tone=tone,
        text=f"{_title(job.workflow)} {words}.{f' {reason}' if reason else ''}",
        url=f"/jobs/{job.pk}/",
    )


def _title(workflow: str) -> str:
    try:
        return workflow_get(workflow).title
    except NotFound:
        return workflow.replace("_", " ").capitalize()
