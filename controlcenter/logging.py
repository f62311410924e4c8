"""One JSON line per event, with the secrets of addresses cut out."""

import logging
import re
from typing import Any

import structlog

# A tile token opens a layer for as long as it lives, so it is written nowhere.
TOKEN_IN_PATH = re.compile(r"(/tiles/)[^/\s\"']+")
SECRET_FIELDS = frozenset({"password", "token", "authorization", "cookie", "secret", "api_key"})

Event = structlog.typing.EventDict


def cut_secrets(logger: Any, method: str, event: Event) -> Event:
    """Replace tile tokens in texts and the values of fields that hold secrets."""
    for name, value in event.items():
        if name.lower() in SECRET_FIELDS:
            event[name] = "***"
        elif isinstance(value, str):
            event[name] = TOKEN_IN_PATH.sub(r"\1***", value)
    return event


SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
    structlog.processors.format_exc_info,
    cut_secrets,
]


class NotProbes(logging.Filter):
    """Drop the lines of health probes: a system that is starting would fill its log with them."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        return getattr(request, "path", "") not in {"/healthz", "/readyz"}


def logging_config(level: str) -> dict[str, Any]:
    """Return Django's LOGGING: every logger, ours or a library's, writes the same JSON lines."""
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": SHARED,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.JSONRenderer(),
                ],
            }
        },
        "filters": {"not_probes": {"()": NotProbes}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"level": level, "handlers": [], "propagate": True},
            "django.request": {"level": level, "filters": ["not_probes"]},
            "django.server": {"level": "WARNING", "handlers": [], "propagate": True},
            "httpx": {"level": "WARNING"},
            "celery.worker.strategy": {"level": "WARNING"},
            "celery.app.trace": {"level": "WARNING"},
        },
    }
