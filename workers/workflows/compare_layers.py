"""Compare two class maps of a project: a change layer and the table of transitions."""

from pydantic import Field

from workers.contracts.base import Contract
from workers.contracts.parameters import Identifier
from workers.contracts.plugins import StepSpec, WorkflowSpec


class Parameters(Contract):
    """Parameters of ``compare_layers``."""

    before: Identifier = Field(
        description="The class layer to start from.", json_schema_extra={"x-object": "layer"}
    )
    after: Identifier = Field(
        description="The class layer to compare with it.", json_schema_extra={"x-object": "layer"}
    )
    before_release: int | None = Field(
        default=None, ge=1, description="A release of the first layer; default: the current one."
    )
    after_release: int | None = Field(
        default=None, ge=1, description="A release of the second layer; default: the current one."
    )
    layer_name: str | None = Field(
        default=None, max_length=120, description="Name of the change layer."
    )


SPEC = WorkflowSpec(
    slug="compare_layers",
    title="Compare two maps",
    version="1",
    description="Finds where two class maps differ: a change layer and a table of transitions.",
    parameters_schema=Parameters.model_json_schema(),
    steps=(
        StepSpec(
            name="compare",
            title="Comparison",
            kernel="compare_block",
            scope="blocks",
            resource_class="io",
            inputs=("releases", "boundary"),
        ),
        StepSpec(
            name="assemble",
            title="Layer",
            kernel="assemble_layer",
            scope="layers",
            resource_class="mem",
            inputs=("step:compare", "boundary"),
        ),
        StepSpec(
            name="publish",
            title="Release",
            kernel="publish_comparison",
            executor="control",
            resource_class="control",
        ),
    ),
)
