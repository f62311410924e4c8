"""What the page of areas shows beside the areas themselves."""

from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef

from apps.aois.domain import CELL_SIZES_KM, MAX_VERTICES
from apps.aois.selectors import aois_visible_to
from apps.aois.services import MAX_AT_ONCE
from apps.catalog.selectors import scenes_visible_to
from apps.orchestration.domain.uploads import MAX_UPLOAD_BYTES


def areas_outside_imagery(user: Any, project: Any) -> list[str]:
    """Return the areas that no scene of the project touches; none while it has no scene."""
    scenes = scenes_visible_to(user).filter(project=project)
    if not scenes.exists():
        return []
    touched = scenes.filter(footprint__intersects=OuterRef("geometry")).order_by()
    areas = aois_visible_to(user).filter(project=project).alias(touched=Exists(touched))
    return [str(pk) for pk in areas.filter(touched=False).values_list("pk", flat=True)]


def area_limits() -> dict[str, Any]:
    """Return the limits that the page tells before the server has to."""
    return {
        "maxKm2": float(settings.AOI_MAX_KM2),
        "maxVertices": MAX_VERTICES,
        "maxUploadBytes": MAX_UPLOAD_BYTES,
        "maxAtOnce": MAX_AT_ONCE,
        "cellSizes": list(CELL_SIZES_KM),
    }
