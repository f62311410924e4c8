from apps.samples.api.samples import SamplesApi
from apps.samples.api.sets import SampleSetsApi

__all__ = ["SampleSetsApi", "SamplesApi"]
