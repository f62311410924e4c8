"""Comparing two class layers: what is frozen at launch, and which blocks both maps have."""

from typing import Any

from django.contrib.gis.geos import GEOSGeometry

from apps.accounts.models import User
from apps.core.errors import InvalidInput
from apps.core.storage import store_open
from apps.jobs.selectors import object_sizes
from apps.layers.domain.transitions import transitions_planned
from apps.layers.enums import LayerRole
from apps.layers.models import Layer, LayerRelease
from apps.layers.selectors import layer_get, layer_release_get, release_block, release_cells
from apps.orchestration.gateways import blocks_touching, geometry_to_grid
from apps.orchestration.services.resolving import named
from apps.projects.models import Project
from workers.contracts.grid import Grid
from workers.contracts.requests import InputRef

SIDES = ("before", "after")


def comparison_resolved(*, user: User, project: Project, spec: dict[str, Any]) -> dict[str, Any]:
    """Freeze the two releases, the codes of their transitions and the name of the layer.

    Raises:
        InvalidInput: one map twice, a layer without classes, maps that share no block.
    """
    given = spec["parameters"]
    found = [_release(user, project, given, side) for side in SIDES]
    (first, before), (second, after) = found
    if before.pk == after.pk:
        text = "Choose two maps: both sides name the same release."
        raise InvalidInput(text, errors={"parameters.after": [text]})
    if before.grid != after.grid:
        text = "The two maps lie on different grids and cannot be compared pixel by pixel."
        raise InvalidInput(text, errors={"parameters.after": [text]})
    planned = transitions_planned(before.legend, after.legend)
    legend = planned.pop("legend")
    name = given.get("layer_name") or f"{_short(first, before)} → {_short(second, after)}"
    spec["grid"] = before.grid
    spec["frozen"] = {
        "compared": [str(before.pk), str(after.pk)],
        "names": [first.name, second.name],
        "numbers": [before.number, after.number],
        "transitions": planned,
        "classes": legend,
        "layer_prefix": name[:180],
        "layers": [
            {
                "role": LayerRole.CLASS,
                "class_code": None,
                "object_role": "class",
                "parameters": {"role": "class", "name": name, "legend": legend},
            }
        ],
    }
    if not comparison_blocks(spec):
        text = "The two maps have no area in common."
        raise InvalidInput(text, errors={"parameters.after": [text]})
    return spec


def comparison_blocks(spec: dict[str, Any]) -> list[tuple[int, int]]:
    """Return (ix, iy) of the blocks that both maps have, within the area when there is one."""
    before, after = (set(release_cells(release)) for release in spec["frozen"]["compared"])
    common = before & after
    if spec.get("boundary"):
        grid = Grid(**spec["grid"])
        area = geometry_to_grid(GEOSGeometry(spec["boundary"], srid=4326), grid)
        common &= set(blocks_touching(area, grid))
    return sorted(common, key=lambda cell: (cell[1], cell[0]))


def comparison_inputs(spec: dict[str, Any], ix: int, iy: int) -> list[InputRef]:
    """Return the block of each map as inputs ``before`` and ``after``."""
    rows = [release_block(release, ix, iy) for release in spec["frozen"]["compared"]]
    sizes = object_sizes([row.object_key for row in rows])
    store = store_open()
    return [
        InputRef(
            role=side,
            path=str(store.path(row.object_key)),
            sha256=row.sha256,
            size=sizes[row.object_key],
            ix=ix,
            iy=iy,
        )
        for side, row in zip(SIDES, rows, strict=True)
    ]


def _release(
    user: User, project: Project, given: dict[str, Any], side: str
) -> tuple[Layer, LayerRelease]:
    with named(f"parameters.{side}"):
        layer = layer_get(user, given[side], project=project)
        number = given.get(f"{side}_release")
        release = layer_release_get(layer, str(number) if number else None)
    if layer.role != LayerRole.CLASS:
        text = f"Layer {layer.name!r} holds {layer.role}, not classes."
        raise InvalidInput(text, errors={f"parameters.{side}": [text]})
    return layer, release


def _short(layer: Layer, release: LayerRelease) -> str:
    return f"{layer.name.removesuffix(' · Classes')} r{release.number}"
