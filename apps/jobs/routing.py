"""WebSocket routes of live streams."""

from typing import Any

from django.urls import path

from apps.jobs.consumers import (
    JobConsumer,
    ProjectConsumer,
    SampleSetConsumer,
    UserConsumer,
)

websocket_urlpatterns: list[Any] = [
    path("ws/jobs/<uuid:pk>/", JobConsumer.as_asgi()),
    path("ws/projects/<uuid:pk>/", ProjectConsumer.as_asgi()),
    path("ws/sample-sets/<uuid:pk>/", SampleSetConsumer.as_asgi()),
    path("ws/users/me/", UserConsumer.as_asgi()),
]
