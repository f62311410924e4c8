"""What the job commands share: project, actor, waiting, errors a person understands."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.core.enums import Role
from apps.core.errors import DomainError
from apps.jobs.models import Job
from apps.jobs.selectors import job_detail_representation
from apps.orchestration.services.waiting import job_wait
from apps.projects.models import Project
from apps.projects.selectors import members_of, project_by_slug


class JobCommand(BaseCommand):
    """A command that submits one job in the name of a manager of the project."""

    wait_by_default = True
    project_required = True
    project: Project
    actor: Any

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--project", required=self.project_required, help="slug of the project")
        wait = parser.add_mutually_exclusive_group()
        wait.add_argument("--wait", action="store_true", default=self.wait_by_default)
        wait.add_argument("--no-wait", dest="wait", action="store_false")

    def job(self, **options: Any) -> Job:
        raise NotImplementedError

    def project_chosen(self, **options: Any) -> Project:
        """Return the project that ``--project`` names."""
        project = project_by_slug(options["project"])
        if project is None:
            raise CommandError(f"There is no project {options['project']!r}.")
        return project

    def handle(self, *args: Any, **options: Any) -> None:
        self.project = self.project_chosen(**options)
        self.actor = _manager(self.project)
        try:
            job = self.job(**options)
            if options["wait"]:
                job = job_wait(job, report=lambda line: self.stderr.write(line))
        except DomainError as error:
            raise CommandError(" ".join([error.message, error.advice]).strip()) from error
        self.stdout.write(json.dumps(job_detail_representation(job), default=str, indent=1))


def file_bytes(name: str) -> bytes:
    """Return what is in a file of the person at the command line."""
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise CommandError(f"{name} cannot be read: {error.strerror}.") from error


def _manager(project: Project) -> Any:
    """Return the manager in whose name a command acts: the longest-standing one."""
    row = members_of(project).filter(role=Role.MANAGER).order_by("created_at").first()
    if row is None:
        raise CommandError(f"Project {project.slug!r} has no manager to act for.")
    return row.user
