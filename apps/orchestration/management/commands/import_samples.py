"""Import samples: ``import_samples <file> --sample-set <slug> --class-field <name>``."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from apps.core.storage import store_open
from apps.orchestration.management.base import JobCommand, file_bytes
from apps.orchestration.services.job_launch import job_submit_internal
from apps.projects.models import Project
from apps.projects.selectors import legend_of
from apps.samples.selectors import sample_sets_of_slug
from apps.samples.services import sample_set_ensure

COLUMNS = (
    "class-field", "layer", "crs", "x-field", "y-field", "from-field", "to-field", "group-field",
)  # fmt: skip


class Command(JobCommand):
    help = "Import labelled points or polygons (GeoJSON, GPKG, zipped Shapefile, CSV)."
    project_required = False

    def add_arguments(self, parser: Any) -> None:
        super().add_arguments(parser)
        parser.add_argument("file")
        parser.add_argument("--sample-set", required=True, help="slug; created when missing")
        for name in COLUMNS:
            parser.add_argument(f"--{name}", required=name == "class-field")
        parser.add_argument(
            "--create-classes",
            action="store_true",
            help="also where the nomenclature has classes already; an empty one is always filled",
        )

    def project_chosen(self, **options: Any) -> Project:
        """Return the project named, or the only one with a sample set of that slug."""
        if options["project"]:
            return super().project_chosen(**options)
        slug = options["sample_set"]
        found = sample_sets_of_slug(slug)
        if len(found) == 1:
            return found[0].project
        known = ", ".join(sorted(row.project.slug for row in found)) or "none"
        raise CommandError(
            f"Projects with a sample set {slug!r}: {known}. Name one with --project."
        )

    def job(self, **options: Any) -> Any:
        file = Path(options["file"])
        stored = store_open().put_bytes(file_bytes(options["file"]), file.suffix.lower())
        sample_set = sample_set_ensure(
            project=self.project, slug=options["sample_set"], user=self.actor
        )
        names = [name.replace("-", "_") for name in COLUMNS]
        given: dict[str, Any] = {name: options[name] for name in names if options[name]}
        given["create_classes"] = options["create_classes"] or not legend_of(self.project)
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
