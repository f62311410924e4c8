"""What the web plane learns of the compute plane: written by ``workers.manifest``."""

from typing import Any

from workers.contracts.base import Contract
from workers.contracts.plugins import (
    ClassifierSpec,
    IndexSpec,
    KernelSpec,
    ProductSpec,
    SensorSpec,
    WorkflowSpec,
)


class Manifest(Contract):
    """``code_sha`` maps a kernel to the hash of the sources in its import closure."""

    sensors: tuple[SensorSpec, ...] = ()
    indices: tuple[IndexSpec, ...] = ()
    classifiers: tuple[ClassifierSpec, ...] = ()
    kernels: tuple[KernelSpec, ...] = ()
    workflows: tuple[WorkflowSpec, ...] = ()
    products: tuple[ProductSpec, ...] = ()
    code_sha: dict[str, str] = {}
    versions: dict[str, str] = {}
    parameters: dict[str, Any] = {}
