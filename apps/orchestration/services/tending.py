"""The tick: rows are reconciled, then what people see of them."""

from apps.jobs.services import reconcile
from apps.orchestration.services.building import buildings_tend


def tend(*, ring: bool = True) -> dict[str, int]:
    """Reconcile every run and bring the maps that are being built up to date."""
    moved = reconcile(ring=ring)
    buildings_tend()
    return moved
