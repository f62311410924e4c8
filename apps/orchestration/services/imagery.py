"""One run, one state of the imagery: an import in between is noticed before a release."""

from typing import Any

from apps.catalog.selectors import selection_by_id
from apps.catalog.services import selection_checksum_now
from apps.core.errors import Conflict
from apps.jobs.models import Run, Step
from apps.jobs.services import run_warning_add


def imagery_noted(run: Run) -> dict[str, Any]:
    """Return what a step keeps of the imagery's state; warn when it is not the frozen one."""
    selection_id = run.job.spec.get("frozen", {}).get("scene_selection")
    if selection_id is None:
        return {}
    selection = selection_by_id(selection_id)
    state = selection_checksum_now(selection)
    if state != selection.checksum:
        run_warning_add(
            run,
            "Scenes of the selection were changed by an import after it was frozen; they are used "
            "as they are now.",
        )
    return {"imagery": state}


def imagery_check(step: Step) -> None:
    """Refuse results of a run during which its scenes were imported anew.

    Raises:
        Conflict: blocks may come from different files.
    """
    noted = step.params.get("imagery")
    if noted is None:
        return
    selection = selection_by_id(step.run.job.spec["frozen"]["scene_selection"])
    if selection_checksum_now(selection) != noted:
        raise Conflict(
            "Scenes of the selection were changed by an import while the job was running, so its "
            "blocks may come from different files. Nothing was published.",
            advice="Retry the job: blocks of unchanged scenes are reused.",
        )
