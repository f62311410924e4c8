"""The house itself: system checks and the commands that prepare an installation."""

from django.apps import AppConfig


class HouseConfig(AppConfig):
    name = "controlcenter"
    verbose_name = "Control Center"

    def ready(self) -> None:
        from controlcenter import checks  # noqa: F401 - registers the checks
