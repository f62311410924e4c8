"""Pages use the same declared rule as the API."""

from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.generic import View

from apps.core.domain.problems import status_of
from apps.core.enums import Role
from apps.core.errors import DomainError, NotFound
from apps.core.policy import Access, project_gate


class PageAccessMixin(View):
    """A page with a declared ``access``; put it before the generic view it is mixed into.

    Anonymous visitors are sent to the log-in page; foreign objects are a plain 404. A page with
    a ``slug`` or ``project_slug`` in its address finds its project with ``project()``.
    """

    access: Access | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.access is None or not self.access.opens(request.method):
            raise PermissionDenied
        if not (self.access.public or request.user.is_authenticated):
            if request.headers.get("HX-Request"):  # a part of a page: the page asks for the log-in
                return HttpResponse(status=401)
            return redirect_to_login(request.get_full_path())
        try:
            return super().dispatch(request, *args, **kwargs)
        except NotFound as exc:
            raise Http404(exc.message) from exc
        except DomainError as exc:
            return error_page(request, exc)

    def project(self, *, at_least: Role | None = None) -> Any:
        """Return the project of this address when the caller has the declared role there."""
        role = at_least or (self.access.role_for(self.request.method) if self.access else None)
        if role is None:
            raise PermissionDenied
        user, gate = self.request.user, project_gate()
        slug = self.kwargs.get("project_slug") or self.kwargs.get("slug")
        if slug is not None:
            return gate.project_get_by_slug(user, slug, at_least=role)
        key = self.kwargs.get("project_id") or self.kwargs.get("pk")
        return gate.project_get(user, key, at_least=role)


def error_page(request: HttpRequest, error: DomainError) -> HttpResponse:
    """Render what went wrong and what to do about it."""
    status = status_of(error)
    return render(request, "core/error.html", {"error": error, "status": status}, status=status)
