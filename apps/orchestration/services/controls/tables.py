"""Offering the table of an extraction: its report tells what is in it and where to get it."""

from typing import Any

from apps.jobs.models import Step
from apps.jobs.selectors import reports_of
from apps.jobs.services import run_warning_add
from apps.orchestration.domain.tables import TABLE_FORMATS, dropped_texts


def table_offer(step: Step) -> dict[str, Any]:
    """Return counts and the addresses of the downloads."""
    run = step.run
    extraction = reports_of("extract", run)[0][2]
    for text in dropped_texts(extraction):
        run_warning_add(run, text)
    address = f"/api/v1/jobs/{run.job_id}/download/?format="
    return {**extraction, "downloads": {name: address + name for name in TABLE_FORMATS}}
