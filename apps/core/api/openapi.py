"""How views without a serializer appear in the OpenAPI document: as plain objects."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes


class ApiSchema(AutoSchema):
    """Views that answer with representations of their own describe them with ``extend_schema``."""

    def _get_serializer(self) -> Any:
        known = any(hasattr(self.view, name) for name in ("serializer_class", "get_serializer"))
        return super()._get_serializer() if known else OpenApiTypes.OBJECT  # type: ignore[no-untyped-call]
