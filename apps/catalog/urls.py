from django.urls import URLPattern, URLResolver, path

from apps.catalog.api import (
    CollectionsApi,
    ReferencesApi,
    SceneAssetApi,
    SceneOverviewApi,
    ScenesApi,
    SelectionsApi,
    StaticApi,
    StaticsApi,
)

api_urlpatterns: list[URLPattern | URLResolver] = [
    path(
        "catalog/scenes/",
        ScenesApi.as_view({"get": "list", "patch": "change_many"}),
        name="scenes",
    ),
    *(
        path(
            f"catalog/scenes/{what}/",
            SceneOverviewApi.as_view({"get": what}),
            name=f"scenes-{what}",
        )
        for what in ("overview", "footprints", "calendar")
    ),
    path("catalog/scenes/<uuid:pk>/assets/<str:key>/", SceneAssetApi.as_view(), name="scene-asset"),
    path(
        "catalog/scenes/<uuid:pk>/",
        ScenesApi.as_view({"get": "retrieve", "patch": "partial_update"}, detail=True),
        name="scene",
    ),
    path("catalog/collections/", CollectionsApi.as_view({"get": "list"}), name="collections"),
    path("catalog/references/", ReferencesApi.as_view({"get": "list"}), name="references"),
    path("catalog/statics/", StaticsApi.as_view({"get": "list"}), name="statics"),
    path("catalog/statics/<uuid:pk>/", StaticApi.as_view(), name="static"),
    path(
        "scene-selections/",
        SelectionsApi.as_view({"get": "list", "post": "create"}),
        name="scene-selections",
    ),
    path(
        "scene-selections/<uuid:pk>/",
        SelectionsApi.as_view({"get": "retrieve"}, detail=True),
        name="scene-selection",
    ),
]
urlpatterns: list[URLPattern | URLResolver] = []
