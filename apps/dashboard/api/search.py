"""Finding things of a project by name."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.api.views import ApiView
from apps.core.enums import Role
from apps.core.errors import InvalidInput
from apps.core.policy import Access
from apps.dashboard.selectors.search import project_search

LONGEST = 100
PARAMETERS = [
    OpenApiParameter("project", str, required=True),
    OpenApiParameter("q", str, required=True, description="Words that the name must hold."),
]


class HitSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField(read_only=True)
    name = serializers.CharField(read_only=True)
    hint = serializers.CharField(read_only=True)
    url = serializers.CharField(read_only=True)


class SearchSerializer(serializers.Serializer[Any]):
    count = serializers.IntegerField(read_only=True)
    results = HitSerializer(many=True, read_only=True)


class SearchApi(ApiView):
    """Jobs, layers, models, sample sets, areas and scenes of one project, a few of each."""

    access = Access(read=Role.VIEWER)

    @extend_schema(parameters=PARAMETERS, responses=SearchSerializer)
    def get(self, request: Request) -> Response:
        if not (given := request.query_params.get("project")):
            return Response({"count": 0, "results": []})
        project = self.project_for(given)
        text = request.query_params.get("q", "")
        if len(text) > LONGEST:
            raise InvalidInput(f"q has at most {LONGEST} characters.", errors={"q": ["Too long."]})
        hits = project_search(request.user, project, text)
        return Response({"count": len(hits), "results": hits})
