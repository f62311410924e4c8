"""The house itself: system checks and the commands that prepare an installation."""

from django.apps import AppConfig


class HouseConfig(AppConfig):
    name = "controlcenter"
    verbose_name = "Control Center"

    def ready(self) -> None:
        """Register the checks, and make the Celery application that rings the bells."""
        from controlcenter import celery, checks  # noqa: F401
