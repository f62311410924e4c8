"""Reading a catalogue for whoever plans an import."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings

from apps.catalog.gateways import catalog_check, catalog_read, path_below_roots
from apps.catalog.models import Asset
from apps.core.errors import DomainError, InvalidInput, NotFound


def catalog_documents_read(
    href: str, *, roots: Sequence[Path] | None = None
) -> list[dict[str, Any]]:
    """Return the items below an href as ``catalog_read`` does; roots default to CATALOG_ROOTS."""
    return catalog_read(href, roots=settings.CATALOG_ROOTS if roots is None else roots)


def catalog_href_check(href: str) -> None:
    """Refuse at once what cannot become an import; raises InvalidInput on the field ``href``."""
    try:
        catalog_check(href.strip(), roots=settings.CATALOG_ROOTS)
    except InvalidInput as error:
        raise InvalidInput(
            error.message,
            advice=error.advice or "Check the address; a folder needs its catalog.json.",
            errors={"href": [error.message]},
        ) from error


def asset_file(asset: Asset) -> Path:
    """Return the file of an asset to be sent as bytes; never opened as geodata.

    Raises NotFound when it is gone or no longer below an allowed root.
    """
    try:
        path = path_below_roots(Path(asset.path), settings.CATALOG_ROOTS)
    except DomainError as error:
        raise NotFound(f"The file of asset {asset.key!r} may not be read any more.") from error
    if not path.is_file():
        raise NotFound(
            f"The file of asset {asset.key!r} is gone.", advice="Restore it or import again."
        )
    return path
