"""Outside the database: catalogue documents on disk or on the network."""

from apps.catalog.gateways.documents import (
    Fetch,
    Page,
    document_read,
    document_text_local,
    path_below_roots,
)
from apps.catalog.gateways.network import fetch_json
from apps.catalog.gateways.walk import catalog_check, catalog_read

__all__ = [
    "Fetch",
    "Page",
    "catalog_check",
    "catalog_read",
    "document_read",
    "document_text_local",
    "fetch_json",
    "path_below_roots",
]
