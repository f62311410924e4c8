"""Routes of the whole site."""

from django.urls import include, path

urlpatterns = [
    path("api/v1/", include("controlcenter.api")),
    path("", include("apps.core.urls")),
    path("", include("apps.accounts.urls")),
    path("", include("apps.dashboard.urls")),
]
