from django.urls import URLPattern, URLResolver
from rest_framework.routers import SimpleRouter

from apps.products.api.views import WorkflowApi

router = SimpleRouter()
router.register("workflows", WorkflowApi, basename="workflow")

api_urlpatterns: list[URLPattern | URLResolver] = [*router.urls]
urlpatterns: list[URLPattern | URLResolver] = []
