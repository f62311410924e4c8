"""The grid of a project that takes it from its first imagery."""

from typing import Any

from apps.catalog.enums import SceneKind
from apps.catalog.models import Asset
from apps.projects.services import project_grid_freeze
from workers.contracts.grid import Grid


def native_grid_freeze(project: Any) -> bool:
    """Give a native project the exact grid of its finest data raster; say whether it got one now.

    Never snapped: CRS, pixel size and origin are those of the file. Of equally fine rasters the
    first by date, item and key counts, so that the choice does not depend on reading order.
    """
    if project.grid is not None or not project.grid_native:
        return False
    asset = _finest(project)
    if asset is None:
        return False
    a, _, c, _, e, f = asset.transform or (0.0,) * 6
    size = getattr(project, "grid_block_size", None) or 512
    grid = Grid(crs=asset.crs, resolution=(a, -e), origin=(c, f), block_size=size)
    project_grid_freeze(project, grid)
    return True


def _finest(project: Any) -> Asset | None:
    candidates = (
        Asset.objects.filter(
            project=project,
            scene__kind=SceneKind.SCENE,
            scene__flagged_reason="",
            has_data=True,
            transform__isnull=False,
        )
        .exclude(crs="")
        .order_by("scene__datetime", "scene__item_id", "key")
    )
    best: Asset | None = None
    for asset in candidates.iterator():
        if not _north_up(asset.transform or []):
            continue
        if best is None or _pixel_area(asset) < _pixel_area(best) * (1 - 1e-9):
            best = asset
    return best


def _pixel_area(asset: Asset) -> float:
    transform = asset.transform or (0.0,) * 6
    return abs(float(transform[0]) * float(transform[4]))


def _north_up(transform: list[float]) -> bool:
    if len(transform) != 6:
        return False
    a, b, _, d, e, _ = transform
    return a > 0 and e < 0 and b == 0 and d == 0
