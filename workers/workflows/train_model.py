"""Train a model: features of the samples → forest, cross-validated accuracy, model version."""

from workers.contracts.parameters import TrainingParameters
from workers.contracts.plugins import WorkflowSpec
from workers.contracts.steps import TRAINING_STEPS


class Parameters(TrainingParameters):
    """Parameters of ``train_model``."""


SPEC = WorkflowSpec(
    slug="train_model",
    title="Train a model",
    version="1",
    description="Computes the features of the samples, trains the classifier and measures it "
    "on spatial folds.",
    parameters_schema=Parameters.model_json_schema(),
    steps=TRAINING_STEPS,
)
