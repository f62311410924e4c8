"""Extract the features of samples as a table."""

from pydantic import Field

from workers.contracts.base import Contract
from workers.contracts.parameters import Identifier, MaskSpec, ScenesSpec
from workers.contracts.plugins import StepSpec, WorkflowSpec
from workers.contracts.steps import TRAINING_STEPS


class Parameters(Contract):
    """Parameters of ``extract_samples``."""

    sample_set: Identifier = Field(description="Samples; a draft is frozen first.")
    feature_set: Identifier = Field(description="Features to compute.")
    scenes: ScenesSpec | None = Field(default=None, description="Imagery the features come from.")
    scene_selection: Identifier | None = Field(
        default=None, description="A frozen selection instead of a search."
    )
    season: str | None = Field(
        default=None, description="Period that month-day windows refer to; absent: all years."
    )
    mask: MaskSpec = Field(default_factory=MaskSpec, description="Validity of observations.")


SPEC = WorkflowSpec(
    slug="extract_samples",
    title="Extract samples",
    version="1",
    description="Computes the features of a sample set and offers them as a table.",
    parameters_schema=Parameters.model_json_schema(),
    steps=(
        TRAINING_STEPS[0],
        StepSpec(
            name="offer",
            title="Download",
            kernel="offer_table",
            executor="control",
            resource_class="control",
        ),
    ),
)
