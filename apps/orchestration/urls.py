"""Routes that start work. They stand before those of the apps whose objects they start from."""

from django.urls import URLPattern, URLResolver, path
from rest_framework.routers import SimpleRouter

from apps.orchestration.api.imports import (
    AoiImportApi,
    CatalogImportApi,
    CatalogImportProgressApi,
)
from apps.orchestration.api.jobs import JobDownloadApi, JobEstimateApi, JobsApi
from apps.orchestration.api.sample_imports import (
    SampleImportApi,
    SampleInspectApi,
    SampleInspectionApi,
)
from apps.orchestration.api.templates import JobTemplatesApi

router = SimpleRouter()
router.register("job-templates", JobTemplatesApi, basename="job-template")

api_urlpatterns: list[URLPattern | URLResolver] = [
    path("jobs/", JobsApi.as_view({"get": "list", "post": "create"}), name="jobs"),
    path("jobs/estimate/", JobEstimateApi.as_view(), name="job-estimate"),
    path(
        "jobs/<uuid:pk>/download/",
        JobDownloadApi.as_view({"get": "retrieve"}, detail=True),
        name="job-download",
    ),
    path("catalog/imports/", CatalogImportApi.as_view(), name="catalog-imports"),
    path("catalog/imports/<uuid:pk>/", CatalogImportProgressApi.as_view(), name="catalog-import"),
    path("aois/import/", AoiImportApi.as_view(), name="aois-import"),
    *router.urls,
    path("sample-sets/<uuid:pk>/import/", SampleImportApi.as_view(), name="sample-set-import"),
    path(
        "sample-sets/<uuid:pk>/import/inspect/",
        SampleInspectApi.as_view(),
        name="sample-set-inspect",
    ),
    path(
        "sample-sets/<uuid:pk>/import/inspect/<uuid:job>/",
        SampleInspectionApi.as_view(),
        name="sample-set-inspection",
    ),
]
urlpatterns: list[URLPattern | URLResolver] = []
