from apps.samples.api.browse import (
    SampleBalanceApi,
    SampleEventsApi,
    SampleRowsApi,
    SampleTilesApi,
)
from apps.samples.api.nearest import NearestSamplesApi
from apps.samples.api.samples import SamplesApi
from apps.samples.api.sets import SampleSetsApi

__all__ = [
    "NearestSamplesApi",
    "SampleBalanceApi",
    "SampleEventsApi",
    "SampleRowsApi",
    "SampleSetsApi",
    "SampleTilesApi",
    "SamplesApi",
]
