"""Work without a broker: ``drain --local [--until-idle]``; all classes in one process."""

import signal
from typing import Any

from django.core.management.base import BaseCommand

from apps.orchestration.services.drain import ALL_CLASSES, drain_local
from apps.orchestration.services.worker_session import drain_request


class Command(BaseCommand):
    requires_system_checks = []  # checked where the site is started; this must start fast
    help = "Claim and work off chunks in this process, without the broker."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--local", action="store_true", help="kept for clarity; always true")
        parser.add_argument("--until-idle", action="store_true", help="stop when no run is left")
        parser.add_argument("--classes", default=",".join(ALL_CLASSES))
        parser.add_argument("--seconds", type=float, default=None, help="stop after this time")

    def handle(self, *args: Any, **options: Any) -> None:
        signal.signal(signal.SIGTERM, lambda *_: drain_request())
        blocks = drain_local(
            until_idle=options["until_idle"],
            classes=options["classes"].split(","),
            seconds=options["seconds"],
        )
        self.stdout.write(f"{blocks} blocks committed")
