"""Collections, references and static layers."""

from typing import Any

from django.db.models import Count, QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from apps.catalog import selectors
from apps.catalog.api.representation import reference_shown, scene_feature
from apps.catalog.models import Collection, Scene
from apps.core.api.views import ApiView, ScopedViewSet
from apps.core.enums import Role
from apps.core.errors import NotFound
from apps.core.policy import Access


class CollectionSerializer(serializers.ModelSerializer[Collection]):
    id = serializers.CharField(source="stac_id")
    scenes = serializers.IntegerField(source="scene_count")

    class Meta:
        model = Collection
        fields = ["id", "project", "title", "description", "license", "scenes"]
        read_only_fields = fields


class ReferenceSerializer(serializers.Serializer[Any]):
    """A reference item: ``assets`` are those that can be imported as samples."""

    id = serializers.UUIDField()
    item_id = serializers.CharField()
    collection = serializers.CharField()
    description = serializers.CharField()
    classes = serializers.ListField()
    assets = serializers.ListField()


class CollectionsApi(ScopedViewSet):
    """``catalog/collections/``: what was imported, with the number of scenes."""

    access = Access(read=Role.VIEWER)
    serializer_class = CollectionSerializer

    def get_queryset(self) -> QuerySet[Any]:
        rows = selectors.collections_visible_to(self.request.user)
        counted = rows.annotate(scene_count=Count("scenes", filter=selectors.IS_SCENE))
        return counted.order_by("stac_id", "id")

    def list(self, request: Any) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(CollectionSerializer(page, many=True).data)


class ReferencesApi(ScopedViewSet):
    """``catalog/references/``: reference items, with the files importable as samples."""

    access = Access(read=Role.VIEWER)
    serializer_class = ReferenceSerializer

    def get_queryset(self) -> QuerySet[Scene]:
        return selectors.references_visible_to(self.request.user)

    def list(self, request: Any) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        base = request.build_absolute_uri("/")[:-1]
        return self.get_paginated_response([reference_shown(scene, base) for scene in page or []])


class StaticsApi(ReferencesApi):
    """``catalog/statics/``: layers that do not change, such as elevation."""

    def get_queryset(self) -> QuerySet[Scene]:
        return selectors.statics_visible_to(self.request.user)

    def list(self, request: Any) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        base = request.build_absolute_uri("/")[:-1]
        return self.get_paginated_response([scene_feature(scene, base) for scene in page or []])


class StaticApi(ApiView):
    """``catalog/statics/{id}/``: one of them."""

    access = Access(read=Role.VIEWER)

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Any, pk: Any) -> Response:
        static = selectors.statics_visible_to(request.user).filter(pk=pk).first()
        if static is None:
            raise NotFound(f"Static layer {pk} does not exist.")
        self.project_for(static.project_id)
        return Response(scene_feature(static, request.build_absolute_uri("/")[:-1]))
