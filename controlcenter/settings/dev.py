"""The default installation: private services, plain http on this machine."""

from controlcenter.settings.base import *  # noqa: F403

# Static files are served from where they are: no copying step between a build and a start.
WHITENOISE_USE_FINDERS = True
