"""Verify a job's latest run again: rows, objects, bytes and history."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.core.storage import store_open
from apps.jobs.selectors import job_by_id, run_latest
from apps.jobs.services import run_verify


class Command(BaseCommand):
    help = "Check the counts, objects and history of a job; changes nothing."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("job", help="id of the job")

    def handle(self, *args: Any, **options: Any) -> None:
        job = job_by_id(options["job"])
        if job is None:
            raise CommandError(f"There is no job {options['job']}.")
        report = run_verify(run_latest(job), store_open())
        self.stdout.write(json.dumps(report, indent=1))
        if not report["ok"]:
            raise CommandError("The job does not hold together; see the report.")
