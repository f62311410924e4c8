"""Step sequences that several workflows share (plugins never import each other)."""

from workers.contracts.plugins import StepSpec

TRAINING_STEPS = (
    StepSpec(
        name="extract",
        title="Features of the samples",
        kernel="extract_samples",
        resource_class="mem",
        inputs=("scenes", "samples"),
    ),
    StepSpec(
        name="train",
        title="Training and folds",
        kernel="train_model",
        resource_class="mem",
        inputs=("step:extract",),
    ),
    StepSpec(
        name="register",
        title="Model version",
        kernel="register_model",
        executor="control",
        resource_class="control",
    ),
)

MAPPING_STEPS = (
    StepSpec(
        name="predict",
        title="Prediction",
        kernel="predict_block",
        scope="blocks",
        resource_class="cpu",
        inputs=("scenes", "model", "boundary"),
    ),
    StepSpec(
        name="assemble",
        title="Layers",
        kernel="assemble_layer",
        scope="layers",
        resource_class="mem",
        inputs=("step:predict", "boundary"),
    ),
    StepSpec(
        name="publish",
        title="Release",
        kernel="publish_layers",
        executor="control",
        resource_class="control",
    ),
)


def vector_import_steps(action: str) -> tuple[StepSpec, ...]:
    """Return the steps of an import: a compute child reads the file, ``action`` writes the rows."""
    return (
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
            kernel=action,
            executor="control",
            resource_class="control",
        ),
    )
