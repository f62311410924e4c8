from typing import Any

from django.urls import URLPattern, URLResolver, path

from apps.samples.api import (
    NearestSamplesApi,
    SampleBalanceApi,
    SampleEventsApi,
    SampleRowsApi,
    SamplesApi,
    SampleSetsApi,
    SampleTilesApi,
)

ONE: dict[str, Any] = {"get": "retrieve", "patch": "partial_update", "delete": "destroy"}
READ: dict[str, Any] = {"get": "retrieve"}
api_urlpatterns: list[URLPattern | URLResolver] = [
    path("sample-sets/", SampleSetsApi.as_view({"get": "list", "post": "create"}), name="sets"),
    path("sample-sets/<uuid:pk>/", SampleSetsApi.as_view(ONE, detail=True), name="set"),
    path(
        "sample-sets/<uuid:pk>/freeze/",
        SampleSetsApi.as_view({"post": "freeze"}, detail=True),
        name="set-freeze",
    ),
    path(
        "sample-sets/<uuid:pk>/versions/",
        SampleSetsApi.as_view({"get": "versions"}, detail=True),
        name="set-versions",
    ),
    path(
        "sample-sets/<uuid:pk>/versions/<int:number>/export/",
        SampleSetsApi.as_view({"get": "version_export"}, detail=True),
        name="set-version-export",
    ),
    path(
        "sample-sets/<uuid:pk>/export/",
        SampleSetsApi.as_view({"get": "export"}, detail=True),
        name="set-export",
    ),
    path(
        "sample-sets/<uuid:pk>/rows/",
        SampleRowsApi.as_view(READ, detail=True),
        name="set-rows",
    ),
    path(
        "sample-sets/<uuid:pk>/balance/",
        SampleBalanceApi.as_view(READ, detail=True),
        name="set-balance",
    ),
    path(
        "sample-sets/<uuid:pk>/events/",
        SampleEventsApi.as_view(READ, detail=True),
        name="set-events",
    ),
    path(
        "sample-sets/<uuid:pk>/tiles/<int:z>/<int:x>/<int:y>.mvt",
        SampleTilesApi.as_view(READ, detail=True),
        name="set-tiles",
    ),
    path(
        "projects/<uuid:pk>/samples/nearest/",
        NearestSamplesApi.as_view(),
        name="samples-nearest",
    ),
    path("samples/delete/", SamplesApi.as_view({"post": "bulk_delete"}), name="samples-delete"),
    path("samples/restore/", SamplesApi.as_view({"post": "restore"}), name="samples-restore"),
    path(
        "samples/",
        SamplesApi.as_view({"get": "list", "post": "create", "patch": "bulk_update"}),
        name="samples",
    ),
    path("samples/<uuid:pk>/", SamplesApi.as_view(ONE, detail=True), name="sample"),
    path(
        "samples/<uuid:pk>/history/",
        SamplesApi.as_view({"get": "history"}, detail=True),
        name="sample-history",
    ),
]
urlpatterns: list[URLPattern | URLResolver] = []
