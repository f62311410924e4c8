"""Look into a file of samples before it is imported: layers, columns, class values."""

from workers.contracts.parameters import VectorImportParameters
from workers.contracts.plugins import StepSpec, WorkflowSpec


class Parameters(VectorImportParameters):
    """Parameters of ``inspect_samples``; ``options`` stay empty."""


SPEC = WorkflowSpec(
    slug="inspect_samples",
    title="Look into a file of samples",
    version="1",
    description="Lists layers, columns and class values of a vector file; imports nothing.",
    parameters_schema=Parameters.model_json_schema(),
    public=False,
    awaited=True,
    steps=(
        StepSpec(
            name="inspect",
            title="File",
            kernel="inspect_vector",
            resource_class="ingest",
            inputs=("upload",),
        ),
    ),
)
