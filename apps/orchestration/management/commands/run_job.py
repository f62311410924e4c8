"""Launch a job: ``run_job <workflow> --project <slug> --parameters <json|@file> --wait``."""

import json
from typing import Any

from django.core.management.base import CommandError

from apps.orchestration.management.base import JobCommand, file_bytes
from apps.orchestration.services.job_launch import LaunchOrder, job_launch


class Command(JobCommand):
    help = "Launch a job of a workflow; parameters as in the API."
    wait_by_default = False

    def add_arguments(self, parser: Any) -> None:
        super().add_arguments(parser)
        parser.add_argument("workflow")
        parser.add_argument("--parameters", default="{}", help="JSON, or @file")
        parser.add_argument("--aoi", help="id of an area of interest")
        parser.add_argument("--units", nargs="+", default=(), help="ids of production units")

    def job(self, **options: Any) -> Any:
        order = LaunchOrder(
            project=self.project,
            workflow=options["workflow"],
            parameters=parameters_read(options["parameters"]),
            aoi=options["aoi"],
            units=tuple(options["units"]),
        )
        return job_launch(user=self.actor, order=order)


def parameters_read(text: str) -> dict[str, Any]:
    """Return the JSON object of ``--parameters``: the text itself, or that of ``@file``."""
    source = file_bytes(text[1:]).decode() if text.startswith("@") else text
    try:
        parameters = json.loads(source)
    except ValueError as error:
        raise CommandError(f"--parameters is not valid JSON: {error}.") from error
    if not isinstance(parameters, dict):
        raise CommandError("--parameters must be a JSON object.")
    return parameters
