from django.urls import URLPattern, URLResolver, path

from apps.core.api.docs import DocsApi, SchemaApi

api_urlpatterns: list[URLPattern | URLResolver] = [
    path("schema/", SchemaApi.as_view(), name="schema"),
    path("docs/", DocsApi.as_view(url_name="schema"), name="docs"),
]
urlpatterns: list[URLPattern | URLResolver] = []
