"""Time features: lanes of 256 pixels, one sort per window, integer statistics."""

from workers.numerics.series.layout import LANE, Jobs, JobTable, sort_network
from workers.numerics.series.run import series_run

__all__ = ["LANE", "JobTable", "Jobs", "series_run", "sort_network"]
