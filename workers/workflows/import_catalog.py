"""Import a static STAC catalogue: read its documents, probe its rasters, write its rows."""

from pydantic import Field

from workers.contracts.base import Contract
from workers.contracts.plugins import StepSpec, WorkflowSpec


class Parameters(Contract):
    """Parameters of ``import_catalog``."""

    href: str = Field(description="A path below an allowed root, or an https address.")


SPEC = WorkflowSpec(
    slug="import_catalog",
    title="Import a catalogue",
    version="1",
    description="Reads a STAC catalogue and lists its scenes, static layers and references.",
    parameters_schema=Parameters.model_json_schema(),
    public=False,
    steps=(
        StepSpec(
            name="read",
            title="Catalogue documents",
            kernel="read_catalog",
            executor="control",
            resource_class="control",
        ),
        StepSpec(
            name="probe",
            title="Rasters",
            kernel="probe_rasters",
            resource_class="io",
            scope="parts",
            inputs=("assets",),
        ),
        StepSpec(
            name="apply",
            title="Scenes",
            kernel="apply_catalog",
            executor="control",
            resource_class="control",
        ),
    ),
)
