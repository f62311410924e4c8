"""Launching: parameters validated, every id resolved, drafts frozen, the job submitted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

from django.contrib.gis.geos import GEOSGeometry
from django.db import transaction

from apps.accounts.models import User
from apps.aois.selectors import aoi_of_project, unit_of_project
from apps.core.errors import InvalidInput, NotFound
from apps.jobs.models import Job
from apps.jobs.selectors import job_of_key
from apps.jobs.services import job_submit
from apps.orchestration.domain.estimates import estimates_sum
from apps.orchestration.domain.schema import parameters_complete
from apps.orchestration.services.comparing import comparison_resolved
from apps.orchestration.services.estimate import estimate_of
from apps.orchestration.services.outline import outline_of
from apps.orchestration.services.resolving import mapping_resolved, named, training_resolved
from apps.products.selectors import workflow_get
from apps.projects.models import Project
from workers.contracts.base import sha256_of
from workers.contracts.plugins import WorkflowSpec


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


def estimate_order(
    *, user: User, order: LaunchOrder, aois: Sequence[str] = (), outline: bool = False
) -> dict[str, Any]:
    """Return what an order would cost, without keeping anything.

    ``aois``: one job each; their costs are summed and told one by one in ``areas``.
    ``outline`` adds where the blocks lie.
    """
    orders = [replace(order, aoi=aoi) for aoi in dict.fromkeys(aois)] or [order]
    with transaction.atomic():
        specs = _specs_resolved(user, orders)
        told = [estimate_of(spec, project=order.project) for spec in specs]
        answer = estimates_sum(told) | {"jobs": len(specs)}
        answer["areas"] = [
            {"aoi": spec["aoi"], "blocks": one["blocks"], "core_seconds": one["core_seconds"]}
            for spec, one in zip(specs, told, strict=True)
        ]
        answer |= {"outline": outline_of(specs)} if outline else {}
        transaction.set_rollback(True)
    return answer


def _specs_resolved(user: User, orders: Sequence[LaunchOrder]) -> list[dict[str, Any]]:
    """Resolve the orders of several areas; what is wrong with areas is told of all of them."""
    specs, errors = [], {}
    for order in orders:
        try:
            specs.append(spec_resolve(user=user, order=order))
        except (InvalidInput, NotFound) as error:
            if len(orders) == 1 or set(error.errors) != {"aoi"}:
                raise
            errors[f"aois.{order.aoi}"] = [error.message]
    if errors:
        count = f"{len(errors)} of {len(orders)} areas"
        raise InvalidInput(
            f"{count} cannot be launched. {next(iter(errors.values()))[0]}",
            advice="Take them out of the scope, or choose other scenes.",
            errors=errors,
        )
    return specs


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
    if "compare_block" in kernels:
        spec = comparison_resolved(user=user, project=order.project, spec=spec)
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
