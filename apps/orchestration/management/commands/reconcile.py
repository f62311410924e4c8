"""One tick of the reconciler, for operators."""

import json
from typing import Any

from django.core.management.base import BaseCommand

from apps.orchestration.services.tending import tend


class Command(BaseCommand):
    help = "Reap expired leases, settle steps, move runs, ring bells: once."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(json.dumps(tend()))
