"""Settings that hold in every installation."""

import os

from controlcenter.logging import logging_config
from controlcenter.settings import env
from controlcenter.settings.geo import GDAL_LIBRARY_PATH, GEOS_LIBRARY_PATH  # noqa: F401

os.environ.setdefault("NUMBA_THREADING_LAYER", "workqueue")

BASE_DIR = env.BASE_DIR
VAR_DIR = env.var_dir()
SECRET_KEY = env.secret_key()
DEBUG = False
ALLOWED_HOSTS = env.text("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in env.text("CSRF_TRUSTED_ORIGINS").split(",") if o]
ORIGIN_SCHEMES: tuple[str, ...] = ("http", "https")
LOGGING = logging_config(env.text("LOG_LEVEL", "INFO"))

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.gis",
    "django.contrib.postgres",
    "rest_framework",
    "rest_framework_gis",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "leaflet",
    "django_vite",
    "django_htmx",
    "channels",
    "controlcenter.apps.HouseConfig",
    "apps.core",
    "apps.accounts",
    "apps.projects",
    "apps.aois",
    "apps.products",
    "apps.jobs",
    "apps.catalog",
    "apps.samples",
    "apps.modelling",
    "apps.layers",
    "apps.quality",
    "apps.orchestration",
    "apps.dashboard",
]

MIDDLEWARE = [
    "apps.core.middleware.request_context",
    "apps.core.middleware.security_headers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "controlcenter.urls"
ASGI_APPLICATION = "controlcenter.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

DATABASES = {"default": env.database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ATOMIC_REQUESTS = True
DATABASES["default"]["ATOMIC_REQUESTS"] = True

AUTH_USER_MODEL = "accounts.User"
PROJECT_GATE = "apps.projects.selectors"
STREAM_GATES = {"sample-sets": "apps.samples.selectors.stream_of_set"}
STREAM_WRITER = "apps.jobs.services"
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
AUTHENTICATION_BACKENDS = ["apps.accounts.gateways.ActiveBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True

CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [env.redis(2)]},
    }
}

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "frontend" / "build"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
WHITENOISE_IMMUTABLE_FILE_TEST = r"/dist/assets/.+-[\w-]{8}\.\w+$"
DJANGO_VITE = {
    "default": {
        "dev_mode": False,
        "manifest_path": BASE_DIR / "frontend" / "build" / "dist" / "manifest.json",
        "static_url_prefix": "dist",
    }
}
LEAFLET_CONFIG = {"TILES": [], "RESET_VIEW": False, "ATTRIBUTION_PREFIX": ""}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "apps.accounts.api.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["apps.core.policy.DenyAll"],
    "DEFAULT_PAGINATION_CLASS": "apps.core.api.pagination.Pages",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "apps.core.api.openapi.ApiSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "EXCEPTION_HANDLER": "apps.core.api.problems.problem_response",
    "DATETIME_FORMAT": "iso-8601",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Control Center",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "apps.core.api.docs.problems_documented",
    ],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

# Celery is a doorbell: a lost, late or repeated message may cost latency, nothing else.
DRAIN_BUDGET_SECONDS = 600
MAX_BLOCK_LIMIT_SECONDS = 3600
LEASE_TTL_SECONDS = env.number("LEASE_TTL_SECONDS", 90)
REDIS_BROKER_URL = env.redis(1)
CELERY_BROKER_URL = env.redis_for_celery(1)
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_DISABLE_PREFETCH = True
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_WORKER_MAX_TASKS_PER_CHILD = 200
CELERY_TASK_TIME_LIMIT = DRAIN_BUDGET_SECONDS + MAX_BLOCK_LIMIT_SECONDS + 300
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "health_check_interval": 10,
    "retry_on_timeout": True,
}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

STORAGE_URL = env.text("STORAGE_URL", f"file://{VAR_DIR / 'store'}")
CATALOG_ROOTS = [*env.paths("CATALOG_ROOTS"), VAR_DIR / "demo"]
CATALOG_HOSTS = [host for host in env.text("CATALOG_HOSTS").split(",") if host]
AOI_MAX_KM2 = env.number("AOI_MAX_KM2", 10_000_000)  # more than the land of Europe
TILER_SOCKET = env.service("TILER_SOCKET", str(VAR_DIR / "run" / "tiler.sock"))
TILE_TOKEN_KEYS = env.token_keys()
MODEL_SIGNING_KEY = env.key_for("models")
WORKERS = env.number("WORKERS", os.cpu_count() or 1)
DEMO = env.flag("DEMO", default=True)
FAILPOINTS = env.text("FAILPOINTS")
SECRET_KEY_IS_GIVEN = env.is_given("SECRET_KEY")
REFUSE_UNSAFE = False
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
CSRF_FAILURE_VIEW = "apps.core.views.errors.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
BASE_MAP_HOSTS = [host for host in env.text("BASE_MAP_HOSTS").split(",") if host]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# What jobs calls by name: it knows nothing that runs inside it.
JOBS_PLANNER = "apps.orchestration.services.planning.run_plan"
JOBS_CONTROL = "apps.orchestration.services.controls.control_run"
JOBS_REQUEST = "apps.orchestration.services.requests.kernel_request_build"
JOBS_FINGERPRINT = "apps.orchestration.services.requests.fingerprint_of"
ORGANISATION_SLOTS = env.number("ORGANISATION_SLOTS", 8)
