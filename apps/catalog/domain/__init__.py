"""Pure rules of the catalogue: what an Item becomes, what a period means."""

from apps.catalog.domain.assets import AssetRow, asset_rows, is_vector, probe_list
from apps.catalog.domain.items import Dates, item_dates, item_kind, item_sha, item_summary
from apps.catalog.domain.period import Period, period_parse

__all__ = [
    "AssetRow",
    "Dates",
    "Period",
    "asset_rows",
    "is_vector",
    "item_dates",
    "item_kind",
    "item_sha",
    "item_summary",
    "period_parse",
    "probe_list",
]
