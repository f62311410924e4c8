"""Tell the web side which workflows and plugins the workers offer."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.core.errors import DomainError
from apps.products.services import plugins_sync


class Command(BaseCommand):
    help = "Read the manifest of the workers into the database (only when sources changed)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--force", action="store_true", help="read it in any case")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            changed = plugins_sync(force=options["force"])
        except DomainError as exc:
            raise CommandError(f"{exc.message} {exc.advice}".strip()) from exc
        self.stdout.write("Plugins read." if changed else "Plugins are up to date.")
