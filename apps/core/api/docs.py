"""The OpenAPI document and its browsable form."""

from typing import Any

from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from apps.core.domain.problems import CONTENT_TYPE
from apps.core.policy import PUBLIC, DeclaredAccess

PROBLEM = {
    "type": "object",
    "description": "RFC 9457 problem details.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "advice": {"type": "string"},
        "errors": {
            "type": "object",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
    },
}


def problems_documented(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Give every operation of the document the one form of all errors (a spectacular hook)."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    form = {"$ref": "#/components/schemas/Problem"}
    answer = {
        "description": "What went wrong, and what to do about it.",
        "content": {CONTENT_TYPE: {"schema": form}},
    }
    for operations in result["paths"].values():
        for operation in operations.values():
            if isinstance(operation, dict) and "responses" in operation:
                operation["responses"]["default"] = answer
    return result


class SchemaApi(SpectacularAPIView):
    """OpenAPI 3.1; the same for everybody."""

    access = PUBLIC
    permission_classes = [DeclaredAccess]
    authentication_classes: list[Any] = []


class DocsApi(SpectacularSwaggerSplitView):
    """Swagger UI from the sidecar; its own scripts only, none inline."""

    access = PUBLIC
    permission_classes = [DeclaredAccess]
    authentication_classes: list[Any] = []
    template_name = "core/docs.html"
