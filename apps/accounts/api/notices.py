"""What the caller was told."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.enums import Tone
from apps.accounts.models import Notification
from apps.accounts.selectors import notifications_of, notifications_unread
from apps.accounts.services import notifications_read
from apps.core.api.bodies import Body
from apps.core.api.pagination import Pages
from apps.core.api.views import ApiView
from apps.core.policy import SIGNED_IN

UNREAD = OpenApiParameter("unread", bool, description="true: only what is not read yet.")


class NotificationSerializer(serializers.ModelSerializer[Notification]):
    tone = serializers.ChoiceField(choices=Tone.choices)
    project_name = serializers.CharField(source="project.name", default=None)

    class Meta:
        model = Notification
        fields = (
            *("id", "kind", "tone", "text", "url", "project", "project_name"),
            *("created_at", "read_at"),
        )
        read_only_fields = fields


class NotificationPages(Pages):
    """A page of notifications with the number of all unread ones."""

    unread = 0

    def get_paginated_response(self, data: Any) -> Response:
        answer = super().get_paginated_response(data)
        answer.data["unread"] = self.unread
        return answer

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        plain = super().get_paginated_response_schema(schema)
        plain["properties"]["unread"] = {"type": "integer"}
        return plain


class ReadSerializer(Body):
    """``ids`` absent: all."""

    ids = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=500)


class UnreadSerializer(serializers.Serializer[Any]):
    marked = serializers.IntegerField(read_only=True)
    unread = serializers.IntegerField(read_only=True)


class NotificationsApi(ApiView):
    """Newest first; ``?unread=true`` leaves out what was read."""

    access = SIGNED_IN

    @extend_schema(parameters=[UNREAD], responses=NotificationSerializer(many=True))
    def get(self, request: Request) -> Response:
        rows = notifications_of(request.user)
        if request.query_params.get("unread") == "true":
            rows = rows.filter(read_at__isnull=True)
        pages = NotificationPages()
        pages.unread = notifications_unread(request.user)
        page = pages.paginate_queryset(rows, request, view=self)
        return pages.get_paginated_response(NotificationSerializer(page, many=True).data)


class NotificationsReadApi(ApiView):
    """Mark as read: the given ones, or all."""

    access = SIGNED_IN

    @extend_schema(request=ReadSerializer, responses=UnreadSerializer)
    def post(self, request: Request) -> Response:
        given = ReadSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        marked = notifications_read(user=request.user, ids=given.validated_data.get("ids"))
        unread = notifications_unread(request.user)
        return Response(UnreadSerializer({"marked": marked, "unread": unread}).data)
