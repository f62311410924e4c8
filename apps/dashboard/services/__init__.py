"""What joins several apps: the demo installation, a catalogue loaded as a project."""

from apps.dashboard.services.loading import catalogue_project_load
from apps.dashboard.services.logins import demo_logins_make

__all__ = ["catalogue_project_load", "demo_logins_make"]
