"""Rows → kernel request: what a block of a step needs, frozen at launch, found again here."""

import hashlib
import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.contrib.gis.geos import GEOSGeometry

from apps.catalog.models import SceneSelection
from apps.catalog.selectors import selection_by_id, selection_scene_refs
from apps.core.storage import store_open
from apps.jobs.models import Step
from apps.jobs.selectors import results_of
from apps.modelling.selectors import model_version_by_id
from apps.modelling.services import model_version_verify
from apps.orchestration.domain.sources import scenes_usable
from apps.orchestration.gateways import block_outline_4326, geometry_clipped, geometry_to_grid
from apps.orchestration.services.comparing import comparison_inputs
from apps.orchestration.services.resolving import index_specs
from apps.products.selectors import kernel_get, manifest_versions
from apps.samples.selectors import sample_set_version_by_id
from workers.contracts.assets import SceneRef
from workers.contracts.base import sha256_of
from workers.contracts.grid import BlockRef, Grid
from workers.contracts.requests import InputRef, KernelRequest


def kernel_request_build(
    *, step: Step, ix: int, iy: int, staging: str, scenes: Sequence[SceneRef] | None = None
) -> KernelRequest:
    """Return the request of one block (or of a whole step of scope ``once``).

    scenes: those of the block, when the caller has looked them up.
    """
    spec = step.run.job.spec
    wanted = step.params["inputs"]
    grid = Grid(**spec["grid"]) if spec.get("grid") else None
    parameters = dict(step.params["parameters"])
    inputs: list[InputRef] = []
    if step.scope == "layers":
        layer = parameters.pop("layers")[ix]
        parameters |= layer["parameters"]
        source = next(name for name in wanted if name.startswith("step:"))
        inputs += _step_objects(step, source[5:], role=layer["object_role"])
    for name in wanted:
        if name == "samples":
            inputs.append(_samples(spec))
        elif name == "model":
            inputs.append(_model(step, spec))
        elif name.startswith("step:") and step.scope != "layers":
            inputs += _step_objects(step, name[5:], role=None)
        elif name == "releases":
            inputs += comparison_inputs(spec, ix, iy)
        elif name == "upload":
            parameters |= _upload(spec)
        elif name == "assets":
            parameters |= _assets(step, ix)
    if scenes is None:
        scenes = _scenes(step, spec, grid, ix, iy) if "scenes" in wanted else ()
    boundary = boundary_of(spec, grid, step.scope, ix, iy) if "boundary" in wanted else None
    return KernelRequest(
        id=f"{step.pk}:{ix}:{iy}",
        kernel=step.kernel,
        parameters=parameters,
        grid=grid,
        block=BlockRef(ix=ix, iy=iy) if step.scope == "blocks" else None,
        boundary=boundary,
        scenes=tuple(scenes),
        inputs=tuple(inputs),
        seed=_seed(step.run.job.spec_sha, step.name, ix, iy),
        staging=staging,
        roots=tuple(_roots()),
    )


def fingerprint_of(request: KernelRequest, step: Step) -> str:
    """Return the identity of a block's result: everything that can change its bytes, no path."""
    scenes = [scene_identity(scene) for scene in request.scenes]
    return sha256_of(step_identity(request, step) | block_identity(request, scenes))


def step_identity(request: KernelRequest, step: Step) -> dict[str, Any]:
    """Return what the blocks of a step have in common (steps over blocks have equal inputs)."""
    kernel, code = kernel_get(request.kernel)
    told = {
        "project": str(step.run.project_id),
        "kernel": request.kernel,
        "code": code,
        "versions": manifest_versions(),
        "parameters": {k: v for k, v in request.parameters.items() if k != "path"},
        "grid": request.grid.model_dump(mode="json") if request.grid else None,
        "inputs": [[i.role, i.sha256, i.ix, i.iy] for i in request.inputs],
    }
    return told | ({"seed": request.seed} if kernel.stochastic else {})


