from apps.samples.api.browse import (
    SampleBalanceApi,
    SampleEventsApi,
    SampleRowsApi,
    SampleTilesApi,
)
from apps.samples.api.samples import SamplesApi
from apps.samples.api.sets import SampleSetsApi

__all__ = [
    "SampleBalanceApi",
    "SampleEventsApi",
    "SampleRowsApi",
    "SampleSetsApi",
    "SampleTilesApi",
    "SamplesApi",
]
