"""``remarks/``: GeoJSON Features pinned to the map, with status, assignee and history."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response

from apps.aois.domain import feature_parts, geometry_json
from apps.core.api.bodies import Body, feature_check, validated
from apps.core.api.pagination import FeaturePages
from apps.core.api.preconditions import etag_of, revision_from_if_match
from apps.core.api.views import ScopedViewSet
from apps.core.enums import Role
from apps.core.errors import InvalidInput
from apps.core.policy import Access
from apps.quality import selectors, services
from apps.quality.models import Remark, RemarkEvent

WRITABLE = ("text", "status", "severity", "layer", "assignee", "due")


class RemarkSerializer(serializers.Serializer[Any]):
    """A GeoJSON Feature (Point or Polygon, EPSG:4326).

    properties: project, text, status, severity, layer, assignee (a member's id), due.
    """

    type = serializers.CharField(default="Feature")
    id = serializers.UUIDField(read_only=True)
    geometry = serializers.JSONField()
    properties = serializers.DictField()


class CommentSerializer(Body):
    text = serializers.CharField()


def person_shown(user: Any) -> dict[str, str] | None:
    """Return how a person is named beside what they did."""
    if user is None:
        return None
    return {
        "id": str(user.pk),
        "username": user.username,
        "name": user.display_name,
    }


def remark_shown(row: Remark) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": str(row.pk),
        "bbox": list(row.geometry.extent),
        "geometry": geometry_json(row.geometry),
        "properties": {
            "project": str(row.project_id),
            "number": row.number,
            "text": row.text,
            "status": row.status,
            "severity": row.severity,
            "layer": str(row.layer_id) if row.layer_id else None,
            "layer_name": row.layer.name if row.layer else None,
            "release": row.release.number if row.release else None,
            "assignee": person_shown(row.assignee),
            "due": row.due,
            "created_by": person_shown(row.created_by),
            "created_at": row.created_at,
            "changed_at": row.changed_at,
            "revision": row.revision,
        },
    }


def event_shown(row: RemarkEvent) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "at": row.created_at,
        "kind": row.kind,
        "actor": person_shown(row.actor),
        "comment": row.comment,
        "changes": row.changes,
        "revision": row.revision,
    }


class RemarkApi(ScopedViewSet):
    """Edits need ``If-Match``. A closed remark stays listed; a deleted one keeps its history."""

    access = Access(read=Role.VIEWER, write=Role.INTERPRETER)
    pagination_class = FeaturePages
    serializer_class = RemarkSerializer
    ordering_fields = ("created_at", "changed_at", "number", "due", "severity", "status")

    def get_queryset(self) -> QuerySet[Remark]:
        return selectors.remarks_visible_to(self.request.user)

    def answer(self, row: Remark, code: int = status.HTTP_200_OK) -> Response:
        return Response(remark_shown(row), status=code, headers={"ETag": etag_of(row.revision)})

    def list(self, request: Any) -> Response:
        rows = selectors.remarks_filtered(
            self.filter_queryset(self.get_queryset()), request.query_params.dict(), request.user
        )
        page = self.paginate_queryset(rows)
        return self.get_paginated_response([remark_shown(row) for row in page or []])

    def retrieve(self, request: Any, pk: Any) -> Response:
        return self.answer(self.get_object())

    @extend_schema(request=RemarkSerializer, responses={201: RemarkSerializer})
    def create(self, request: Any) -> Response:
        feature_check(request.data, WRITABLE)
        geometry, properties = feature_parts(request.data)
        remark = services.remark_create(
            project=self.project_from_body(),
            geometry=geometry,
            properties=properties,
            user=request.user,
        )
        return self.answer(remark, status.HTTP_201_CREATED)

    @extend_schema(request=RemarkSerializer, responses={200: RemarkSerializer})
    def partial_update(self, request: Any, pk: Any) -> Response:
        row = self.get_object()
        feature_check(request.data, (*WRITABLE, "comment"), current=remark_shown(row))
        geometry, properties = feature_parts(request.data, whole=False)
        _refuse_move(row, properties)
        remark = services.remark_update(
            remark=row,
            geometry=geometry,
            properties=properties,
            user=request.user,
            if_match=revision_from_if_match(request),
        )
        return self.answer(remark)

    def destroy(self, request: Any, pk: Any) -> Response:
        row = self.get_object()
        services.remark_delete(
            remark=row, user=request.user, if_match=revision_from_if_match(request)
        )
        return Response(status=status.HTTP_204_NO_CONTENT)

    @action(detail=True, methods=["get"])
    def history(self, request: Any, pk: Any) -> Response:
        rows = selectors.remark_events(self.get_object())
        return Response({"results": [event_shown(row) for row in rows]})

    @extend_schema(request=CommentSerializer)
    @action(detail=True, methods=["post"])
    def comments(self, request: Any, pk: Any) -> Response:
        remark = self.get_object()
        given = validated(CommentSerializer, request.data)
        event = services.remark_comment(remark=remark, text=given["text"], user=request.user)
        return Response(event_shown(event), status=status.HTTP_201_CREATED)


def _refuse_move(row: Remark, properties: dict[str, Any]) -> None:
    given = properties.get("project", str(row.project_id))
    if str(given) != str(row.project_id):
        raise InvalidInput(
            "A remark never changes its project.", errors={"project": ["Cannot be changed."]}
        )
