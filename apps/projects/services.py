"""Writes: projects, members, nomenclatures. Each leaves one audit row in its transaction."""

import re
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError, RestrictedError
from django.utils.text import slugify

from apps.accounts.services import audit_record
from apps.core.enums import Role
from apps.core.errors import Conflict, Forbidden, InvalidInput
from apps.projects.domain.grids import grid_check, grid_parse
from apps.projects.domain.legend import ClassDraft, classes_check
from apps.projects.domain.palette import class_color
from apps.projects.models import Membership, Nomenclature, NomenclatureClass, Project
from workers.contracts.grid import Grid

SLUG = re.compile(r"^[a-z0-9]+(?:-[a-z0-9]+)*$")


@transaction.atomic
def project_create(
    *,
    user: Any,
    name: str,
    slug: str | None = None,
    organisation: Any = None,
    reference_year: int | None = None,
    grid: Any = None,
) -> Project:
    """Create a project with its nomenclature; the creator becomes its manager.

    ``grid``: None (EPSG:3035, 10 m, snapped to 1,000 m), ``"native"``, an object or a Grid.

    Raises:
        InvalidInput: Name, slug or grid is wrong.
        Forbidden: The creator belongs to no organisation, or names another one.
        Conflict: The slug is taken.
    """
    owner = _owner_check(user, organisation)
    if not name.strip():
        raise InvalidInput("A project needs a name.", errors={"name": ["This field is required."]})
    parsed = grid_parse(grid)
    project = Project(
        name=name.strip(),
        slug=_slug_check(slug) if slug else _slug_free(name),
        organisation=owner,
        reference_year=reference_year,
        grid=parsed.model_dump(mode="json") if parsed else None,
        grid_native=parsed is None,
        created_by=user,
    )
    try:
        with transaction.atomic():
            project.save(force_insert=True)
    except IntegrityError as exc:
        text = f"The slug {project.slug!r} is taken; choose another."
        raise Conflict(text, errors={"slug": [text]}) from exc
    project.nomenclature = Nomenclature.objects.create(project=project, name=project.name)
    project.save(update_fields=["nomenclature"])
    Membership.objects.create(project=project, user=user, role=Role.MANAGER)
    audit_record(actor=user, action="project.create", obj=project, project=project)
    return project


def _owner_check(user: Any, organisation: Any) -> Any:
    if user.organisation is None:
        raise Forbidden(
            "You belong to no organisation, so there is nobody to own the project.",
            advice="Ask an operator to add you to one.",
        )
    if organisation is not None and organisation.pk != user.organisation_id:
        raise Forbidden(f"You do not belong to the organisation {organisation}.")
    return user.organisation


def _slug_check(slug: str) -> str:
    if len(slug) <= 80 and SLUG.match(slug):
        return slug
    text = "A slug has at most 80 lower-case letters, digits and single hyphens."
    raise InvalidInput(text, errors={"slug": [text]})


def _slug_free(name: str) -> str:
    """Return a slug of the name; a random tail keeps it free, also of projects one cannot see."""
    base = slugify(name)[:60].strip("-_").replace("_", "-") or "project"
    base = re.sub(r"-{2,}", "-", base)
    if not Project.objects.filter(slug=base).exists():
        return base
    return f"{base}-{secrets.token_hex(3)}"


@transaction.atomic
def project_update(
    project: Project, *, user: Any, name: str | None = None, **changes: Any
) -> Project:
    """Change the name, ``reference_year`` (None clears it) or ``nomenclature`` (one of its own).

    ``grid`` only gives a native project its grid before its first imagery does.
    """
    before = _project_state(project)
    if name is not None:
        if not name.strip():
            raise InvalidInput("A project needs a name.", errors={"name": ["May not be blank."]})
        project.name = name.strip()
    if "reference_year" in changes:
        project.reference_year = changes["reference_year"]
    nomenclature = changes.get("nomenclature")
    if nomenclature is not None:
        if nomenclature.project_id != project.pk:
            text = "The nomenclature belongs to another project."
            raise InvalidInput(text, errors={"nomenclature": [text]})
        project.nomenclature = nomenclature
    if "grid" in changes and changes["grid"] != project.grid:
        _grid_set(project, changes["grid"])
    project.save(update_fields=["name", "reference_year", "nomenclature"])
    audit_record(
        actor=user,
        action="project.update",
        obj=project,
        project=project,
        before=before,
        after=_project_state(project),
    )
    return project


