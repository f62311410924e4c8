"""Reads: workflows, plugins and the versions behind them."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from pydantic import BaseModel

from apps.core.errors import NotFound
from apps.products.enums import PluginKind
from apps.products.models import ManifestState, PluginRow, WorkflowTemplate
from workers.contracts.plugins import (
    ClassifierSpec,
    IndexSpec,
    KernelSpec,
    ProductSpec,
    SensorSpec,
    WorkflowSpec,
)

SPEC_TYPES: dict[str, type[BaseModel]] = {
    PluginKind.SENSOR: SensorSpec,
    PluginKind.INDEX: IndexSpec,
    PluginKind.CLASSIFIER: ClassifierSpec,
    PluginKind.KERNEL: KernelSpec,
    PluginKind.PRODUCT: ProductSpec,
}
EMPTY_ADVICE = "Run 'manage.py sync_plugins' when workflows or plugins are missing."


def workflows_public() -> QuerySet[WorkflowTemplate]:
    """Return the workflows offered in lists; imports are launched by their own routes."""
    return WorkflowTemplate.objects.filter(active=True, spec__public=True)


def workflow_titles() -> dict[str, str]:
    """Return the titles of all active workflows by slug: one query for a list of jobs."""
    rows = WorkflowTemplate.objects.filter(active=True).values_list("slug", "spec__title")
    return {slug: str(title) for slug, title in rows}


def workflow_get(slug: str) -> WorkflowSpec:
    """Return an active workflow, also one that is not listed; NotFound names the known ones."""
    row = WorkflowTemplate.objects.filter(slug=slug, active=True).first()
    if row is None:
        known = ", ".join(workflows_public().values_list("slug", flat=True)) or "none"
        raise NotFound(
            f"There is no workflow {str(slug)[:80]!r}; known: {known}.", advice=EMPTY_ADVICE
        )
    return WorkflowSpec.model_validate(row.spec)


def plugin_specs(kind: str) -> Sequence[Any]:
    """Return the active specs of a kind by slug, as contracts."""
    rows = PluginRow.objects.filter(kind=kind, active=True).order_by("slug")
    return [SPEC_TYPES[kind].model_validate(row.spec) for row in rows]


def kernel_get(slug: str) -> tuple[KernelSpec, str]:
    """Return a kernel's spec and the hash over its sources and what they import.

    Raises:
        NotFound: There is no such kernel.
    """
    row = PluginRow.objects.filter(kind=PluginKind.KERNEL, slug=slug, active=True).first()
    if row is None:
        raise NotFound(f"There is no kernel {slug!r}.", advice=EMPTY_ADVICE)
    return KernelSpec.model_validate(row.spec), row.code_sha


def manifest_versions() -> dict[str, str]:
    """Return the versions of the compute plane's libraries; empty before the first sync."""
    state = ManifestState.objects.first()
    return dict(state.versions) if state else {}


def parameters_schema_of(kind: str, slug: str) -> dict[str, Any]:
    """Return the JSON Schema of a plugin's parameters; kind is plural as in the manifest."""
    state = ManifestState.objects.first()
    schemas = state.parameters.get(kind, {}) if state else {}
    return dict(schemas.get(slug, {}))


def manifest_source_sha() -> str:
    """Return the hash of the sources the rows came from; empty before the first sync."""
    state = ManifestState.objects.first()
    return state.source_sha if state else ""
