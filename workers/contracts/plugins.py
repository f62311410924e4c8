"""What each plugin declares in its module-level ``SPEC``."""

from typing import Any, Literal

from pydantic import Field

from workers.contracts.base import Contract

ResourceClass = Literal["cpu", "mem", "io", "ingest", "control", "live"]
Scope = Literal["once", "blocks", "layers", "parts"]


class SensorSpec(Contract):
    """requires: asset keys an item must have for this sensor (empty: the fallback sensor).

    ``mask_asset`` is read and turned into validity by the plugin's ``valid(mask, options)``.
    ``zero_is_nodata``: DN products where 0 means no data although the item does not say so.
    """

    slug: str
    title: str
    priority: int = 0  # the highest matching sensor wins
    requires: tuple[str, ...] = ()
    requires_any: tuple[str, ...] = ()  # at least one of these, when given
    mask_asset: str | None = None
    mask_roles: tuple[str, ...] = ()
    dilation_m: float = 0.0
    zero_is_nodata: bool = False
    feature_scale: int = 10_000
    wavelengths: dict[str, float] = Field(default_factory=dict)


class IndexSpec(Contract):
    """A named expression over common names, asset keys and other indices."""

    slug: str
    title: str
    expression: str
    scale: int = 10_000
    reference: str = ""


class KernelSpec(Contract):
    """``seconds_per_block`` is the nominal rate until runs are measured.

    stochastic: the kernel reads ``request.seed``, which then is part of a result's identity. All
    others take their randomness from their parameters, so jobs share what is equal.
    """

    slug: str
    title: str
    resource_class: ResourceClass
    outputs: tuple[str, ...] = ()
    stochastic: bool = False
    seconds_per_block: float = 1.0
    nominal_rate: dict[str, float] = Field(default_factory=dict)


class ClassifierSpec(Contract):
    slug: str
    title: str
    probabilistic: bool = True
    parameters_schema: dict[str, Any] = Field(default_factory=dict)


class ProductSpec(Contract):
    slug: str
    title: str
    code: str
    legend: tuple[dict[str, Any], ...] = ()
    resolution_m: float = 10.0


class StepSpec(Contract):
    """One stage of a workflow.

    executor ``child``: ``kernel`` is a compute kernel; ``control``: a database action of the
    orchestration app. scope ``once``: one block (0, 0); ``blocks``: every block of the grid that
    meets the AoI; ``layers``: one block per requested output layer, ix = its number; ``parts``:
    as many as the step before it finds to be needed, ix = the number of the part.
    ``inputs`` names what the request is filled with: ``scenes``, ``samples``, ``upload``,
    ``model`` (the job's model version or the one trained by an earlier step), ``boundary``,
    ``step:<name>`` (objects of that step).
    """

    name: str
    title: str
    kernel: str
    executor: Literal["child", "control"] = "child"
    scope: Scope = "once"
    resource_class: ResourceClass = "cpu"
    inputs: tuple[str, ...] = ()


class WorkflowSpec(Contract):
    slug: str
    title: str
    version: str
    description: str = ""
    parameters_schema: dict[str, Any] = Field(default_factory=dict)
    steps: tuple[StepSpec, ...]
    public: bool = True  # offered in lists of workflows; imports are launched by their own routes
    awaited: bool = False  # somebody watches it end: no notification
