"""Launching: parameters validated, every id resolved, drafts frozen, the job submitted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

from django.contrib.gis.geos import GEOSGeometry
from django.db import transaction

from apps.accounts.models import User
from apps.aois.selectors import aoi_of_project, unit_of_project
from apps.core.errors import InvalidInput
from apps.jobs.models import Job
from apps.jobs.selectors import job_of_key
from apps.jobs.services import job_submit
from apps.orchestration.domain.schema import parameters_complete
from apps.orchestration.services.estimate import estimate_of
from apps.orchestration.services.resolving import mapping_resolved, named, training_resolved
from apps.products.selectors import workflow_get
from apps.projects.models import Project
from workers.contracts.base import sha256_of
from workers.contracts.plugins import WorkflowSpec

MAX_PRIORITY = 100


@dataclass(frozen=True)
class LaunchOrder:
    """What a person asked for, as the API got it."""

    project: Project
    workflow: str
    parameters: Mapping[str, Any]
    aoi: str | None = None
    units: Sequence[str] = ()
    priority: int = 0
    idempotency_key: str | None = None

    @property
    def body_sha(self) -> str:
        return sha256_of(
            {
                "workflow": self.workflow,
                "parameters": dict(self.parameters),
                "aoi": self.aoi,
                "units": sorted(self.units),
                "priority": self.priority,
            }
        )


@transaction.atomic
def job_launch(*, user: User, order: LaunchOrder) -> Job:
    """Validate an order and submit its job.

    The same Idempotency-Key with the same body returns the same job.

    Raises:
        InvalidInput: a parameter is unknown, out of range or names nothing in the project.
        Conflict: the Idempotency-Key was used for another body.
    """
    known = job_of_key(order.project, order.idempotency_key)
    if known is not None and known.body_sha == order.body_sha:
        return known
    spec = spec_resolve(user=user, order=order)
    return job_submit(
        project=order.project,
        user=user,
        workflow=order.workflow,
        spec=spec,
        idempotency_key=order.idempotency_key,
        body_sha=order.body_sha,
        estimate=estimate_of(spec, project=order.project),
        priority=order.priority,
    )


def job_submit_internal(
    *,
    user: User,
    project: Project,
    workflow: str,
    parameters: dict[str, Any],
    idempotency_key: str | None = None,
    priority: int = 0,
) -> Job:
    """Submit a workflow that has no scope: imports, launched by routes of their own."""
    template = workflow_get(workflow)
    spec = {
        "workflow": workflow,
        "workflow_version": template.version,
        "parameters": parameters_complete(template.parameters_schema, parameters),
        "frozen": {},
        "grid": None,
        "boundary": None,
    }
    return job_submit(
        project=project,
        user=user,
        workflow=workflow,
        spec=spec,
        idempotency_key=idempotency_key,
        priority=priority,
    )


def estimate_order(*, user: User, order: LaunchOrder) -> dict[str, Any]:
    """Return what an order would cost, without keeping anything."""
    with transaction.atomic():
        spec = spec_resolve(user=user, order=order)
        answer = estimate_of(spec, project=order.project)
        transaction.set_rollback(True)
    return answer


def spec_resolve(*, user: User, order: LaunchOrder) -> dict[str, Any]:
    """Return the immutable specification of a job: nothing in it is looked up again by name."""
    template = _template(order.workflow)
    parameters = parameters_complete(template.parameters_schema, order.parameters)
    scope = _scope(order)
    grid = order.project.grid_contract
    spec: dict[str, Any] = {
        "workflow": template.slug,
        "workflow_version": template.version,
        "parameters": parameters,
        "aoi": order.aoi,
        "units": list(order.units),
        "boundary": scope.hexewkb.decode() if scope else None,
        "grid": grid.model_dump(mode="json") if grid else None,
        "frozen": {},
    }
    kernels = {step.kernel for step in template.steps}
    if kernels & {"extract_samples", "predict_block"}:
        if grid is None:
            raise InvalidInput(
                "The project has no grid yet: it takes that of its first imagery.",
                advice="Import a catalogue first.",
            )
        resolve = training_resolved if "extract_samples" in kernels else mapping_resolved
        spec = resolve(user=user, project=order.project, spec=spec, scope=scope)
    return spec


def _scope(order: LaunchOrder) -> GEOSGeometry | None:
    """Return the area of interest or the union of the production units, as it is now."""
    if order.aoi and order.units:
        raise InvalidInput(
            "Give either an area of interest or production units, not both.",
            errors={"units": ["excludes aoi."]},
        )
    if order.aoi:
        with named("aoi"):
            return aoi_of_project(order.project, order.aoi).geometry
    if not order.units:
        return None
    with named("units"):
        shapes: list[GEOSGeometry] = [
            unit_of_project(order.project, unit).geometry for unit in order.units
        ]
    return reduce(lambda left, right: left.union(right), shapes)


def _template(slug: str) -> WorkflowSpec:
    with named("workflow"):
        template = workflow_get(slug)
    if not template.public:
        raise InvalidInput(
            f"Workflow {slug!r} has a route of its own.", errors={"workflow": ["not offered here."]}
        )
    return template
