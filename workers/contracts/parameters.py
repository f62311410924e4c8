"""Parameter models shared by workflows: the form, the API's validation and the kernels use them."""

from typing import Annotated, Any, Literal

from pydantic import Field

from workers.contracts.base import Contract

OUTPUTS = ("class", "probability", "confidence", "data_score")
Output = Literal["class", "probability", "confidence", "data_score"]
Identifier = Annotated[str, Field(json_schema_extra={"format": "uuid"})]


class ScenesSpec(Contract):
    """Which imagery. Absent fields restrict nothing: all imagery of the project, any year."""

    collections: tuple[str, ...] | None = Field(
        default=None, description="Collection ids; empty means every collection of the project."
    )
    datetime: str | None = Field(
        default=None,
        description="Period as start/end (ISO 8601); '..' leaves an end open.",
        examples=["2018-03-01/2018-10-31"],
    )
    cloud_cover_max: Annotated[float, Field(ge=0, le=100)] | None = Field(
        default=None,
        description="Highest cloud cover in percent; scenes that do not state one are kept.",
    )


class FoldsSpec(Contract):
    """How samples are divided for cross-validation. Absent sizes are chosen from the extent."""

    method: Literal["spatial_block", "group", "region", "polygon", "random"] = Field(
        default="spatial_block",
        description="Whole blocks, groups, regions or polygons stay together in a fold.",
    )
    k: Annotated[int, Field(ge=2, le=20)] = Field(default=5, description="Number of folds.")
    block_size_m: Annotated[float, Field(gt=0)] | None = Field(
        default=None, description="Edge of the spatial blocks in metres."
    )
    buffer_m: Annotated[float, Field(ge=0)] | None = Field(
        default=None, description="Training samples nearer to a test block are left out."
    )
    beside: tuple[Literal["random", "group"], ...] = Field(
        default=("random", "group"),
        description="Easier folds whose accuracy is shown beside: how far they lie above is "
        "how much a figure without spatial folds would flatter.",
    )


class MaskSpec(Contract):
    """Which observations count as valid. Absent: the sensor's own default."""

    dilation_m: Annotated[float, Field(ge=0, le=300)] | None = Field(
        default=None, description="Invalid pixels are grown by this many metres."
    )
    invalid: tuple[int, ...] | None = Field(
        default=None, description="Mask values that make an observation invalid."
    )


class TrainingParameters(Contract):
    """What a model is trained from."""

    sample_set: Identifier = Field(description="Training samples; a draft is frozen first.")
    feature_set: Identifier = Field(description="Features the model sees.")
    scenes: ScenesSpec | None = Field(default=None, description="Imagery the features come from.")
    scene_selection: Identifier | None = Field(
        default=None, description="A frozen selection instead of a search."
    )
    classifier: str = Field(
        default="random_forest", description="How the model learns from the samples."
    )
    hyperparameters: dict[str, Any] = Field(
        default_factory=dict,
        description="Settings of the classifier; absent ones keep defaults.",
        json_schema_extra={"schema_from": "classifier"},
    )
    folds: FoldsSpec = Field(default_factory=FoldsSpec, description="Cross-validation.")
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = Field(
        default=0, description="Seed of every random choice."
    )
    season: str | None = Field(
        default=None,
        description="Period that month-day windows refer to; absent: all years are pooled.",
        examples=["2018-01-01/2018-12-31"],
    )
    mask: MaskSpec = Field(default_factory=MaskSpec, description="Validity of observations.")
    model_name: Annotated[str, Field(max_length=120)] | None = Field(
        default=None, description="Model line this version belongs to."
    )


class MappingParameters(Contract):
    """What a map holds."""

    outputs: Annotated[tuple[Output, ...], Field(min_length=1)] = Field(
        default=("class", "confidence"),
        description="Layers to write, in this order; each once.",
        json_schema_extra={"uniqueItems": True},
    )
    layer_name: Annotated[str, Field(max_length=120)] | None = Field(
        default=None, description="Beginning of the layers' names."
    )


class VectorImportParameters(Contract):
    """A stored upload and how its columns are read."""

    upload: str = Field(description="Key of the stored upload.")
    file_name: str = Field(description="Name the file had; its extension chooses the driver.")
    target: str = Field(default="", description="What receives the rows.")
    options: dict[str, Any] = Field(default_factory=dict, description="Columns and mapping.")
