"""Train a model and map the area with it: the main job."""

from workers.contracts.parameters import MappingParameters, TrainingParameters
from workers.contracts.plugins import WorkflowSpec
from workers.contracts.steps import MAPPING_STEPS, TRAINING_STEPS


class Parameters(TrainingParameters, MappingParameters):
    """Parameters of ``train_and_map``."""


SPEC = WorkflowSpec(
    slug="train_and_map",
    title="Train and map",
    version="1",
    description="Trains a model, measures it on spatial folds and maps the area with it.",
    parameters_schema=Parameters.model_json_schema(),
    steps=TRAINING_STEPS + MAPPING_STEPS,
)
