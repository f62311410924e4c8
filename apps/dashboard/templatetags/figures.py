"""Figures of rows as people read them."""

from typing import Any

from django import template

from apps.dashboard.domain.figures import bytes_text, duration_text

register = template.Library()


@register.filter
def seconds(value: float | None) -> str:
    return duration_text(value)


@register.filter
def bytes_read(value: float | None) -> str:
    return bytes_text(value)


@register.filter
def per_block(step: dict[str, Any]) -> str:
    """Return the mean computing time of the blocks of a stage that were computed."""
    computed = step["settled"] - step["reused"]
    return f"{step['core_seconds'] / computed:.1f} s" if computed else "–"
