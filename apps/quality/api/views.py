from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.response import Response

from apps.aois.domain import geometry_json
from apps.core.api.views import ScopedViewSet
from apps.core.enums import Role
from apps.core.errors import InvalidInput
from apps.core.policy import Access
from apps.quality import selectors
from apps.quality.api.serializers import AssessmentSerializer, CellSerializer
from apps.quality.enums import AssessmentKind
from apps.samples.selectors import samples_visible_to

CELL_LIMIT = 2_000


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

    @extend_schema(responses={200: CellSerializer})
    @action(detail=True, methods=["get"], access=Access(read=Role.INTERPRETER))
    def samples(self, request: Any, pk: Any) -> Response:
        """Answer the samples of one cell: ``?row=`` map class, ``?column=`` reference class."""
        assessment = self.get_object()
        row, column = (class_code(request.query_params, name) for name in ("row", "column"))
        pixels = selectors.cell_samples(assessment, row, column)
        found = samples_visible_to(request.user).filter(pk__in=list(pixels))
        features = [cell_feature(sample, row, pixels) for sample in found[:CELL_LIMIT]]
        return Response(
            {
                "type": "FeatureCollection",
                "count": len(pixels),
                "missing": len(pixels) - found.count(),
                "features": features,
            }
        )


def class_code(params: Any, name: str) -> int:
    """Return a class code of the query.

    Raises:
        InvalidInput: it is missing or no code.
    """
    given = params.get(name, "")
    if not (given.isascii() and given.isdigit() and len(given) < 4):
        text = f"{name} is missing or no class code."
        raise InvalidInput(text, errors={name: [text]})
    return int(given)


def cell_feature(sample: Any, mapped: int, pixels: dict[str, int]) -> dict[str, Any]:
    """Return a sample as a Feature with the class it was mapped as."""
    return {
        "type": "Feature",
        "id": str(sample.pk),
        "geometry": geometry_json(sample.geometry),
        "properties": {
            "mapped": mapped,
            "class_code": sample.class_code,
            "status": sample.status,
            "source": sample.source,
            "external_id": sample.external_id,
            "sample_set": str(sample.sample_set_id),
            "pixels": pixels[str(sample.pk)],
            "revision": sample.revision,
        },
    }
