"""Feature sets, model lines and model versions."""

from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.api.bodies import EmptyBody, validated
from apps.core.api.views import ScopedViewSet
from apps.core.enums import Role
from apps.core.policy import Access
from apps.modelling import selectors, services
from apps.modelling.api import serializers as forms
from apps.modelling.enums import ModelStatus


class FeatureSetApi(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, mixins.DestroyModelMixin, ScopedViewSet
):
    """Ordered features; a set that a model was trained with no longer changes (409)."""

    access = Access(read=Role.VIEWER, write=Role.PRODUCER)
    serializer_class = forms.FeatureSetSerializer

    def get_queryset(self) -> QuerySet[Any]:
        return selectors.feature_sets_visible_to(self.request.user)

    @extend_schema(
        request=forms.FeatureSetWriteSerializer, responses={201: forms.FeatureSetSerializer}
    )
    def create(self, request: Request) -> Response:
        project = self.project_from_body()
        given = validated(forms.FeatureSetWriteSerializer, request.data)
        row = services.feature_set_create(project=project, user=request.user, **given)
        return Response(self.get_serializer(row).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=forms.FeatureSetWriteSerializer, responses=forms.FeatureSetSerializer)
    def update(self, request: Request, pk: str) -> Response:
        return self._change(request, partial=False)

    @extend_schema(request=forms.FeatureSetWriteSerializer, responses=forms.FeatureSetSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        return self._change(request, partial=True)

    @extend_schema(responses=forms.FeatureSourcesSerializer)
    @action(detail=False, methods=["get"], pagination_class=None)
    def sources(self, request: Request) -> Response:
        """Answer what features may be made of in ``?project=``."""
        given = request.query_params.get("project")
        none: dict[str, Any] = {"results": [], "statistics": []}
        answer = selectors.sources_offered(self.project_for(given)) if given else none
        return Response({"count": len(answer["results"])} | answer)

    @extend_schema(
        request=forms.FeatureCheckSerializer, responses={200: forms.FeatureReportSerializer}
    )
    @action(detail=False, methods=["post"], access=Access(write=Role.VIEWER))
    def validate(self, request: Request) -> Response:
        """Answer how sources, windows and features would be understood; nothing is kept."""
        project = self.project_from_body()
        given = validated(forms.FeatureCheckSerializer, request.data)
        given.pop("project")
        return Response(selectors.features_report(project, **given))

    def perform_destroy(self, instance: Any) -> None:
        services.feature_set_delete(instance, user=self.request.user)

    def _change(self, request: Request, *, partial: bool) -> Response:
        row = self.get_object()
        form, shown = forms.FeatureSetWriteSerializer, self.get_serializer(row).data
        given = validated(form, request.data, partial=partial, current=shown)
        row = services.feature_set_update(row, user=request.user, **given)
        return Response(self.get_serializer(row).data)


class ModelApi(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """Lines of model versions; made by training jobs."""

    access = Access(read=Role.VIEWER)
    serializer_class = forms.MapModelSerializer

    def get_queryset(self) -> QuerySet[Any]:
        return selectors.models_visible_to(self.request.user)


class ModelVersionFilter(filters.FilterSet):
    model = filters.UUIDFilter(field_name="map_model_id")
    status = filters.ChoiceFilter(choices=ModelStatus.choices)


class ModelVersionApi(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """Trained models; only their status changes, and only a manager promotes."""

    access = Access(read=Role.VIEWER, write=Role.PRODUCER)
    serializer_class = forms.ModelVersionSerializer
    filterset_class = ModelVersionFilter

    def get_queryset(self) -> QuerySet[Any]:
        rows = selectors.model_versions_visible_to(self.request.user)
        return rows.select_related("map_model", "region").prefetch_related("assessments")

    @extend_schema(request=forms.StatusSerializer, responses=forms.ModelVersionSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        row = self.get_object()
        shown = self.get_serializer(row).data
        wanted = validated(forms.StatusSerializer, request.data, current=shown)["status"]
        if wanted == ModelStatus.PROMOTED:
            self.project_for(row.project_id, at_least=Role.MANAGER)
        services.model_version_status_set(row, status=wanted, user=request.user)
        return self._answer(row.pk)

    @extend_schema(request=None, responses=forms.ModelVersionSerializer)
    @action(detail=True, methods=["post"], access=Access(write=Role.MANAGER), scope="manage")
    def promote(self, request: Request, pk: str) -> Response:
        row = self.get_object()
        validated(EmptyBody, request.data)
        services.model_version_promote(row, user=request.user)
        return self._answer(row.pk)

    def _answer(self, pk: Any) -> Response:
        return Response(self.get_serializer(self.get_queryset().get(pk=pk)).data)
