"""API v1: one include per app; each app declares its own routes in ``urls.api_urlpatterns``."""

from importlib import import_module

from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView
from rest_framework.permissions import AllowAny

from apps.core.policy import PUBLIC

API_APPS = (
    "accounts",
    "projects",
    "aois",
    "products",
    "catalog",
    "samples",
    "modelling",
    "jobs",
    "orchestration",
    "layers",
    "quality",
)


class Schema(SpectacularAPIView):
    """OpenAPI 3.1 of the whole API; it describes shapes, never data."""

    access = PUBLIC
    permission_classes = [AllowAny]
    authentication_classes: list[type] = []


class Docs(SpectacularSwaggerView):
    """The browsable form of the schema."""

    access = PUBLIC
    permission_classes = [AllowAny]
    authentication_classes: list[type] = []


urlpatterns: list[URLPattern | URLResolver] = [
    path("schema/", Schema.as_view(), name="api-schema"),
    path("docs/", Docs.as_view(url_name="api-schema"), name="api-docs"),
    *(path("", include(import_module(f"apps.{name}.urls").api_urlpatterns)) for name in API_APPS),
]
