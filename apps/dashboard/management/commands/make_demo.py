"""The demo installation."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.core.errors import DomainError
from apps.dashboard.services import demo_logins_make


class Command(BaseCommand):
    help = "Make the demo log-ins (password demo) and the demo project; safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--logins", action="store_true", help="people and project")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            project = demo_logins_make()
        except DomainError as exc:
            raise CommandError(f"{exc.message} {exc.advice}".strip()) from exc
        self.stdout.write(f"Demo project '{project.slug}' and its log-ins are ready.")
