"""Several areas in one call."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from apps.aois import services
from apps.aois.api.features import FeatureSerializer, aoi_feature
from apps.core.api.bodies import Body, validated
from apps.core.api.views import ApiView
from apps.core.enums import Role
from apps.core.policy import Access


class AoiBatchSerializer(Body):
    """Features become areas of their own, or one area when ``merged_name`` is given."""

    project = serializers.UUIDField()
    features = FeatureSerializer(many=True)
    merged_name = serializers.CharField(required=False, max_length=200)


class AoiBatchApi(ApiView):
    """``aois/batch/``: create up to 500 areas, all or none."""

    access = Access(write=Role.PRODUCER)

    @extend_schema(request=AoiBatchSerializer, responses={201: FeatureSerializer(many=True)})
    def post(self, request: Any) -> Response:
        project = self.project_from_body()
        validated(BatchBody, request.data)
        rows = services.aois_create_many(
            project=project,
            features=request.data.get("features"),
            merged_name=request.data.get("merged_name"),
            user=request.user,
        )
        features = [aoi_feature(row) for row in rows]
        body = {"type": "FeatureCollection", "count": len(features), "features": features}
        return Response(body, status=status.HTTP_201_CREATED)


class BatchBody(Body):
    """``features`` are judged one by one by the service; beside ``name`` they may tell whatever a
    picked cell or unit tells of itself."""

    beside = ("project", "features", "merged_name")
