"""The person who launched a job hears how it ended, in the transaction of the end."""

from apps.accounts.enums import Tone
from apps.accounts.services import notification_send
from apps.core.errors import NotFound
from apps.jobs.enums import RunState
from apps.jobs.models import Run
from apps.products.selectors import workflow_get
from workers.contracts.plugins import WorkflowSpec

# A canceled run is no news: a person asked for it.
ENDS = {
    RunState.FINISHED: (Tone.GOOD, "has finished"),
    RunState.FINISHED_WITH_ERRORS: (Tone.ATTENTION, "has finished with errors"),
    RunState.ERROR: (Tone.FAILED, "has failed"),
}


def run_end_tell(run: Run) -> None:
    """Notify the launcher of a run that ended by itself, unless it was waited for."""
    template = _template(run.job.workflow)
    if run.state not in ENDS or (template is not None and template.awaited):
        return
    tone, words = ENDS[RunState(run.state)]
    job = run.job
    title = template.title if template else job.workflow.replace("_", " ").capitalize()
    reason = (run.error or {}).get("message", "") if tone is Tone.FAILED else ""
    notification_send(
        recipient=job.created_by,
        project=job.project,
        kind="job_ended",
        tone=tone,
        text=f"{title} {words}.{f' {reason}' if reason else ''}",
        url=f"/jobs/{job.pk}/",
    )


def _template(workflow: str) -> WorkflowSpec | None:
    try:
        return workflow_get(workflow)
    except NotFound:
        return None
