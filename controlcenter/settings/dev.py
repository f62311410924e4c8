"""The default installation: private services, plain http on this machine."""

from controlcenter.settings.base import *  # noqa: F403
