"""Templates of parameters: kept by name, checked against the workflow's schema, audited."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from apps.accounts.services import audit_record
from apps.core.errors import Conflict, InvalidInput, NotFound, StaleEdit
from apps.orchestration.domain.schema import parameters_faults
from apps.orchestration.models import JobTemplate
from apps.orchestration.services.resolving import classifier_check, named
from apps.products.selectors import workflow_get

FIELDS = ("name", "parameters", "description", "is_default")
MAX_NAME = 120


@transaction.atomic
def job_template_create(*, project: Any, user: Any, workflow: str, **given: Any) -> JobTemplate:
    """Keep parameters under a name.

    Raises:
        InvalidInput: the name is empty, or a parameter does not fit the workflow's schema.
        NotFound: there is no such workflow. Conflict: the name is taken.
    """
    with named("workflow"):
        template = workflow_get(workflow)
    if not template.public:
        raise InvalidInput(
            f"Workflow {workflow!r} has a route of its own.",
            errors={"workflow": ["not offered here."]},
        )
    row = JobTemplate(project=project, workflow=workflow, created_by=user)
    _put(row, given | {"parameters": given.get("parameters") or {}})
    _save(row)
    audit_record(
        actor=user, action="job_template.create", obj=row, project=project, after=_state(row)
    )
    return row


@transaction.atomic
def job_template_update(row: JobTemplate, *, user: Any, revision: int, **given: Any) -> JobTemplate:
    """Change name, parameters, description or the default mark of revision ``revision``.

    Raises:
        StaleEdit: somebody else changed it in between. InvalidInput, Conflict: as on creating.
    """
    row = JobTemplate.objects.select_for_update().get(pk=row.pk)
    if revision != row.revision:
        raise StaleEdit(
            f"Template {row.name!r} is at revision {row.revision}, not {revision}.",
            current={"id": str(row.pk), "revision": row.revision},
        )
    before = _state(row)
    _put(row, given)
    if _state(row) == before:
        return row
    row.revision += 1
    _save(row)
    audit_record(
        actor=user, action="job_template.update", obj=row, project=row.project, before=before,
        after=_state(row),
    )  # fmt: skip
    return row


@transaction.atomic
def job_template_delete(row: JobTemplate, *, user: Any) -> None:
    """Forget a template; jobs launched from it keep their parameters."""
    audit_record(
        actor=user, action="job_template.delete", obj=row, project=row.project, before=_state(row)
    )
    row.delete()


def template_misfits(workflow: str, parameters: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the parameters that do not fit the workflow as it is now, by field."""
    try:
        template = workflow_get(workflow)
    except NotFound:
        return {"workflow": ["This workflow is no longer offered."]}
    faults = parameters_faults(template.parameters_schema, parameters, partial=True)
    found = {f"parameters.{name}": texts for name, texts in faults.items()}
    return found or _classifier_misfits(parameters)


def _classifier_misfits(parameters: Mapping[str, Any]) -> dict[str, list[str]]:
    try:
        classifier_check(parameters.get("classifier"), parameters.get("hyperparameters") or {})
    except InvalidInput as error:
        return {name: list(texts) for name, texts in error.errors.items()}
    return {}


def _put(row: JobTemplate, given: Mapping[str, Any]) -> None:
    for name in FIELDS:
        if name in given:
            setattr(row, name, given[name])
    row.name = str(row.name).strip()
    if not 0 < len(row.name) <= MAX_NAME:
        text = f"Give a name of 1 to {MAX_NAME} characters."
        raise InvalidInput(text, errors={"name": [text]})
    if "parameters" in given:
        misfits = template_misfits(row.workflow, row.parameters)
        if misfits:
            field, texts = next(iter(misfits.items()))
            raise InvalidInput(
                f"{field}: {texts[0]}",
                advice="A template holds parameters of its workflow only.",
                errors=misfits,
            )


def _save(row: JobTemplate) -> None:
    if row.is_default:
        others = JobTemplate.objects.filter(
            project=row.project, workflow=row.workflow, is_default=True
        )
        others.exclude(pk=row.pk).update(is_default=False)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as exc:
        text = f"This workflow has a template named {row.name!r}; choose another name."
        raise Conflict(text, errors={"name": [text]}) from exc


def _state(row: JobTemplate) -> dict[str, Any]:
    return {name: getattr(row, name) for name in FIELDS} | {"workflow": row.workflow}
