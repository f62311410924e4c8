"""Import samples: ``import_samples <file> --sample-set <slug> --class-field <name>``."""

from pathlib import Path
from typing import Any

from apps.core.storage import store_open
from apps.orchestration.management.base import JobCommand, file_bytes
from apps.orchestration.services.job_launch import job_submit_internal
from apps.samples.services import sample_set_ensure

COLUMNS = (
    "class-field", "layer", "crs", "x-field", "y-field", "from-field", "to-field", "group-field",
)  # fmt: skip


class Command(JobCommand):
    help = "Import labelled points or polygons (GeoJSON, GPKG, zipped Shapefile, CSV)."

    def add_arguments(self, parser: Any) -> None:
        super().add_arguments(parser)
        parser.add_argument("file")
        parser.add_argument("--sample-set", required=True, help="slug; created when missing")
        for name in COLUMNS:
            parser.add_argument(f"--{name}", required=name == "class-field")
        parser.add_argument("--create-classes", action="store_true")

    def job(self, **options: Any) -> Any:
        file = Path(options["file"])
        stored = store_open().put_bytes(file_bytes(options["file"]), file.suffix.lower())
        sample_set = sample_set_ensure(
            project=self.project, slug=options["sample_set"], user=self.actor
        )
        names = [name.replace("-", "_") for name in COLUMNS]
        given: dict[str, Any] = {name: options[name] for name in names if options[name]}
        given["create_classes"] = options["create_classes"]
        return job_submit_internal(
            user=self.actor,
            project=self.project,
            workflow="import_samples",
            parameters={
                "upload": stored.key,
                "file_name": file.name,
                "target": str(sample_set.pk),
                "options": given,
            },
        )
