"""Areas, regions, units and the cells of the European grid over HTTP."""

from apps.aois.api.cells import GridCellsApi
from apps.aois.api.features import AoisApi, RegionsApi, UnitsApi
from apps.aois.api.many import AoiBatchApi

__all__ = ["AoiBatchApi", "AoisApi", "GridCellsApi", "RegionsApi", "UnitsApi"]
