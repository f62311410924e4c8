"""Pages of lists: plain rows, and GeoJSON features."""

from typing import Any

from rest_framework.pagination import PageNumberPagination
from rest_framework.response import Response


class Pages(PageNumberPagination):
    """``?page=`` and ``?page_size=`` (default 50, at most 500): count, next, previous, results."""

    page_size = 50
    max_page_size = 500
    page_size_query_param = "page_size"


class FeaturePages(Pages):
    """A FeatureCollection with count, next and previous beside ``features``.

    Takes a list of features, or what ``GeoFeatureModelSerializer(many=True).data`` gives.
    """

    def get_paginated_response(self, data: Any) -> Response:
        features = data["features"] if isinstance(data, dict) else data
        assert self.page is not None  # noqa: S101 - DRF sets it before it calls this
        return Response(
            {
                "type": "FeatureCollection",
                "count": self.page.paginator.count,
                "next": self.get_next_link(),
                "previous": self.get_previous_link(),
                "features": features,
            }
        )

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        plain = super().get_paginated_response_schema(schema)
        kept = {k: v for k, v in plain["properties"].items() if k != "results"}
        kind = {"type": "string", "enum": ["FeatureCollection"]}
        items = schema.get("items", schema)
        features = {"type": "array", "items": items}
        return {
            "type": "object",
            "required": ["type", "count", "features"],
            "properties": {"type": kind, **kept, "features": features},
        }
