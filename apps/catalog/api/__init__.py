"""The catalogue over the API. Imports are launched by orchestration."""

from apps.catalog.api.listings import CollectionsApi, ReferencesApi, StaticApi, StaticsApi
from apps.catalog.api.scenes import SceneAssetApi, SceneOverviewApi, ScenesApi
from apps.catalog.api.selections import SelectionsApi

__all__ = [
    "CollectionsApi",
    "ReferencesApi",
    "SceneAssetApi",
    "SceneOverviewApi",
    "ScenesApi",
    "SelectionsApi",
    "StaticApi",
    "StaticsApi",
]
