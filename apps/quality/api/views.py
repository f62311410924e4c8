from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from rest_framework import mixins

from apps.core.api.views import ScopedViewSet
from apps.core.enums import Role
from apps.core.policy import Access
from apps.quality import selectors
from apps.quality.api.serializers import AssessmentSerializer
from apps.quality.enums import AssessmentKind


class AssessmentFilter(filters.FilterSet):
    model_version = filters.UUIDFilter(field_name="model_version_id")
    layer = filters.UUIDFilter(field_name="layer_id")
    kind = filters.ChoiceFilter(choices=AssessmentKind.choices)


class AssessmentApi(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """Accuracy figures of models and layers; written by jobs, never edited."""

    access = Access(read=Role.VIEWER)
    serializer_class = AssessmentSerializer
    filterset_class = AssessmentFilter

    def get_queryset(self) -> QuerySet[Any]:
        return selectors.assessments_visible_to(self.request.user).select_related("run")
