"""The districts of the demo, with what a production has after some weeks: reviews, remarks."""

from typing import Any

from django.db import transaction

from apps.aois.selectors import aois_visible_to
from apps.aois.services import aoi_create, unit_create
from apps.catalog.selectors import scenes_visible_to
from apps.dashboard.domain.demo import corners_of, districts
from apps.quality.services import remark_create

SEED = 11
UNITS = {"Ammerwald": "review", "Brunnfeld": "accepted", "Tannberg": "accepted"}
REMARKS = {
    "Stadtkreis": ("Gardens at the edge of the town are mapped as grassland.", "major"),
    "Seeland": ("The reed belt along the lake is mapped as cropland: ask for samples.", "minor"),
}


@transaction.atomic
def demo_places_make(project: Any, *, user: Any) -> None:
    """Divide the country into areas of interest; three are units, two have remarks. Done once."""
    if aois_visible_to(user).filter(project=project).exists():
        return
    scene = scenes_visible_to(user).filter(project=project).first()
    if scene is None:
        return
    corners = corners_of([(x, y) for x, y, *_ in scene.footprint[0].exterior_ring])
    for name, ring in districts(corners, seed=SEED):
        geometry = {"type": "Polygon", "coordinates": [[list(place) for place in ring]]}
        area = aoi_create(project=project, name=name, geometry=geometry, user=user)
        if name in UNITS:
            unit_create(
                project=project,
                code=name[:3].upper(),
                geometry=geometry,
                user=user,
                details={"name": name, "status": UNITS[name]},
            )
        if name in REMARKS:
            text, severity = REMARKS[name]
            spot = area.geometry.point_on_surface
            remark_create(
                project=project,
                geometry={"type": "Point", "coordinates": list(spot.coords)},
                properties={"text": text, "severity": severity},
                user=user,
            )
