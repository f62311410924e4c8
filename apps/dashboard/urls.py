from django.urls import URLPattern, URLResolver, path

from apps.dashboard.api.board import BoardApi
from apps.dashboard.api.search import SearchApi
from apps.dashboard.views.areas import AreasPage
from apps.dashboard.views.board import BoardPage, BoardPartPage
from apps.dashboard.views.catalogue import CataloguePage
from apps.dashboard.views.features import FeatureSetNewPage, FeatureSetPage, FeaturesPage
from apps.dashboard.views.jobs import PARTS, JobPage, JobPartPage, JobsPage
from apps.dashboard.views.launch import LaunchIndexPage, LaunchPage
from apps.dashboard.views.maps import MapPage
from apps.dashboard.views.models import ModelComparePage, ModelsPage, ModelVersionPage
from apps.dashboard.views.projects import ProjectsPage
from apps.dashboard.views.samples import SamplesPage
from apps.dashboard.views.styleguide import StyleguidePage

app_name = "dashboard"
api_urlpatterns: list[URLPattern | URLResolver] = [
    path("search/", SearchApi.as_view(), name="search"),
    path("projects/<uuid:pk>/board/", BoardApi.as_view(), name="board"),
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("", ProjectsPage.as_view(), name="projects"),
    path("styleguide/", StyleguidePage.as_view(), name="styleguide"),
    path("projects/<slug:slug>/", BoardPage.as_view(), name="project"),
    path("projects/<slug:slug>/parts/board/", BoardPartPage.as_view(), name="board-part"),
    path("projects/<slug:slug>/areas/", AreasPage.as_view(), name="areas"),
    path("projects/<slug:slug>/map/", MapPage.as_view(), name="map"),
    path("projects/<slug:slug>/scenes/", CataloguePage.as_view(), name="scenes"),
    path("projects/<slug:slug>/samples/", SamplesPage.as_view(), name="samples"),
    path("projects/<slug:slug>/features/", FeaturesPage.as_view(), name="features"),
    path("projects/<slug:slug>/features/new/", FeatureSetNewPage.as_view(), name="features-new"),
    path(
        "projects/<slug:slug>/features/<uuid:feature_set_id>/",
        FeatureSetPage.as_view(),
        name="feature-set",
    ),
    path("projects/<slug:slug>/models/", ModelsPage.as_view(), name="models"),
    path("projects/<slug:slug>/jobs/", JobsPage.as_view(), name="jobs"),
    path("projects/<slug:slug>/launch/", LaunchIndexPage.as_view(), name="launch-index"),
    path("projects/<slug:slug>/launch/<slug:workflow>/", LaunchPage.as_view(), name="launch"),
    path(
        "models/<uuid:first>/compare/<uuid:second>/",
        ModelComparePage.as_view(),
        name="model-compare",
    ),
    path("models/<uuid:version_id>/", ModelVersionPage.as_view(), name="model-version"),
    path("jobs/<uuid:job_id>/", JobPage.as_view(), name="job"),
    *(
        path(
            f"jobs/<uuid:job_id>/parts/{part}/",
            JobPartPage.as_view(),
            {"part": part},
            name=f"job-{part}",
        )
        for part in PARTS
    ),
]
