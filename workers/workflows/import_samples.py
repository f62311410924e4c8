"""Import samples: a compute child reads the vector file, then all rows or none are written."""

from workers.contracts.parameters import VectorImportParameters
from workers.contracts.plugins import WorkflowSpec
from workers.contracts.steps import vector_import_steps


class Parameters(VectorImportParameters):
    """Parameters of ``import_samples``."""


SPEC = WorkflowSpec(
    slug="import_samples",
    title="Import samples",
    version="1",
    description="Reads a GeoJSON, GPKG, zipped Shapefile or CSV file.",
    parameters_schema=Parameters.model_json_schema(),
    public=False,
    steps=vector_import_steps("apply_samples"),
)
