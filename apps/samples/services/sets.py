"""Sample sets."""

import secrets
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError, RestrictedError
from django.utils.text import slugify

from apps.accounts.services import audit_record
from apps.core.errors import Conflict, InvalidInput
from apps.samples.enums import Purpose
from apps.samples.models import SampleSet


@transaction.atomic
def sample_set_create(
    *,
    project: Any,
    name: str,
    user: Any = None,
    purpose: str = Purpose.TRAINING,
    nomenclature: Any = None,
    slug: str | None = None,
    description: str = "",
) -> SampleSet:
    """Create a set; its purpose never changes. ``nomenclature`` absent: the project's own."""
    if purpose not in Purpose.values:
        text = f"Unknown purpose {purpose!r}; known: {', '.join(Purpose.values)}."
        raise InvalidInput(text, errors={"purpose": [text]})
    legend = nomenclature or project.nomenclature
    if legend is None or legend.project_id != project.pk:
        text = "The nomenclature does not belong to the project."
        raise InvalidInput(text, errors={"nomenclature": [text]})
    sample_set = SampleSet(
        project=project,
        name=_named(name),
        slug=slug or _slug_free(project, name),
        purpose=purpose,
        nomenclature=legend,
        description=description,
        created_by=user if getattr(user, "pk", None) else None,
    )
    try:
        with transaction.atomic():
            sample_set.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(f"The project already has a sample set {sample_set.slug!r}.") from error
    audit_record(actor=user, action="sample_set.create", obj=sample_set, project=project)
    return sample_set


def sample_set_ensure(
    *, project: Any, slug: str, user: Any = None, purpose: str = Purpose.TRAINING
) -> SampleSet:
    """Return the set of this slug, created when the project has none."""
    found = SampleSet.objects.filter(project=project, slug=slug).first()
    if found is not None:
        return found
    return sample_set_create(project=project, name=slug, slug=slug, purpose=purpose, user=user)


@transaction.atomic
def sample_set_update(
    *, sample_set: SampleSet, user: Any, name: str | None = None, description: str | None = None
) -> SampleSet:
    """Change name or description; nothing that labels or purposes depend on."""
    if name is not None:
        sample_set.name = _named(name)
    if description is not None:
        sample_set.description = description
    sample_set.save(update_fields=["name", "description"])
    project = sample_set.project
    audit_record(actor=user, action="sample_set.change", obj=sample_set, project=project)
    return sample_set


@transaction.atomic
def sample_set_delete(*, sample_set: SampleSet, user: Any) -> None:
    """Delete a set with its samples; raises Conflict when a model was trained from it."""
    project = sample_set.project
    audit_record(actor=user, action="sample_set.delete", obj=sample_set, project=project)
    try:
        sample_set.delete()
    except (ProtectedError, RestrictedError) as error:
        raise Conflict(
            f"Sample set {sample_set.name!r} has versions that models were trained from; "
            "it is kept for their record."
        ) from error


def _named(name: object) -> str:
    if not isinstance(name, str) or not name.strip() or len(name) > 200:
        raise InvalidInput(
            "name is missing, empty or longer than 200 characters.",
            errors={"name": ["Give 1 to 200 characters."]},
        )
    return name.strip()


def _slug_free(project: Any, name: str) -> str:
    base = slugify(name)[:60] or "samples"
    if not SampleSet.objects.filter(project=project, slug=base).exists():
        return base
    return f"{base}-{secrets.token_hex(3)}"
