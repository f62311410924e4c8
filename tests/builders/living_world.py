"""A small country that has been mapped once through the API, shared by the tests of a package.

The database is open for as long as the world lives; at its end everything is flushed.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from django.core.management import call_command
from django.test import override_settings

from apps.accounts.models import User
from apps.projects.models import Project
from tests.builders.main_job import API, Operator, percentiles
from tests.factories.identity import PASSWORD, make_member, make_organisation, make_user

ROOT = Path(__file__).resolve().parents[2]
SIZE, SEED = 256, 7
ORIGIN = [4_416_000, 2_816_000]  # of the synthetic country
GRID = {"crs": "EPSG:3035", "resolution": [10, 10], "origin": ORIGIN, "block_size": 64}
COLLECTION = "synthetic-country"
REFERENCE = Path(COLLECTION) / "items" / "reference-truth"
TILE_KEYS = {"test": bytes(range(32))}
OUTPUTS = ["class", "probability", "confidence", "data_score"]
FEATURES = percentiles(("B04", "ndvi"), ("p050", "p090"))


class Client(Operator):
    """An outside program: it has a name, a password and the key they give it."""

    def __init__(self, user: User) -> None:
        super().__init__(user)
        self.client.force_authenticate(None)
        self.user = user
        body = {"username": user.username, "password": PASSWORD}
        key = self.post("auth/token/", body, expect=200)["token"]
        self.client.credentials(HTTP_AUTHORIZATION=f"Token {key}")

    def call(self, method: str, path: str, body: Any = None, **extra: Any) -> Any:
        """Return the answer itself, whatever its status."""
        return getattr(self.client, method)(f"{API}/{path}", body, format="json", **extra)

    def problem(self, method: str, path: str, body: Any = None, **extra: Any) -> dict[str, Any]:
        """Return the problem details of a call that must fail, checked for their form."""
        answer = self.call(method, path, body, **extra)
        assert answer.status_code >= 400, answer.content[:500]
        assert answer["Content-Type"].startswith("application/problem+json")
        told = dict(answer.json())
        assert {"type", "title", "status", "detail"} <= told.keys()
        assert told["status"] == answer.status_code
        assert "Traceback" not in json.dumps(told)
        return told

    def upload(self, path: str, name: str, data: bytes, **form: Any) -> Any:
        """Post a file as multipart and return the answer."""
        from django.core.files.uploadedfile import SimpleUploadedFile

        body = {"file": SimpleUploadedFile(name, data), **form}
        return self.client.post(f"{API}/{path}", body, format="multipart")

    def samples_of(self, project: dict[str, Any], data: bytes, **form: Any) -> dict[str, Any]:
        """Import a GeoJSON into a new sample set and return the set."""
        body = {"project": project["id"], "name": "Reference", "purpose": "training"}
        made = self.post("sample-sets/", body)
        form = {"class_field": "class_id", "create_classes": "true", **form}
        answer = self.upload(f"sample-sets/{made['id']}/import/", "samples.geojson", data, **form)
        assert answer.status_code == 202, answer.content[:500]
        job = self.finish(answer.json())
        assert job["status"] == "finished", job
        return self.get(f"sample-sets/{made['id']}/")


@dataclass
class World:
    """A finished main job and everybody who may, or may not, see it."""

    country: Path
    folder: Path
    store: Path
    manager: Client
    viewer: Client
    stranger: Client
    project: dict[str, Any]
    imported: dict[str, Any] = field(default_factory=dict)
    sample_set: dict[str, Any] = field(default_factory=dict)
    feature_set: dict[str, Any] = field(default_factory=dict)
    job: dict[str, Any] = field(default_factory=dict)
    model: dict[str, Any] = field(default_factory=dict)
    layers: list[dict[str, Any]] = field(default_factory=list)

    def parameters(self, **more: Any) -> dict[str, Any]:
        """Return the parameters of a small training job."""
        ids = {"sample_set": self.sample_set["id"], "feature_set": self.feature_set["id"]}
        fast = {"n_estimators": 30}
        return {**ids, "seed": 1, "folds": {"k": 3}, "hyperparameters": fast, **more}

    @property
    def centre(self) -> dict[str, Any]:
        """A place in the middle of the map."""
        west, south, east, north = self.layers[0]["bbox"]
        return {"lon": (west + east) / 2, "lat": (south + north) / 2}


def country_make(folder: Path) -> Path:
    command = [sys.executable, "-m", "workers.kernels.make_country"]
    options = ["--size", str(SIZE), "--seed", str(SEED), "--folder", str(folder)]
    subprocess.run([*command, *options], check=True, cwd=ROOT, capture_output=True)
    return folder


@contextmanager
def world_made(folder: Path) -> Iterator[World]:
    """Yield a world below a folder; settings and tile server end with it."""
    sockets = Path(tempfile.mkdtemp(prefix="cc-"))
    store = folder / "store"
    changed = override_settings(
        CATALOG_ROOTS=[folder],
        STORAGE_URL=f"file://{store}",
        TILER_SOCKET=str(sockets / "tiler.sock"),
        TILE_TOKEN_KEYS=TILE_KEYS,
    )
    with changed, tiler_running(sockets / "tiler.sock", store, folder):
        call_command("sync_plugins", verbosity=0)
        world = world_begin(country_make(folder / "country"), folder, store)
        main_job_do(world)
        yield world
    shutil.rmtree(sockets, ignore_errors=True)


def world_begin(country: Path, folder: Path, store: Path) -> World:
    """People and an empty project with small blocks, so that this small country has sixteen."""
    manager = Client(make_user(organisation=make_organisation()))
    body = {"name": "Little country", "slug": "little-country", "reference_year": 2018}
    project = manager.post("projects/", {**body, "grid": GRID})
    row = Project.objects.get(pk=project["id"])
    return World(
        country=country,
        folder=folder,
        store=store,
        manager=manager,
        viewer=Client(make_member(row, "viewer")),
        stranger=Client(make_user()),
        project=project,
    )


def main_job_do(world: World) -> None:
    """The main job, as a program does it: catalogue, samples, features, train and map."""
    manager = world.manager
    world.imported = manager.catalogue(world.project, world.country)
    assert world.imported["status"] == "finished", world.imported
    samples = (world.country / REFERENCE / "samples.geojson").read_bytes()
    world.sample_set = manager.samples_of(world.project, samples)
    world.feature_set = manager.features(world.project, FEATURES)
    job = manager.launch(world.project, "train_and_map", world.parameters(outputs=OUTPUTS))
    world.job = manager.finish(job)
    assert world.job["status"] == "finished", world.job
    world.model = manager.get(f"model-versions/{world.job['outputs']['model_version']}/")
    world.layers = [manager.get(f"layers/{name}/") for name in world.job["outputs"]["layers"]]
    world.project = manager.get(f"projects/{world.project['id']}/")


@contextmanager
def tiler_running(path: Path, store: Path, roots: Path) -> Iterator[None]:
    """Run the tile server on a socket of its own."""
    store.mkdir(parents=True, exist_ok=True)
    environment = os.environ | {
        "STORE_ROOT": str(store),
        "TILE_TOKEN_KEYS": json.dumps({name: key.hex() for name, key in TILE_KEYS.items()}),
        "CATALOG_ROOTS": str(roots),
    }
    command = [sys.executable, "-m", "uvicorn", "workers.tiler.app:app", "--uds", str(path)]
    with (path.parent / "tiler.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT
        )
    try:
        _await_socket(path, process)
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)


def _await_socket(path: Path, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        with socket.socket(socket.AF_UNIX) as probe:
            if probe.connect_ex(str(path)) == 0:
                return
        time.sleep(0.2)
    raise AssertionError((path.parent / "tiler.log").read_text()[-2000:])


def tile(template: str, z: int, x: int, y: int) -> httpx.Response:
    """Return the tile server's answer for a place of an XYZ template."""
    from django.conf import settings

    address = template.format(z=z, x=x, y=y)
    with httpx.Client(transport=httpx.HTTPTransport(uds=settings.TILER_SOCKET)) as client:
        return client.get(f"http://tiler{address}", timeout=60)
