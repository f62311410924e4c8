"""The demo installation."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.core.errors import DomainError
from apps.dashboard.services import demo_logins_make
from apps.dashboard.services.demo import demo_jobs_run


class Command(BaseCommand):
    help = "Make the demo log-ins (password demo) and the demo project; safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--logins", action="store_true", help="people and project")
        parser.add_argument("--jobs", action="store_true", help="also map the synthetic country")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            project = demo_logins_make()
            if options["jobs"]:
                demo_jobs_run(report=self.stdout.write)
        except DomainError as exc:
            raise CommandError(f"{exc.message} {exc.advice}".strip()) from exc
        self.stdout.write(f"Demo project '{project.slug}' and its log-ins are ready.")
