"""Cells of the European reference grid, to be picked as areas of interest."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response

from apps.aois.api.features import FeatureSerializer
from apps.aois.domain import CELL_SIZES_KM, Cell, bbox_read, cell_of_code, cell_outline, cells_in
from apps.core.api.views import ApiView
from apps.core.errors import InvalidInput
from apps.core.policy import SIGNED_IN

MAX_CODES = 500
QUERY = [
    OpenApiParameter("bbox", str, description="west,south,east,north in degrees."),
    OpenApiParameter("size", OpenApiTypes.INT, enum=CELL_SIZES_KM, description="Edge in km."),
    OpenApiParameter("codes", str, description="Codes such as 100kmE42N26, by comma."),
]


class GridCellsApi(ApiView):
    """``aois/grid-cells/``: cells that touch a window, or those of some codes."""

    access = SIGNED_IN

    @extend_schema(parameters=QUERY, responses=FeatureSerializer(many=True))
    def get(self, request: Any) -> Response:
        cells = cells_asked(request.query_params)
        features = [cell_feature(cell) for cell in cells]
        body = {"type": "FeatureCollection", "count": len(features), "features": features}
        return Response(body)


def cells_asked(query: Any) -> list[Cell]:
    """Return the cells of ``codes``, else of ``bbox`` and ``size``; raises InvalidInput."""
    if query.get("codes"):
        codes = [code for code in query["codes"].split(",") if code.strip()]
        if len(codes) > MAX_CODES:
            raise _wrong("codes", f"{len(codes):,} codes are more than the limit of {MAX_CODES}.")
        return [cell_of_code(code) for code in dict.fromkeys(codes)]
    size = query.get("size", "100")
    if not size.isascii() or not size.isdigit() or len(size) > 4:
        raise _wrong("size", "size is the edge of a cell in km: 10, 20, 50 or 100.")
    if not query.get("bbox"):
        raise _wrong("bbox", "Give bbox=west,south,east,north, or codes.")
    return cells_in(bbox_read(query["bbox"]), int(size))


def cell_feature(cell: Cell) -> dict[str, Any]:
    ring = [list(place) for place in cell_outline(cell)]
    return {
        "type": "Feature",
        "id": cell.code,
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {"code": cell.code, "name": cell.code, "size_km": cell.size_km},
    }


def _wrong(field: str, text: str) -> InvalidInput:
    return InvalidInput(text, errors={field: [text]})
