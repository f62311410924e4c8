"""Predict a map: every block of the area through one model, then layers and releases."""

from pydantic import Field

from workers.contracts.parameters import Identifier, MappingParameters, MaskSpec, ScenesSpec
from workers.contracts.plugins import WorkflowSpec
from workers.contracts.steps import MAPPING_STEPS


class Parameters(MappingParameters):
    """Parameters of ``predict_map``."""

    model_version: Identifier = Field(description="The model that classifies.")
    scenes: ScenesSpec | None = Field(default=None, description="Imagery; default: the model's.")
    scene_selection: Identifier | None = Field(
        default=None, description="A frozen selection instead of a search."
    )
    season: str | None = Field(
        default=None,
        description="Period that month-day windows refer to; default: the model's.",
        examples=["2018-01-01/2018-12-31"],
    )
    mask: MaskSpec | None = Field(default=None, description="Validity; default: the model's.")


SPEC = WorkflowSpec(
    slug="predict_map",
    title="Predict a map",
    version="1",
    description="Classifies every block of the area with a trained model and publishes the layers.",
    parameters_schema=Parameters.model_json_schema(),
    steps=MAPPING_STEPS,
)
