"""Who may do what. Every view declares ``access``; a view without it is denied."""

from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.conf import settings
from rest_framework.permissions import BasePermission

from apps.core.enums import Role

ROLE_ORDER = (Role.VIEWER, Role.INTERPRETER, Role.PRODUCER, Role.MANAGER)
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True)
class Access:
    """The declared rule of one route.

    ``read`` and ``write`` name the least role in the object's project; None closes the method.
    ``public`` opens the route to anonymous callers; ``signed_in`` to any active user (for routes
    that are not about one project: the list of one's projects, creating a project).
    """

    read: Role | None = None
    write: Role | None = None
    public: bool = False
    signed_in: bool = False

    def role_for(self, method: str | None) -> Role | None:
        return self.read if method in SAFE_METHODS else self.write

    def opens(self, method: str | None) -> bool:
        """Return whether some signed-in caller may use the method at all."""
        return self.public or self.signed_in or self.role_for(method) is not None


PUBLIC = Access(public=True)
SIGNED_IN = Access(signed_in=True)


def role_covers(held: str | None, needed: str | None) -> bool:
    """Return whether a held role includes a needed one."""
    if held is None or needed is None:
        return False
    return ROLE_ORDER.index(Role(held)) >= ROLE_ORDER.index(Role(needed))


def roles_from(least: Role) -> tuple[Role, ...]:
    """Return the least role and every role above it."""
    return ROLE_ORDER[ROLE_ORDER.index(least) :]


def project_gate() -> Any:
    """Return the module that resolves projects for a caller (``settings.PROJECT_GATE``).

    It offers ``project_get(user, id, at_least=)``, ``project_get_by_slug(user, slug, at_least=)``
    and ``role_of(user, project)``. Named in the settings, because core knows no app above it.
    """
    return import_module(settings.PROJECT_GATE)


class DenyAll(BasePermission):
    """The default: a view that forgot to say who may use it is closed."""

    def has_permission(self, request: Any, view: Any) -> bool:
        return False


class DeclaredAccess(BasePermission):
    """Apply the view's ``access`` row to the caller as such.

    Roles are checked where the project is known: by ``project_for`` of the view when it
    resolves an object or a body's ``project``. An API token also needs the scope of the call:
    ``read`` for safe methods, else the view's ``scope`` (``write`` unless it says otherwise).
    """

    def has_permission(self, request: Any, view: Any) -> bool:
        access: Access | None = getattr(view, "access", None)
        if access is None:
            return False
        if access.public:
            return True
        user = request.user
        if not (user and user.is_authenticated and user.is_active):
            return False
        return access.opens(request.method) and self._in_scope(request, view)

    @staticmethod
    def _in_scope(request: Any, view: Any) -> bool:
        scopes = getattr(request.auth, "scopes", None)
        if scopes is None:
            return True
        needed = "read" if request.method in SAFE_METHODS else getattr(view, "scope", "write")
        return needed in scopes
