"""Workflows on offer."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import mixins, serializers
from rest_framework.viewsets import GenericViewSet

from apps.core.api.views import ApiBehaviour
from apps.core.policy import SIGNED_IN
from apps.products.models import WorkflowTemplate
from apps.products.selectors import workflows_public


class WorkflowSerializer(serializers.ModelSerializer[WorkflowTemplate]):
    """``parameters_schema`` is the JSON Schema the launch form is drawn from."""

    description = serializers.CharField(source="spec.description", read_only=True)
    parameters_schema = serializers.JSONField(source="spec.parameters_schema", read_only=True)
    steps = serializers.JSONField(source="spec.steps", read_only=True)

    class Meta:
        model = WorkflowTemplate
        fields = ["slug", "title", "version", "description", "parameters_schema", "steps"]
        read_only_fields = fields


class WorkflowApi(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, ApiBehaviour, GenericViewSet[Any]
):
    """The workflows that can be launched; the same for every signed-in caller."""

    access = SIGNED_IN
    serializer_class = WorkflowSerializer
    lookup_field = "slug"

    def get_queryset(self) -> QuerySet[WorkflowTemplate]:
        return workflows_public()
