from typing import Any

from django.urls import URLPattern, URLResolver, path

from apps.jobs.api import views

DETAIL: Any = {"get": "retrieve"}


def _post(action: str) -> Any:
    return {"post": action}


api_urlpatterns: list[URLPattern | URLResolver] = [
    path(
        "jobs/<uuid:pk>/",
        views.JobApi.as_view(DETAIL | {"patch": "partial_update"}, detail=True),
        name="job-detail",
    ),
    *(
        path(
            f"jobs/<uuid:pk>/{action}/",
            views.JobActionApi.as_view(_post(action), detail=True),
            name=f"job-{action}",
        )
        for action in ("pause", "resume", "cancel", "retry")
    ),
    path(
        "jobs/<uuid:pk>/events/",
        views.JobEventsApi.as_view(DETAIL, detail=True),
        name="job-events",
    ),
    path(
        "jobs/<uuid:pk>/blocks/",
        views.JobBlocksApi.as_view(DETAIL, detail=True),
        name="job-blocks",
    ),
    path("jobs/<uuid:pk>/log/", views.JobLogApi.as_view(DETAIL, detail=True), name="job-log"),
    path(
        "jobs/<uuid:pk>/log/download/",
        views.JobLogFileApi.as_view(DETAIL, detail=True),
        name="job-log-download",
    ),
    path(
        "jobs/<uuid:pk>/report/",
        views.JobReportApi.as_view(DETAIL, detail=True),
        name="job-report",
    ),
    path("projects/<uuid:pk>/events/", views.ProjectEventsApi.as_view(), name="project-events"),
    path("users/me/events/", views.UserEventsApi.as_view(), name="user-events"),
]
urlpatterns: list[URLPattern | URLResolver] = []