def _grid_set(project: Project, given: Any) -> None:
    """Take a grid for a project that waits for one; raises InvalidInput when it has one."""
    if project.grid is not None:
        raise InvalidInput(
            f"The grid of project {project.name!r} is fixed: its blocks, results and layers lie "
            "on it.",
            advice="Create another project with the grid you want.",
            errors={"grid": ["Cannot be changed once the project has a grid."]},
        )
    parsed = grid_parse(given)
    if parsed is not None:
        project_grid_freeze(project, parsed)


def _project_state(project: Project) -> dict[str, Any]:
    return {
        "name": project.name,
        "reference_year": project.reference_year,
        "nomenclature": project.nomenclature_id,
        "grid": project.grid,
    }


@transaction.atomic
def project_grid_freeze(project: Project, grid: Grid) -> Project:
    """Give a native project the grid of its first imagery; kept when one is already frozen.

    Raises:
        Conflict: The project was not created with the grid ``native``.
    """
    locked = Project.objects.select_for_update().get(pk=project.pk)
    if locked.grid is None:
        if not locked.grid_native:
            raise Conflict(f"The grid of project {locked.name} was fixed when it was created.")
        locked.grid = grid_check(grid).model_dump(mode="json")
        locked.save(update_fields=["grid"])
        audit_record(
            actor=None, action="project.grid", obj=locked, project=locked, after=locked.grid
        )
    project.grid = locked.grid
    return project


@transaction.atomic
def project_delete(project: Project, *, user: Any) -> None:
    """Remove a project and everything in it."""
    audit_record(
        actor=user,
        action="project.delete",
        obj=project,
        project=project,
        before=_project_state(project),
    )
    try:
        project.delete()
    except (ProtectedError, RestrictedError) as exc:
        raise Conflict(
            f"Project {project.name} holds objects that are kept.",
            advice="Remove its published layers and running jobs first.",
        ) from exc


@transaction.atomic
def member_set(
    project: Project, *, user: Any, member: Any, role: str, valid_until: datetime | None = None
) -> Membership:
    """Add a person or change the role; a project keeps at least one manager without an end."""
    _last_manager_check(project, member, role if valid_until is None else None)
    row, _ = Membership.objects.update_or_create(
        project=project, user=member, defaults={"role": role, "valid_until": valid_until}
    )
    state = {"member": member.pk, "role": role, "valid_until": valid_until}
    audit_record(actor=user, action="member.set", obj=row, project=project, after=state)
    return row


@transaction.atomic
def member_remove(membership: Membership, *, user: Any) -> None:
    """Take a person out of the project."""
    project = membership.project
    _last_manager_check(project, membership.user, None)
    state = {"member": membership.user_id, "role": membership.role}
    audit_record(actor=user, action="member.remove", obj=membership, project=project, before=state)
    membership.delete()


def _last_manager_check(project: Project, member: Any, role_after: str | None) -> None:
    if role_after == Role.MANAGER:
        return
    managers = (
        Membership.objects.select_for_update()
        .filter(project=project, role=Role.MANAGER, valid_until__isnull=True)
        .values_list("user_id", flat=True)
    )
    if set(managers) == {member.pk}:
        raise Conflict(
            f"{member.username} is the only manager of project {project.name}.",
            advice="Make somebody else a manager first.",
        )


@transaction.atomic
def nomenclature_create(
    *, project: Project, user: Any, name: str, classes: Sequence[ClassDraft] = ()
) -> Nomenclature:
    """Create a nomenclature with its classes."""
    drafts = classes_check(classes)
    try:
        with transaction.atomic():
            row = Nomenclature.objects.create(project=project, name=name.strip())
    except IntegrityError as exc:
        raise _name_taken(name) from exc
    _classes_write(row, drafts)
    audit_record(actor=user, action="nomenclature.create", obj=row, project=project, after=drafts)
    return row


