"""Import areas of interest: a compute child reads the vector file, then all rows or none."""

from typing import Any

from pydantic import Field

from workers.contracts.base import Contract
from workers.contracts.plugins import StepSpec, WorkflowSpec


class Parameters(Contract):
    """Parameters of ``import_aois``."""

    upload: str = Field(description="Key of the stored upload.")
    file_name: str = Field(description="Name the file had; its extension chooses the driver.")
    target: str = Field(default="", description="What receives the rows.")
    options: dict[str, Any] = Field(default_factory=dict, description="Columns and mapping.")


SPEC = WorkflowSpec(
    slug="import_aois",
    title="Import areas of interest",
    version="1",
    description="Reads a GeoJSON, GPKG, zipped Shapefile or CSV file.",
    parameters_schema=Parameters.model_json_schema(),
    public=False,
    steps=(
        StepSpec(
            name="read",
            title="File",
            kernel="read_vector",
            resource_class="ingest",
            inputs=("upload",),
        ),
        StepSpec(
            name="apply",
            title="Rows",
            kernel="apply_aois",
            executor="control",
            resource_class="control",
        ),
    ),
)
