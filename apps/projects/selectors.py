"""Reads: which projects a caller sees, with which role. Every other app starts here."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now

from apps.core.enums import Role
from apps.core.errors import Forbidden, NotFound
from apps.core.policy import role_covers, roles_from
from apps.projects.models import Membership, Nomenclature, NomenclatureClass, Project
from workers.contracts.legend import LegendClass

_VALID = Q(valid_until__isnull=True) | Q(valid_until__gt=Now())


def memberships_of(user: Any) -> QuerySet[Membership]:
    """Return the caller's memberships that hold now; a token may narrow them to one project."""
    if not (user and user.is_authenticated and user.is_active):
        return Membership.objects.none()
    held = Membership.objects.filter(_VALID, user_id=user.pk)
    only = getattr(user, "token_project_id", None)
    return held.filter(project_id=only) if only else held


def projects_visible_to(user: Any, *, at_least: Role = Role.VIEWER) -> QuerySet[Project]:
    """Return the caller's projects, each with ``caller_role``; ``at_least`` narrows by role."""
    held = memberships_of(user).filter(role__in=roles_from(at_least))
    return Project.objects.filter(memberships__in=held).annotate(caller_role=F("memberships__role"))


def project_ids_of(user: Any, *, at_least: Role = Role.VIEWER) -> QuerySet[Any]:
    """Return the ids of the caller's projects as a subquery, for ``project__in=`` of other apps."""
    held = memberships_of(user).filter(role__in=roles_from(at_least))
    return held.values("project_id")


def project_get(user: Any, project_id: Any, *, at_least: Role) -> Project:
    """Return a project of the caller, with ``caller_role``.

    Raises:
        NotFound: Unknown id, malformed id, or the caller is not a member.
        Forbidden: The caller is a member without the role.
    """
    try:
        key = project_id if isinstance(project_id, UUID) else UUID(str(project_id))
    except ValueError as exc:
        raise NotFound("There is no such project.") from exc
    return _checked(user, {"pk": key}, at_least)


def project_by_slug(slug: str) -> Project | None:
    """Return a project for an operator's command, which acts behind the access rules."""
    return Project.objects.filter(slug=slug).first()


def project_get_by_slug(user: Any, slug: str, *, at_least: Role) -> Project:
    """Return a project of the caller by its slug; raises as ``project_get`` does."""
    return _checked(user, {"slug": slug}, at_least)


def _checked(user: Any, where: Mapping[str, Any], at_least: Role) -> Project:
    found = projects_visible_to(user).select_related("organisation").filter(**where).first()
    if found is None:
        raise NotFound("There is no such project.")
    held: str = found.caller_role  # type: ignore[attr-defined]
    if not role_covers(held, at_least):
        raise Forbidden(
            f"This needs the role {at_least} in the project {found.name}; yours is {held}.",
            advice="Ask a manager of the project.",
        )
    return found


def role_of(user: Any, project: Project) -> Role | None:
    """Return the caller's role in a project, None for non-members."""
    held = memberships_of(user).filter(project=project).values_list("role", flat=True).first()
    return Role(held) if held else None


def members_of(project: Project) -> QuerySet[Membership]:
    return project.memberships.select_related("user__organisation").order_by("user__username")


def nomenclatures_visible_to(user: Any) -> QuerySet[Nomenclature]:
    """Return the nomenclatures of the caller's projects, classes prefetched."""
    rows = Nomenclature.objects.filter(project__in=project_ids_of(user))
    return rows.prefetch_related("classes__parent")


def classes_of(nomenclature: Nomenclature) -> QuerySet[NomenclatureClass]:
    return nomenclature.classes.order_by("code")


def legend_of_nomenclature(nomenclature: Nomenclature) -> tuple[LegendClass, ...]:
    """Return the classes by code as a contract."""
    return tuple(
        LegendClass(code=row.code, name=row.name, color=row.color)
        for row in classes_of(nomenclature)
    )


def legend_of(project: Project) -> tuple[LegendClass, ...]:
    """Return the classes of the project's own nomenclature by code."""
    return legend_of_nomenclature(project.nomenclature) if project.nomenclature else ()


def nomenclature_of(project: Project, nomenclature_id: Any) -> Nomenclature:
    """Return a nomenclature of this project, or raise NotFound."""
    found = Nomenclature.objects.filter(project=project, pk=nomenclature_id).first()
    if found is None:
        raise NotFound("There is no such nomenclature in this project.")
    return found


def membership_get(project: Project, key: str) -> Membership:
    """Return a membership of this project by its own id or its user's.

    Raises:
        NotFound: Neither is in this project.
    """
    try:
        wanted = UUID(str(key))
    except ValueError as exc:
        raise NotFound("There is no such member.") from exc
    found = members_of(project).filter(Q(pk=wanted) | Q(user_id=wanted)).first()
    if found is None:
        raise NotFound("There is no such member.")
    return found


def member_get(project: Project, user_id: str) -> Membership:
    """Return the membership of a person in this project that holds now, or raise NotFound."""
    found = members_of(project).filter(_VALID, user_id=user_id).first()
    if found is None:
        raise NotFound("There is no such member in this project.")
    return found


def project_locked(project: Project) -> Project:
    """Hold a project's row until the transaction ends: what counts per project counts alone."""
    return Project.objects.select_for_update().get(pk=project.pk)
