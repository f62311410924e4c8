"""Load a STAC catalogue as a project of its own."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.core.errors import DomainError
from apps.dashboard.services import catalogue_project_load


class Command(BaseCommand):
    help = "Import a catalogue into a project named after it (used by CATALOG=… make run)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("href")
        parser.add_argument("--owner", default="manager", help="user name of the manager")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            job = catalogue_project_load(href=options["href"], username=options["owner"])
        except DomainError as exc:
            raise CommandError(f"{exc.message} {exc.advice}".strip()) from exc
        self.stdout.write(f"Job {job.pk} imports {options['href']} into '{job.project.slug}'.")
