"""API v1: one include per app; each app declares its own routes in ``urls.api_urlpatterns``."""

from importlib import import_module

from django.urls import URLPattern, URLResolver, include, path

API_APPS = (
    "core",
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
    "dashboard",
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include(import_module(f"apps.{name}.urls").api_urlpatterns)) for name in API_APPS
]
