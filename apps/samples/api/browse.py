"""A set as a map and a table show it: vector tiles, rows, balance, events."""

from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseNotModified
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from apps.core.api.pagination import Pages
from apps.core.api.views import ScopedViewSet
from apps.core.enums import Role
from apps.core.policy import Access
from apps.jobs.selectors import since_read, stream_since
from apps.samples import selectors
from apps.samples.models import SampleSet
from apps.samples.selectors import browse, tiles

FILTERS = [
    OpenApiParameter(name) for name in ("class", "status", "source", "region", "q", "bbox", "ids")
]
MVT = "application/vnd.mapbox-vector-tile"
KEPT_SECONDS = 3600


class SampleRowSerializer(serializers.Serializer[Any]):
    """A sample as a row; ``class_code`` is null for whoever may not read the label."""

    id = serializers.UUIDField()
    class_code = serializers.IntegerField(allow_null=True)
    status = serializers.CharField()
    confidence = serializers.CharField()
    source: Any = serializers.CharField()
    group = serializers.CharField()
    external_id = serializers.CharField()
    region = serializers.CharField(allow_null=True)
    revision = serializers.IntegerField()
    kind = serializers.CharField()
    lon = serializers.FloatField()
    lat = serializers.FloatField()
    updated_at = serializers.DateTimeField()
    updated_by = serializers.CharField(allow_null=True)
    geometry = serializers.JSONField(required=False, help_text="Only when asked for by ``ids``.")


class RowPages(Pages):
    """Pages of a set; they are counted once for each filter and revision of the set."""

    def __init__(self, key: str) -> None:
        self.django_paginator_class = partial(browse.CountedPages, key=key)  # type: ignore[assignment]


class BrowseApi(ScopedViewSet):
    """What all members may see; labels as far as the caller's role lets them be read."""

    access = Access(read=Role.VIEWER)
    serializer_class: Any = None

    def get_queryset(self) -> QuerySet[SampleSet]:
        return selectors.sample_sets_of(self.request.user).select_related("project")

    def asked(self) -> tuple[SampleSet, browse.SampleFilter, browse.Reader]:
        """Return the set, the filter of the query string, and what the caller may read."""
        row = self.get_object()
        wanted = browse.filter_read(self.request.query_params)
        return row, wanted, browse.reader_of(self.request.user, row)


class SampleRowsApi(BrowseApi):
    """``sample-sets/{id}/rows/``: pages of a set, filtered and ordered."""

    @extend_schema(
        parameters=[*FILTERS, OpenApiParameter("ordering", enum=browse.ORDERINGS)],
        responses=SampleRowSerializer(many=True),
    )
    def retrieve(self, request: Any, pk: Any) -> Response:
        row, wanted, reader = self.asked()
        shown = browse.samples_shown(row, wanted, reader)
        if wanted.ids:
            found = browse.rows_with_geometry(shown)
            return Response({"count": len(found), "results": found, "revision": row.revision})
        rows = browse.rows_ordered(shown, request.query_params.get("ordering") or "created_at")
        pages = RowPages(browse.kept_key("count", row, wanted, reader))
        page = pages.paginate_queryset(rows, request, view=self)
        answer = pages.get_paginated_response(browse.rows_of(shown, page or []))
        answer.data["revision"] = row.revision
        return answer


class SampleBalanceApi(BrowseApi):
    """``sample-sets/{id}/balance/``: counts by class, status, region and source."""

    @extend_schema(parameters=FILTERS, responses=OpenApiTypes.OBJECT)
    def retrieve(self, request: Any, pk: Any) -> Response:
        row, wanted, reader = self.asked()
        return Response({"revision": row.revision, **browse.balance_of(row, wanted, reader)})


class SampleEventsApi(BrowseApi):
    """``sample-sets/{id}/events/?since=``: the REST twin of the set's socket."""

    @extend_schema(parameters=[OpenApiParameter("since", int)], responses=OpenApiTypes.OBJECT)
    def retrieve(self, request: Any, pk: Any) -> Response:
        row = self.get_object()
        since = since_read(request.query_params.get("since"))
        answer = stream_since(selectors.stream_name(row.pk), since)
        return Response({**answer, "revision": row.revision})


class SampleTilesApi(BrowseApi):
    """``sample-sets/{id}/tiles/{z}/{x}/{y}.mvt``: one layer ``samples``.

    ``?v=`` with the set's revision lets the browser keep the tile without asking again.
    """

    @extend_schema(parameters=[*FILTERS, OpenApiParameter("v", int)], responses={(200, MVT): bytes})
    def retrieve(self, request: Any, pk: Any, z: int, x: int, y: int) -> HttpResponse:
        row, wanted, reader = self.asked()
        box = tiles.tile_box(z, x, y)
        tag = f'"{row.revision}-{reader.tag}"'
        if tag in request.headers.get("If-None-Match", ""):
            return self._kept(HttpResponseNotModified(), tag)
        data = tiles.tile_bytes(browse.samples_shown(row, wanted, reader), box)
        return self._kept(HttpResponse(data, content_type=MVT), tag)

    def _kept(self, answer: HttpResponse, tag: str) -> HttpResponse:
        current = self.request.query_params.get("v") == tag.strip('"').split("-")[0]
        kept = f"max-age={KEPT_SECONDS}" if current else "no-cache"
        answer["ETag"], answer["Cache-Control"] = tag, f"private, {kept}"
        answer["Vary"] = "Cookie, Authorization"
        return answer
