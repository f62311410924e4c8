"""Pure rules of the catalogue: what an Item becomes, what a period means."""

from apps.catalog.domain.assets import AssetRow, asset_rows, is_vector, mask_of, probe_list
from apps.catalog.domain.calendar import Observation, TenDays, calendar_of, ten_days_of
from apps.catalog.domain.items import Dates, item_dates, item_kind, item_sha, item_summary
from apps.catalog.domain.period import Period, period_parse

__all__ = [
    "AssetRow",
    "Dates",
    "Observation",
    "Period",
    "TenDays",
    "asset_rows",
    "calendar_of",
    "is_vector",
    "item_dates",
    "item_kind",
    "item_sha",
    "item_summary",
    "mask_of",
    "period_parse",
    "probe_list",
    "ten_days_of",
]
