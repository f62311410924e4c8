from apps.core.views.pages import PageAccessMixin

__all__ = ["PageAccessMixin"]
