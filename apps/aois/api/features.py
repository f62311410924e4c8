"""Areas of interest, regions and production units as GeoJSON Features."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from apps.aois import selectors, services
from apps.aois.domain import feature_parts, geometry_json
from apps.aois.models import AreaOfInterest, ProductionUnit, Region
from apps.core.api.bodies import feature_check
from apps.core.api.pagination import FeaturePages
from apps.core.api.preconditions import etag_of, revision_from_if_match
from apps.core.api.views import ScopedViewSet
from apps.core.enums import Role
from apps.core.errors import InvalidInput
from apps.core.policy import Access

AOI_FIELDS = ("name",)
REGION_FIELDS = ("code", "name")
UNIT_FIELDS = ("code", "name", "region", "partner", "status")


class FeatureSerializer(serializers.Serializer[Any]):
    """A GeoJSON Feature in EPSG:4326; checked by the domain, not by this form."""

    type = serializers.CharField(default="Feature")
    id = serializers.UUIDField(read_only=True)
    geometry = serializers.JSONField()
    properties = serializers.DictField()


class _FeaturesApi(ScopedViewSet):
    access = Access(read=Role.VIEWER, write=Role.PRODUCER)
    pagination_class = FeaturePages
    serializer_class = FeatureSerializer

    def shown(self, row: Any) -> dict[str, Any]:
        raise NotImplementedError

    def list(self, request: Any) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response([self.shown(row) for row in page or []])

    def retrieve(self, request: Any, pk: Any) -> Response:
        return self.answer(self.get_object())

    def update(self, request: Any, pk: Any) -> Response:
        return self.partial_update(request, pk)

    def partial_update(self, request: Any, pk: Any) -> Response:
        raise NotImplementedError

    def answer(self, row: Any, code: int = status.HTTP_200_OK) -> Response:
        revision = getattr(row, "revision", None)
        headers = {"ETag": etag_of(revision)} if revision is not None else {}
        return Response(self.shown(row), status=code, headers=headers)


def if_match(request: Any) -> int | None:
    """Return the revision of an optional If-Match header."""
    return revision_from_if_match(request) if "If-Match" in request.headers else None


def edit_parts(
    request: Any, row: Any, known: Sequence[str], shown: dict[str, Any]
) -> tuple[object, dict[str, Any]]:
    """Return (geometry, properties) of an edit; the project of a row never changes."""
    feature_check(request.data, known, current=shown)
    geometry, properties = feature_parts(request.data, whole=False)
    given = properties.get("project", str(row.project_id))
    if str(given) != str(row.project_id):
        raise InvalidInput(
            "An object never changes its project.", errors={"project": ["Cannot be changed."]}
        )
    return geometry, properties


def feature_of(row: Any, properties: dict[str, Any]) -> dict[str, Any]:
    """Return a row as a Feature with its box."""
    feature: dict[str, Any] = {"type": "Feature", "id": str(row.pk)}
    if row.geometry is not None:
        feature["bbox"] = list(row.geometry.extent)
    feature["geometry"] = geometry_json(row.geometry)
    feature["properties"] = {**properties, "project": str(row.project_id)}
    return feature


def aoi_feature(row: AreaOfInterest) -> dict[str, Any]:
    """Return an area as a Feature."""
    return feature_of(row, {"name": row.name, "area_km2": row.area_km2, "revision": row.revision})


class AoisApi(_FeaturesApi):
    """``aois/``: areas of interest. If-Match is honoured when sent."""

    def get_queryset(self) -> QuerySet[AreaOfInterest]:
        return selectors.aois_visible_to(self.request.user)

    def shown(self, row: AreaOfInterest) -> dict[str, Any]:
        return aoi_feature(row)

    @extend_schema(request=FeatureSerializer, responses={201: FeatureSerializer})
    def create(self, request: Any) -> Response:
        feature_check(request.data, AOI_FIELDS)
        geometry, properties = feature_parts(request.data)
        aoi = services.aoi_create(
            project=self.project_from_body(),
            name=properties.get("name"),
            geometry=geometry,
            user=request.user,
        )
        return self.answer(aoi, status.HTTP_201_CREATED)

    def partial_update(self, request: Any, pk: Any) -> Response:
        row = self.get_object()
        geometry, properties = edit_parts(request, row, AOI_FIELDS, self.shown(row))
        aoi = services.aoi_update(
            aoi=row,
            user=request.user,
            name=properties.get("name"),
            geometry=geometry,
            if_match=if_match(request),
        )
        return self.answer(aoi)

    def destroy(self, request: Any, pk: Any) -> Response:
        aoi = self.get_object()
        services.aoi_delete(aoi=aoi, user=request.user, if_match=if_match(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class RegionsApi(_FeaturesApi):
    """``regions/``: bio-geographic regions."""

    def get_queryset(self) -> QuerySet[Region]:
        return selectors.regions_visible_to(self.request.user)

    def shown(self, row: Region) -> dict[str, Any]:
        return feature_of(row, {"code": row.code, "name": row.name})

    @extend_schema(request=FeatureSerializer, responses={201: FeatureSerializer})
    def create(self, request: Any) -> Response:
        feature_check(request.data, REGION_FIELDS)
        geometry, properties = feature_parts(request.data)
        region = services.region_create(
            project=self.project_from_body(),
            code=properties.get("code"),
            name=str(properties.get("name") or ""),
            geometry=geometry,
            user=request.user,
        )
        return self.answer(region, status.HTTP_201_CREATED)

    def partial_update(self, request: Any, pk: Any) -> Response:
        row = self.get_object()
        geometry, properties = edit_parts(request, row, REGION_FIELDS, self.shown(row))
        changes = {**properties, "geometry": geometry}
        region = services.region_update(region=row, user=request.user, changes=changes)
        return self.answer(region)

    def destroy(self, request: Any, pk: Any) -> Response:
        services.region_delete(region=self.get_object(), user=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class UnitsApi(_FeaturesApi):
    """``production-units/``: who produces which part of the area."""

    def get_queryset(self) -> QuerySet[ProductionUnit]:
        return selectors.units_visible_to(self.request.user)

    def shown(self, row: ProductionUnit) -> dict[str, Any]:
        return feature_of(
            row,
            {
                "code": row.code,
                "name": row.name,
                "region": str(row.region_id) if row.region_id else None,
                "partner": row.partner,
                "status": row.status,
            },
        )

    @extend_schema(request=FeatureSerializer, responses={201: FeatureSerializer})
    def create(self, request: Any) -> Response:
        feature_check(request.data, UNIT_FIELDS)
        geometry, properties = feature_parts(request.data)
        unit = services.unit_create(
            project=self.project_from_body(),
            code=properties.get("code"),
            geometry=geometry,
            user=request.user,
            details=properties,
        )
        return self.answer(unit, status.HTTP_201_CREATED)

    def partial_update(self, request: Any, pk: Any) -> Response:
        row = self.get_object()
        geometry, properties = edit_parts(request, row, UNIT_FIELDS, self.shown(row))
        changes = {**properties, "geometry": geometry}
        return self.answer(services.unit_update(unit=row, user=request.user, changes=changes))

    def destroy(self, request: Any, pk: Any) -> Response:
        services.unit_delete(unit=self.get_object(), user=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)
