from typing import Any

from django.urls import URLPattern, URLResolver, path

from apps.samples.api import SamplesApi, SampleSetsApi

ONE: dict[str, Any] = {"get": "retrieve", "patch": "partial_update", "delete": "destroy"}
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
        "sample-sets/<uuid:pk>/export/",
        SampleSetsApi.as_view({"get": "export"}, detail=True),
        name="set-export",
    ),
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
