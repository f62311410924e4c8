"""Reading a catalogue for whoever plans an import."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings

from apps.catalog.gateways import catalog_read


def catalog_documents_read(
    href: str, *, roots: Sequence[Path] | None = None
) -> list[dict[str, Any]]:
    """Return the items below an href as ``catalog_read`` does; roots default to CATALOG_ROOTS."""
    return catalog_read(href, roots=settings.CATALOG_ROOTS if roots is None else roots)
