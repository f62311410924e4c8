from django.urls import URLPattern, URLResolver
from rest_framework.routers import SimpleRouter

from apps.projects.api.views import NomenclatureApi, ProjectApi

router = SimpleRouter()
router.register("projects", ProjectApi, basename="project")
router.register("nomenclatures", NomenclatureApi, basename="nomenclature")

api_urlpatterns: list[URLPattern | URLResolver] = [*router.urls]
urlpatterns: list[URLPattern | URLResolver] = []
