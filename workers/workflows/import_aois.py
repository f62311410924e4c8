"""Import areas of interest: a compute child reads the vector file, then all rows or none."""

from workers.contracts.parameters import VectorImportParameters
from workers.contracts.plugins import WorkflowSpec
from workers.contracts.steps import vector_import_steps


class Parameters(VectorImportParameters):
    """Parameters of ``import_aois``."""


SPEC = WorkflowSpec(
    slug="import_aois",
    title="Import areas of interest",
    version="1",
    description="Reads a GeoJSON, GPKG, zipped Shapefile or CSV file.",
    parameters_schema=Parameters.model_json_schema(),
    public=False,
    steps=vector_import_steps("apply_aois"),
)
