"""Tests: a database of their own, short leases, cheap password hashes."""

import os

from controlcenter.settings.base import *  # noqa: F403
from controlcenter.settings.base import DATABASES

# Parallel checkouts and developers share one server; each names its own test database.
DATABASES["default"]["TEST"] = {"NAME": os.environ.get("TEST_DATABASE", "test_cc")}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
LEASE_TTL_SECONDS = 2
CELERY_BROKER_URL = "memory://"  # bells of tests ring nowhere
LOGGING_CONFIG = None  # pytest captures records itself

# A test holds its transaction open while it computes; only the application's sessions may not.
DATABASES["default"]["OPTIONS"]["options"] = "-c lock_timeout=5s -c statement_timeout=120s"
