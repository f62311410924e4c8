"""Who may do what. Every view declares ``access``; a view without it is denied."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

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

    def role_for(self, method: str) -> Role | None:
        return self.read if method in SAFE_METHODS else self.write


PUBLIC = Access(public=True)
SIGNED_IN = Access(signed_in=True)


def role_covers(held: str | None, needed: str | None) -> bool:
    """Return whether a held role includes a needed one."""
    if held is None or needed is None:
        return False
    return ROLE_ORDER.index(Role(held)) >= ROLE_ORDER.index(Role(needed))


class DenyAll(BasePermission):
    """The default: a view that forgot to say who may use it is closed."""

    def has_permission(self, request: Any, view: Any) -> bool:
        return False


class DeclaredAccess(BasePermission):
    """Apply the view's ``access`` row to the caller as such.

    Roles are checked where the project is known: by ``project_for`` of the view when it
    resolves an object or a body's ``project``.
    """

    def has_permission(self, request: Any, view: Any) -> bool:
        access: Access | None = getattr(view, "access", None)
        if access is None:
            return False
        if access.public:
            return True
        user = request.user
        return bool(user and user.is_authenticated and user.is_active)


ProjectResolver = Callable[[Any], Any]
