"""Write the synthetic country: scenes, truth and samples with a known share of wrong labels."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from apps.dashboard.services.demo import SEED, SIZE, country_folder, country_make


class Command(BaseCommand):
    help = "Write the seeded synthetic country as a STAC catalogue of COGs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--size", type=int, default=SIZE, help="edge in pixels of 10 m")
        parser.add_argument("--seed", type=int, default=SEED)
        parser.add_argument("--folder", type=Path, help="default: below VAR_DIR/demo")

    def handle(self, *args: Any, **options: Any) -> None:
        size, seed = options["size"], options["seed"]
        folder = options["folder"] or country_folder(size, seed)
        self.stdout.write(str(country_make(size=size, seed=seed, folder=folder.resolve())))
