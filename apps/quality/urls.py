from django.urls import URLPattern, URLResolver
from rest_framework.routers import SimpleRouter

from apps.quality.api.remarks import RemarkApi
from apps.quality.api.views import AssessmentApi

router = SimpleRouter()
router.register("assessments", AssessmentApi, basename="assessment")
router.register("remarks", RemarkApi, basename="remark")

api_urlpatterns: list[URLPattern | URLResolver] = [*router.urls]
urlpatterns: list[URLPattern | URLResolver] = []
