"""Everything a start needs in the database, in one process: tables, plugins, demo log-ins."""

from typing import Any

from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Migrate, synchronise the plugins and, with DEMO=1, make the demo log-ins."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        known = get_commands()
        call_command("migrate", interactive=False, verbosity=1)
        if "sync_plugins" in known:
            call_command("sync_plugins")
        if settings.DEMO and "make_demo" in known:
            call_command("make_demo", logins=True)
