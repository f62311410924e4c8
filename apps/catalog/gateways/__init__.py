"""Outside the database: catalogue documents on disk or on the network."""

from apps.catalog.gateways.documents import Fetch, document_read, document_text_local
from apps.catalog.gateways.network import fetch_json
from apps.catalog.gateways.walk import catalog_read

__all__ = ["Fetch", "catalog_read", "document_read", "document_text_local", "fetch_json"]
