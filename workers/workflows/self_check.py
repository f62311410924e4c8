"""Self-check: a trivial kernel over a rectangle of blocks; proves that work flows."""

from typing import Annotated

from pydantic import Field

from workers.contracts.base import Contract
from workers.contracts.plugins import StepSpec, WorkflowSpec


class Parameters(Contract):
    """Parameters of ``self_check``."""

    columns: Annotated[int, Field(ge=1, le=1000)] = Field(default=10, description="Blocks east.")
    rows: Annotated[int, Field(ge=1, le=1000)] = Field(default=10, description="Blocks south.")
    work_ms: Annotated[int, Field(ge=0, le=60_000)] = Field(
        default=20, description="Milliseconds of pretended work a block."
    )
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = Field(
        default=0, description="Another seed gives other bytes."
    )


SPEC = WorkflowSpec(
    slug="self_check",
    title="Self-check",
    version="1",
    description="Runs a trivial kernel over columns × rows blocks and verifies what came out.",
    parameters_schema=Parameters.model_json_schema(),
    steps=(
        StepSpec(
            name="check",
            title="Check",
            kernel="check_block",
            scope="blocks",
            resource_class="cpu",
        ),
    ),
)
