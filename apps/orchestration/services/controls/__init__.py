"""Control steps: database work between compute steps. They open no raster."""

from collections.abc import Callable
from typing import Any

from apps.core.errors import NotFound
from apps.jobs.models import Step
from apps.orchestration.services.controls.comparisons import comparison_publish
from apps.orchestration.services.controls.imports import (
    aois_apply,
    catalog_apply,
    catalog_read_documents,
    samples_apply,
)
from apps.orchestration.services.controls.models import model_register
from apps.orchestration.services.controls.releases import layers_publish
from apps.orchestration.services.controls.tables import table_offer

CONTROLS: dict[str, Callable[[Step], dict[str, Any]]] = {
    "read_catalog": catalog_read_documents,
    "apply_catalog": catalog_apply,
    "apply_samples": samples_apply,
    "apply_aois": aois_apply,
    "register_model": model_register,
    "publish_layers": layers_publish,
    "publish_comparison": comparison_publish,
    "offer_table": table_offer,
}


def control_run(step: Step) -> dict[str, Any]:
    """Run the action a control step names and return its report."""
    action = CONTROLS.get(step.kernel)
    if action is None:
        raise NotFound(f"No control action is called {step.kernel!r}.")
    return action(step)
