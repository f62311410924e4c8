"""Routes of the whole site."""

from django.urls import include, path

from controlcenter.health import Health, Readiness

urlpatterns = [
    path("healthz", Health.as_view(), name="healthz"),
    path("readyz", Readiness.as_view(), name="readyz"),
    path("api/v1/", include("controlcenter.api")),
    path("", include("apps.core.urls")),
    path("", include("apps.accounts.urls")),
    path("", include("apps.dashboard.urls")),
]

handler400 = "apps.core.views.errors.bad_request"
handler403 = "apps.core.views.errors.permission_denied"
handler404 = "apps.core.views.errors.page_not_found"
handler500 = "apps.core.views.errors.server_error"
