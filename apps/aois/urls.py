from typing import Any

from django.urls import URLPattern, URLResolver, path

from apps.aois.api import AoiBatchApi, AoisApi, GridCellsApi, RegionsApi, UnitsApi

LIST: dict[str, Any] = {"get": "list", "post": "create"}
ONE: dict[str, Any] = {
    "get": "retrieve",
    "put": "update",
    "patch": "partial_update",
    "delete": "destroy",
}
api_urlpatterns: list[URLPattern | URLResolver] = [
    path("aois/", AoisApi.as_view(LIST), name="aois"),
    path("aois/batch/", AoiBatchApi.as_view(), name="aois-batch"),
    path("aois/grid-cells/", GridCellsApi.as_view(), name="grid-cells"),
    path("aois/<uuid:pk>/", AoisApi.as_view(ONE, detail=True), name="aoi"),
    path("regions/", RegionsApi.as_view(LIST), name="regions"),
    path("regions/<uuid:pk>/", RegionsApi.as_view(ONE, detail=True), name="region"),
    path("production-units/", UnitsApi.as_view(LIST), name="production-units"),
    path("production-units/<uuid:pk>/", UnitsApi.as_view(ONE, detail=True), name="production-unit"),
]
urlpatterns: list[URLPattern | URLResolver] = []
