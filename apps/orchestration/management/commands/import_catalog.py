"""Import a STAC catalogue into a project: ``import_catalog <href> --project <slug>``."""

from typing import Any

from apps.orchestration.management.base import JobCommand
from apps.orchestration.services.job_launch import job_submit_internal


class Command(JobCommand):
    help = "Import a static STAC catalogue (path below an allowed root, or https) into a project."

    def add_arguments(self, parser: Any) -> None:
        super().add_arguments(parser)
        parser.add_argument("href")

    def job(self, **options: Any) -> Any:
        return job_submit_internal(
            user=self.actor,
            project=self.project,
            workflow="import_catalog",
            parameters={"href": options["href"]},
        )
