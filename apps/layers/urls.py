from django.urls import URLPattern, URLResolver, path

from apps.layers.api import JobLayersApi, LayersApi, SceneTilesApi, StaticTilesApi

api_urlpatterns: list[URLPattern | URLResolver] = [
    path("layers/", LayersApi.as_view({"get": "list"}), name="layers"),
    path(
        "layers/<uuid:pk>/",
        LayersApi.as_view({"get": "retrieve", "patch": "partial_update"}, detail=True),
        name="layer",
    ),
    *[
        path(
            f"layers/<uuid:pk>/{what}/",
            LayersApi.as_view({"get": what}, detail=True),
            name=f"layer-{what}",
        )
        for what in (
            "style", "statistics", "point", "series", "stac", "tilejson", "archive", "display",
            "releases",
        )
    ],
    path(
        "jobs/<uuid:pk>/layers/",
        JobLayersApi.as_view({"get": "retrieve"}, detail=True),
        name="job-layers",
    ),
    path("catalog/scenes/<uuid:pk>/tiles/", SceneTilesApi.as_view(), name="scene-tiles"),
    path("catalog/statics/<uuid:pk>/tiles/", StaticTilesApi.as_view(), name="static-tiles"),
]  # fmt: skip
urlpatterns: list[URLPattern | URLResolver] = []
