"""What an installation must not be: production refuses to start with a door left open."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register, run_checks
from django.core.checks import Warning as CheckWarning
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection

DEMO_LOG_INS = ("manager", "producer", "interpreter", "viewer", "stranger")
DEMO_ORGANISATIONS = ("demo", "other")


@register(Tags.security, deploy=True)
def no_failpoints(
    app_configs: Sequence[AppConfig] | None = None, **options: Any
) -> list[CheckMessage]:
    """Failpoints make things go wrong on purpose; only tests may set them."""
    if not settings.FAILPOINTS:
        return []
    return [
        Error(
            "FAILPOINTS is set.",
            hint="Remove the variable from the environment of every process.",
            id="controlcenter.E001",
        )
    ]


@register(Tags.security, Tags.database, deploy=True)
def no_demo_log_ins(
    app_configs: Sequence[AppConfig] | None = None, **options: Any
) -> list[CheckMessage]:
    """The demo's passwords are printed in the manual."""
    if settings.DEMO:
        return [Error("DEMO is on.", hint="Set DEMO=0.", id="controlcenter.E002")]
    names = _demo_log_ins()
    if not names:
        return []
    return [
        Error(
            f"Demo log-ins exist: {', '.join(names)}.",
            hint="Delete or deactivate them before opening this installation to anybody.",
            id="controlcenter.E003",
        )
    ]


@register(Tags.security, deploy=True)
def secret_is_given(
    app_configs: Sequence[AppConfig] | None = None, **options: Any
) -> list[CheckMessage]:
    """A generated key in VAR_DIR serves one machine; several processes elsewhere need one key."""
    if settings.SECRET_KEY_IS_GIVEN:
        return []
    return [
        CheckWarning(
            "SECRET_KEY_FILE is not set; a key generated in VAR_DIR is used.",
            hint="Put at least 50 random characters in a file and name it in SECRET_KEY_FILE.",
            id="controlcenter.W001",
        )
    ]


def _demo_log_ins() -> list[str]:
    user = apps.get_model(settings.AUTH_USER_MODEL)
    try:
        with connection.cursor():
            found = user._default_manager.filter(
                username__in=DEMO_LOG_INS,
                organisation__slug__in=DEMO_ORGANISATIONS,
                is_active=True,
            )
            return sorted(found.values_list("username", flat=True))
    except DatabaseError:
        return []  # no tables yet: nobody can log in


def refuse_unsafe_production() -> None:
    """Raise at start-up when a check of ``check --deploy`` finds anything (production only).

    Raises:
        ImproperlyConfigured: Lists every finding with its remedy.
    """
    if not settings.REFUSE_UNSAFE:
        return
    found = run_checks(include_deployment_checks=True, databases=["default"])
    found = [message for message in found if message.level >= 30]
    if found:
        lines = [f"{message.id}: {message.msg} {message.hint or ''}" for message in found]
        raise ImproperlyConfigured("Production does not start:\n" + "\n".join(lines))
