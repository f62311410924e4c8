"""``projects/{id}/samples/nearest/``: the reference samples about a place, such as a pixel."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from apps.core.api.views import ApiView
from apps.core.enums import Role
from apps.core.errors import InvalidInput
from apps.core.policy import Access
from apps.samples.selectors.nearest import NearSample, samples_nearest

MOST = 20


class NearSerializer(serializers.Serializer[Any]):
    """A place in EPSG:4326."""

    lon = serializers.FloatField(min_value=-180, max_value=180)
    lat = serializers.FloatField(min_value=-90, max_value=90)
    limit = serializers.IntegerField(min_value=1, max_value=MOST, default=3)


class NearestSamplesApi(ApiView):
    """All members see where samples are; labels as far as their role lets them be read."""

    access = Access(read=Role.VIEWER)

    @extend_schema(
        parameters=[
            OpenApiParameter("lon", float, required=True),
            OpenApiParameter("lat", float, required=True),
            OpenApiParameter("limit", int, description=f"1 to {MOST}; default 3"),
        ],
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: Any, pk: Any) -> Response:
        project = self.project_for(pk)
        query = NearSerializer(data=request.query_params)
        if not query.is_valid():
            raise InvalidInput("Give lon and lat in degrees.", errors=query.errors)
        asked = query.validated_data
        place = (asked["lon"], asked["lat"])
        found = samples_nearest(request.user, project, *place, limit=asked["limit"])
        return Response({"results": [near_shown(near) for near in found]})


def near_shown(near: NearSample) -> dict[str, Any]:
    """Return a sample beside a place; ``label`` is null where the reader may not know it."""
    sample = near.sample
    named = sample.nomenclature_class
    label = {"code": named.code, "name": named.name, "color": named.color} if named else None
    return {
        "id": str(sample.pk),
        "sample_set": {"id": str(sample.sample_set_id), "name": sample.sample_set.name},
        "purpose": sample.sample_set.purpose,
        "status": sample.status,
        "distance_m": round(near.distance_m, 1),
        "center": list(sample.geometry.point_on_surface.coords),
        "labels": near.readable,
        "label": label if near.readable else None,
    }
