"""Reference samples: GeoJSON in and out, edits with If-Match, history."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from apps.aois.domain import feature_parts
from apps.core.api.bodies import Body, feature_check, validated
from apps.core.api.pagination import FeaturePages, Pages
from apps.core.api.preconditions import etag_of, revision_from_if_match
from apps.core.api.views import ScopedViewSet
from apps.core.enums import Role
from apps.core.errors import Forbidden, InvalidInput
from apps.core.policy import Access
from apps.samples import selectors, services
from apps.samples.models import ReferenceSample, SampleRevision
from apps.samples.services.fields import FIXED, READ_ONLY, WRITABLE

FILTERS = ("project", "sample_set", "bbox", "class", "status")

Features = list[dict[str, Any]]


class SampleFeatureSerializer(serializers.Serializer[Any]):
    """A GeoJSON Feature; ``properties.sample_set`` is set once, at creation."""

    type = serializers.CharField(default="Feature")
    id = serializers.UUIDField(read_only=True)
    geometry = serializers.JSONField()
    properties = serializers.DictField()


class BulkItemSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    revision = serializers.IntegerField()


class BulkSerializer(serializers.Serializer[Any]):
    """Samples of a bulk call, each with the revision it was last read at."""

    samples = BulkItemSerializer(many=True)


class ItemsBody(Body):
    """Of a bulk call: ``samples`` or the ``features`` of a collection; judged by the service."""

    beside = ("samples", "features", "type")


class RevisionSerializer(serializers.ModelSerializer[SampleRevision]):
    actor = serializers.CharField(source="actor.username", default=None, read_only=True)

    class Meta:
        model = SampleRevision
        fields = ["revision", "action", "created_at", "actor", "state"]
        read_only_fields = fields


class SamplesApi(ScopedViewSet):
    """``samples/``: PATCH on the list edits many, all of them or none."""

    access = Access(read=Role.INTERPRETER, write=Role.INTERPRETER)
    pagination_class = FeaturePages
    serializer_class = SampleFeatureSerializer

    def get_queryset(self) -> QuerySet[ReferenceSample]:
        return selectors.samples_visible_to(self.request.user)

    @extend_schema(parameters=[OpenApiParameter(name) for name in FILTERS])
    def list(self, request: Any) -> Response:
        rows = selectors.samples_filtered(
            self.filter_queryset(self.get_queryset()), request.query_params, request.user
        )
        page = self.paginate_queryset(rows.order_by("created_at", "id"))
        return self.get_paginated_response(self._shown(page or []))

    def retrieve(self, request: Any, pk: Any) -> Response:
        return self._answer(self.get_object())

    @extend_schema(request=SampleFeatureSerializer, responses={201: SampleFeatureSerializer})
    def create(self, request: Any) -> Response:
        feature_check(request.data, (*WRITABLE, *READ_ONLY), beside=("sample_set",))
        geometry, properties = feature_parts(request.data)
        named = properties.get("sample_set") or request.data.get("sample_set")
        if not named:
            raise InvalidInput(
                "properties.sample_set is missing: name the set the sample belongs to.",
                errors={"sample_set": ["This field is required."]},
            )
        sample_set = selectors.sample_set_get(request.user, named)
        self.project_for(sample_set.project_id)
        sample = services.sample_create(
            sample_set=sample_set, geometry=geometry, values=properties, user=request.user
        )
        return self._answer(sample, status.HTTP_201_CREATED)

    @extend_schema(request=SampleFeatureSerializer, responses=SampleFeatureSerializer)
    def partial_update(self, request: Any, pk: Any) -> Response:
        sample = self.get_object()
        revision = revision_from_if_match(request)
        fixed_check(request.data, self._shown([sample])[0])
        geometry, properties = feature_parts(request.data, whole=False)
        changes = {**properties, **({"geometry": geometry} if geometry is not None else {})}
        sample = services.sample_update(
            sample=sample, changes=changes, if_match=revision, user=request.user
        )
        return self._answer(sample)

    def destroy(self, request: Any, pk: Any) -> Response:
        sample = self.get_object()
        revision = revision_from_if_match(request)
        services.sample_delete(sample=sample, if_match=revision, user=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        operation_id="samples_bulk_update",
        description="All or none; 412 names in ``stale`` every item that somebody else edited.",
        request=SampleFeatureSerializer(many=True),
        responses=SampleFeatureSerializer,
    )
    def bulk_update(self, request: Any) -> Response:
        items = self._items()
        rows = selectors.samples_named(request.user, items)
        edited = services.samples_bulk_update(samples=rows, items=items, user=request.user)
        return Response({"type": "FeatureCollection", "features": self._shown(edited)})

    @extend_schema(
        operation_id="samples_bulk_delete",
        request=BulkSerializer,
        responses=BulkSerializer,
        description="Hides many samples; ``samples/restore/`` with the answer brings them back.",
    )
    def bulk_delete(self, request: Any) -> Response:
        items = self._items()
        rows = selectors.samples_named(request.user, items)
        gone = services.samples_bulk_delete(samples=rows, items=items, user=request.user)
        named = [{"id": str(row.pk), "revision": row.revision} for row in gone]
        return Response({"samples": named})

    @extend_schema(
        operation_id="samples_restore", request=BulkSerializer, responses=SampleFeatureSerializer
    )
    def restore(self, request: Any) -> Response:
        items = self._items()
        rows = selectors.samples_named(request.user, items, deleted=True)
        back = services.samples_restore(samples=rows, items=items, user=request.user)
        return Response({"type": "FeatureCollection", "features": self._shown(back)})

    def _items(self) -> Any:
        """Return the items of a bulk call, whose projects must let the caller write."""
        data = self.request.data
        if not isinstance(data, dict):
            return data
        validated(ItemsBody, data)
        return data.get("samples", data.get("features"))

    @extend_schema(responses=RevisionSerializer(many=True))
    def history(self, request: Any, pk: Any) -> Response:
        sample = self.get_object()
        if not selectors.label_readable(request.user)(sample):
            raise Forbidden("The history of a validation sample is open to managers only.")
        pages = Pages()
        page = pages.paginate_queryset(selectors.revisions_of(sample), request, view=self)
        return pages.get_paginated_response(RevisionSerializer(page, many=True).data)

    def _shown(self, rows: Any) -> Features:
        readable = selectors.label_readable(self.request.user)
        return [selectors.sample_feature(row, labels=readable(row)) for row in rows]

    def _answer(self, row: ReferenceSample, code: int = status.HTTP_200_OK) -> Response:
        return Response(self._shown([row])[0], status=code, headers={"ETag": etag_of(row.revision)})


def fixed_check(data: Any, shown: dict[str, Any]) -> None:
    """Refuse another set or name of a sample; all else is the service's to judge."""
    given = data.get("properties") if isinstance(data, dict) else None
    properties = given if isinstance(given, dict) else {}
    fixed = {name: properties[name] for name in FIXED if name in properties}
    feature_check({**data, "properties": fixed}, (), current=shown)