@transaction.atomic
def nomenclature_update(
    nomenclature: Nomenclature,
    *,
    user: Any,
    name: str | None = None,
    classes: Sequence[ClassDraft] | None = None,
) -> Nomenclature:
    """Change name or the whole list of classes (matched by code); counts the version up.

    Raises:
        Conflict: A class that would go is in use, or the name is taken.
    """
    row = Nomenclature.objects.select_for_update().get(pk=nomenclature.pk)
    before = _nomenclature_state(row)
    if name is not None:
        row.name = name.strip()
    if classes is not None:
        _classes_write(row, classes_check(classes))
    if _nomenclature_state(row) != before:
        row.version += 1
    try:
        with transaction.atomic():
            row.save(update_fields=["name", "version"])
    except IntegrityError as exc:
        raise _name_taken(row.name) from exc
    after = _nomenclature_state(row)
    audit_record(
        actor=user,
        action="nomenclature.update",
        obj=row,
        project=row.project,
        before=before,
        after=after,
    )
    return row


def _name_taken(name: str) -> Conflict:
    text = f"The project already has a nomenclature named {name!r}."
    return Conflict(text, errors={"name": [text]})


def _nomenclature_state(row: Nomenclature) -> dict[str, Any]:
    fields = ("code", "name", "color", "parent__code")
    classes = list(NomenclatureClass.objects.filter(nomenclature=row).values_list(*fields))
    return {"name": row.name, "classes": classes}


def _classes_write(row: Nomenclature, drafts: Sequence[ClassDraft]) -> None:
    """Make the rows equal to the drafts, keeping the row of a code that stays."""
    kept = {item.code: item for item in NomenclatureClass.objects.filter(nomenclature=row)}
    NomenclatureClass.objects.filter(nomenclature=row).update(parent=None)
    for draft in drafts:
        item = kept.pop(draft.code, None)
        if item is None:
            item = NomenclatureClass(project_id=row.project_id, nomenclature=row, code=draft.code)
        item.name, item.color, item.parent = draft.name, str(draft.color), None
        item.save()
    for gone in kept.values():
        _class_delete(gone)
    ids = dict(NomenclatureClass.objects.filter(nomenclature=row).values_list("code", "pk"))
    for draft in drafts:
        if draft.parent is not None:
            NomenclatureClass.objects.filter(pk=ids[draft.code]).update(parent=ids[draft.parent])


def _class_delete(row: NomenclatureClass) -> None:
    try:
        row.delete()
    except (ProtectedError, RestrictedError) as exc:
        raise Conflict(
            f"Class {row.code} ({row.name}) has samples and cannot be removed.",
            advice="Give its samples another class first.",
        ) from exc


@transaction.atomic
def nomenclature_class_create(
    nomenclature: Nomenclature,
    *,
    code: int,
    name: str,
    color: str | None = None,
    parent: NomenclatureClass | None = None,
    user: Any = None,
) -> NomenclatureClass:
    """Add one class; without a colour it gets the next one of the palette.

    Raises:
        InvalidInput: Code outside 0-253 or taken, bad colour, or an empty name.
    """
    locked = Nomenclature.objects.select_for_update().get(pk=nomenclature.pk)
    rows = list(locked.classes.all())
    present = [ClassDraft(row.code, row.name, row.color) for row in rows]
    shade = color or class_color(len(rows))
    fresh = ClassDraft(code, name, shade)
    classes_check([*present, fresh])
    row = NomenclatureClass.objects.create(
        project_id=locked.project_id,
        nomenclature=locked,
        code=code,
        name=name.strip(),
        color=shade,
        parent=parent,
    )
    locked.version += 1
    locked.save(update_fields=["version"])
    nomenclature.version = locked.version
    audit_record(actor=user, action="nomenclature.class", obj=row, project=locked.project)
    return row


@transaction.atomic
def nomenclature_delete(nomenclature: Nomenclature, *, user: Any) -> None:
    """Remove a nomenclature that nothing uses."""
    project = nomenclature.project
    audit_record(actor=user, action="nomenclature.delete", obj=nomenclature, project=project)
    try:
        nomenclature.delete()
    except (ProtectedError, RestrictedError) as exc:
        raise Conflict(
            f"The nomenclature {nomenclature.name} is in use.",
            advice="Choose another one for the project and its sample sets first.",
        ) from exc