def block_identity(request: KernelRequest, scenes: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return what a block has of its own; ``scenes``: the identities of its scenes."""
    return {
        "block": request.block.model_dump() if request.block else None,
        "boundary": request.boundary,
        "scenes": list(scenes),
    }


def scene_identity(scene: SceneRef) -> dict[str, Any]:
    """Return all a kernel is told of a scene but where its files lie and the number of its row."""
    told = scene.model_dump(mode="json", exclude={"id": True, "assets": {"__all__": {"path"}}})
    return dict(told)


def _seed(spec_sha: str, step: str, ix: int, iy: int) -> int:
    digest = hashlib.sha256(f"{spec_sha}:{step}:{ix}:{iy}".encode()).digest()
    return int.from_bytes(digest[:4], "big") >> 1


def _roots() -> list[str]:
    store = store_open()
    return [str(root) for root in settings.CATALOG_ROOTS] + [str(store.root)]


def _samples(spec: dict[str, Any]) -> InputRef:
    version = sample_set_version_by_id(spec["frozen"]["sample_set_version"])
    path = store_open().path(version.object_key)
    return InputRef(role="samples", path=str(path), sha256=version.sha256, size=version.size)


def _model(step: Step, spec: dict[str, Any]) -> InputRef:
    version_id = spec["frozen"].get("model_version") or step.run.outputs.get("model_version")
    version = model_version_by_id(version_id)
    model_version_verify(version)
    path = store_open().path(version.forest_key)
    return InputRef(
        role="forest", path=str(path), sha256=version.forest_sha256, size=version.forest_size
    )


def _step_objects(step: Step, name: str, role: str | None) -> list[InputRef]:
    store = store_open()
    return [
        InputRef(
            role=found,
            path=str(store.path(row.object_key)),
            sha256=row.sha256,
            size=row.size,
            ix=ix,
            iy=iy,
        )
        for ix, iy, objects in results_of(name, step.run)
        for found, row in sorted(objects.items())
        if role is None or found == role
    ]


def _upload(spec: dict[str, Any]) -> dict[str, Any]:
    given = spec["parameters"]
    path = store_open().path(given["upload"])
    named = {"file_name": given["file_name"], "upload": given["upload"]}  # the key is the content
    return {**given["options"], **named, "path": str(path)}


def _assets(step: Step, part: int) -> dict[str, Any]:
    """Return the rasters of one part; they may have changed, so no other run's look will do."""
    read = step.run.steps.get(name="read")
    keys = read.report["parts"]
    assets = json.loads(store_open().read_bytes(keys[part])) if keys else []
    return {"assets": assets, "run": str(step.run_id), "part": part}


def _scenes(
    step: Step, spec: dict[str, Any], grid: Grid | None, ix: int, iy: int
) -> tuple[SceneRef, ...]:
    selection = _selection(spec["frozen"]["scene_selection"])
    outline = block_outline_4326(grid, ix, iy) if grid and step.scope == "blocks" else None
    return tuple(scenes_of(selection, spec, outline))


def scenes_of(
    selection: SceneSelection, spec: dict[str, Any], outline: GEOSGeometry | None = None
) -> list[SceneRef]:
    """Return the scenes of a selection that give a feature of the specification."""
    sources = [feature["source"] for feature in spec["frozen"]["feature_set"]["features"]]
    found = selection_scene_refs(selection, geometry_4326=outline)
    return scenes_usable(found, sources, index_specs())


@lru_cache(maxsize=8)
def _selection(selection_id: str) -> SceneSelection:
    return selection_by_id(selection_id)  # frozen: safe to keep


def boundary_of(
    spec: dict[str, Any], grid: Grid | None, scope: str, ix: int, iy: int
) -> dict[str, Any] | None:
    """Return the area in grid CRS: all of it for a layer, the part near a block otherwise."""
    if grid is None or not spec.get("boundary"):
        return None
    area = _area(spec["boundary"], grid)
    if scope == "layers":
        return dict(json.loads(area.json))
    return geometry_clipped(area, grid, ix, iy)


@lru_cache(maxsize=4)
def _area(boundary: str, grid: Grid) -> GEOSGeometry:
    return geometry_to_grid(GEOSGeometry(boundary), grid)
