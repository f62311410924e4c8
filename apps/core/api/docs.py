"""The OpenAPI document and its browsable form."""

from typing import Any

from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from apps.core.policy import PUBLIC, DeclaredAccess


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
