"""The map of a project."""

from typing import Any

from apps.dashboard.selectors.projects import project_extent, project_layers
from apps.dashboard.views.base import ProjectPage


class MapPage(ProjectPage):
    """Layers on one Leaflet map; ``?layer=`` chooses, the address keeps the whole view."""

    template_name = "dashboard/map.html"
    section = "map"
    heading = "Map"

    def page(self, project: Any) -> dict[str, Any]:
        layers = project_layers(self.request.user, project)
        wanted = self.request.GET.get("layer")
        chosen = next((str(row.pk) for row in layers if str(row.pk) == wanted), None)
        selected = chosen or (str(layers[0].pk) if layers else None)
        return {"layers": layers, "selected": selected, "data": self._data(layers, selected)}

    def _data(self, layers: list[Any], selected: str | None) -> dict[str, Any]:
        project = self.project()
        return {
            "project": str(project.pk),
            "selected": selected,
            "extent": project_extent(self.request.user, project),
            "layers": [layer_entry(row) for row in layers],
        }


def layer_entry(layer: Any) -> dict[str, Any]:
    """Return what the map needs before it asks the API for a layer."""
    return {
        "id": str(layer.pk),
        "name": layer.name,
        "job": str(layer.job_id),
        "role": layer.role,
        "class_code": layer.class_code,
        "bbox": layer.current_release.bbox or None,
    }
