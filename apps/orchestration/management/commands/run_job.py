"""Launch a job: ``run_job <workflow> --project <slug> --parameters <json|@file> --wait``."""

import json
from pathlib import Path
from typing import Any

from apps.orchestration.management.base import JobCommand
from apps.orchestration.services.job_launch import LaunchOrder, job_launch


class Command(JobCommand):
    help = "Launch a job of a workflow; parameters as in the API."
    wait_by_default = False

    def add_arguments(self, parser: Any) -> None:
        super().add_arguments(parser)
        parser.add_argument("workflow")
        parser.add_argument("--parameters", default="{}", help="JSON, or @file")
        parser.add_argument("--aoi", help="id of an area of interest")

    def job(self, **options: Any) -> Any:
        text = options["parameters"]
        if text.startswith("@"):
            text = Path(text[1:]).read_text()
        order = LaunchOrder(
            project=self.project,
            workflow=options["workflow"],
            parameters=json.loads(text),
            aoi=options["aoi"],
        )
        return job_launch(user=self.actor, order=order)
