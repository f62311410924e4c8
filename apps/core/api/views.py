"""Bases of every API view: declared access, scoped objects, repeatable calls."""

import json
from typing import Any
from uuid import UUID

from django.db.models import Model, QuerySet
from django.http import Http404
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from apps.core.api.parsing import (
    BoundedJsonParser,
    GeoJsonParser,
    LenientNegotiation,
    MergePatchParser,
    query_check,
)
from apps.core.enums import Role
from apps.core.errors import InvalidInput
from apps.core.models import IdempotencyRecord
from apps.core.policy import SAFE_METHODS, Access, DeclaredAccess, project_gate
from apps.core.services import body_sha256, idempotency_begin, idempotency_finish

KEPT_HEADERS = ("Location", "ETag")


class _Replay(Exception):
    """Leaves ``initial`` with the kept answer of an earlier call."""

    def __init__(self, record: IdempotencyRecord) -> None:
        self.record = record


class ApiBehaviour(APIView):
    """What API views and viewsets share.

    Attributes:
        access: The declared rule; a view without it is closed. An ``@action`` may carry its own:
            ``@action(detail=True, methods=["post"], access=Access(write=Role.PRODUCER))``.
        scope: What an API token needs for unsafe calls: ``write``, ``launch`` or ``manage``.
    """

    access: Access | None = None
    scope: str = "write"
    permission_classes = [DeclaredAccess]
    parser_classes = [
        BoundedJsonParser,
        GeoJsonParser,
        MergePatchParser,
        MultiPartParser,
        FormParser,
    ]
    renderer_classes = [JSONRenderer]
    content_negotiation_class = LenientNegotiation

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        query_check(request.query_params)
        key = request.headers.get("Idempotency-Key")
        if key is None or request.method in SAFE_METHODS or not request.user.is_authenticated:
            return
        record = idempotency_begin(
            user=request.user,
            route=f"{request.method} {request.path}",
            key=key,
            body_sha=body_sha256(request.data, request.FILES),
        )
        if record.status is not None:
            raise _Replay(record)
        self._idempotency = record

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, _Replay):
            kept = exc.record
            headers = kept.headers | {"Idempotent-Replay": "true"}
            return Response(kept.body, status=kept.status, headers=headers)
        return super().handle_exception(exc)

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        record: IdempotencyRecord | None = getattr(self, "_idempotency", None)
        if record is not None and 200 <= response.status_code < 300:
            data = getattr(response, "data", None)
            headers = {name: response[name] for name in KEPT_HEADERS if name in response}
            idempotency_finish(
                record,
                status=response.status_code,
                body=json.loads(JSONRenderer().render(data)) if data is not None else None,
                headers=headers,
            )
        return super().finalize_response(request, response, *args, **kwargs)

    def least_role(self) -> Role | None:
        """Return the least role the declared rule wants for this request's method."""
        return self.access.role_for(self.request.method) if self.access else None

    def project_for(self, project_id: Any, *, at_least: Role | None = None) -> Any:
        """Return the project when the caller may do this there.

        Raises:
            NotFound: Unknown project, or the caller is not a member.
            Forbidden: The caller is a member without the role.
        """
        role = at_least or self.least_role()
        if role is None:
            self.permission_denied(self.request)
        return project_gate().project_get(self.request.user, project_id, at_least=role)

    def project_from_body(self, *, at_least: Role | None = None) -> Any:
        """Return the project that the body's ``project`` names, as ``project_for`` does.

        A GeoJSON Feature carries it in ``properties``.
        """
        data = self.request.data if isinstance(self.request.data, dict) else {}
        properties = data.get("properties")
        given = data.get("project")
        if given is None and isinstance(properties, dict):
            given = properties.get("project")
        if given in (None, ""):
            raise InvalidInput(
                "The request names no project.", errors={"project": ["This field is required."]}
            )
        return self.project_for(given, at_least=at_least)


class ApiView(ApiBehaviour):
    """A route that is not a collection of rows."""


class ScopedViewSet(ApiBehaviour, GenericViewSet[Any]):
    """Rows of projects: lists come from a selector, objects are checked by role.

    A subclass answers ``get_queryset`` with ``selectors.<entity>_visible_to(self.request.user)``.
    ``?project=`` is understood on every list; unknown and foreign projects answer 404 alike.

    Attributes:
        project_path: Lookup from the row to its project (``"project"``, ``"scene__project"``;
            ``""`` when the row is the project).
        ordering_fields: What ``?ordering=`` may name, each with an optional leading minus.
    """

    project_path = "project"
    ordering_fields: tuple[str, ...] = ("created_at", "name", "slug", "number")

    def get_queryset(self) -> QuerySet[Any]:
        raise NotImplementedError(f"{type(self).__name__}.get_queryset: answer with a selector.")

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        queryset = super().filter_queryset(queryset)
        given = self.request.query_params.get("project")
        if given and self.project_path and not self.detail:
            project = self.project_for(given)
            queryset = queryset.filter(**{self.project_path: project})
        return queryset if self.detail else self._ordered(queryset)

    def _ordered(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Apply ``?ordering=`` from the allow-list; pages need some order in any case."""
        known = {field.name for field in queryset.model._meta.concrete_fields}
        allowed = [name for name in self.ordering_fields if name in known]
        wanted = [name for name in self.request.query_params.get("ordering", "").split(",") if name]
        strange = [name for name in wanted if name.removeprefix("-") not in allowed]
        if strange:
            text = f"Cannot order by {strange[0][:40]!r}; known: {', '.join(allowed)}."
            raise InvalidInput(text, errors={"ordering": [text]})
        if wanted:
            return queryset.order_by(*wanted, "pk")
        return queryset if queryset.ordered else queryset.order_by("-created_at", "pk")

    def get_object(self) -> Any:
        """Return the row of this address when the caller's role covers the method."""
        row = super().get_object()
        self.check_role(row)
        return row

    def check_role(self, row: Model) -> None:
        """Raise NotFound or Forbidden unless the caller may do this to the row."""
        project_id: Any = row.pk
        if self.project_path:
            owner: Any = row
            *path, last = self.project_path.split("__")
            for name in path:
                owner = getattr(owner, name)
            project_id = getattr(owner, f"{last}_id")
        self.project_for(project_id)


def uuid_or_404(value: Any) -> UUID:
    """Return a UUID; malformed ids are as unknown as foreign ones."""
    try:
        return value if isinstance(value, UUID) else UUID(str(value))
    except ValueError as exc:
        raise Http404 from exc
