from django.urls import URLPattern, URLResolver
from rest_framework.routers import SimpleRouter

from apps.modelling.api.views import FeatureSetApi, ModelApi, ModelVersionApi

router = SimpleRouter()
router.register("feature-sets", FeatureSetApi, basename="feature-set")
router.register("models", ModelApi, basename="model")
router.register("model-versions", ModelVersionApi, basename="model-version")

api_urlpatterns: list[URLPattern | URLResolver] = [*router.urls]
urlpatterns: list[URLPattern | URLResolver] = []
