"""The whole system in a folder of its own: database, broker, web, workers, tiler."""

import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import httpx

ROOT = Path(__file__).resolve().parent.parent.parent
FOREIGN = (
    "DATABASE_URL", "REDIS_URL", "STORAGE_URL", "TILER_SOCKET", "DJANGO_SETTINGS_MODULE",
    "TEST_DATABASE",
)  # fmt: skip
READY_SECONDS = 180
JOB_SECONDS = 600
ENDS = {"finished", "finished_with_errors", "error", "canceled"}
USER, VIEWER, PASSWORD = "producer-e2e", "viewer-e2e", "a long enough secret"
MAKE_USER = f"""
from apps.accounts.services import organisation_ensure, user_create
home = organisation_ensure(slug="e2e", name="End to end")
for name in ("{USER}", "{VIEWER}"):
    user_create(username=name, password="{PASSWORD}", organisation=home)
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class System:
    """A running installation without demo data."""

    demo: ClassVar[str] = "0"
    folder: Path
    data_root: Path
    process: subprocess.Popen[bytes] | None = None
    base: str = ""

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
        own = {"VAR_DIR": str(self.folder), "CATALOG_ROOTS": str(self.data_root), "DEMO": self.demo}
        return {**kept, **own}

    def supervisor(self, *arguments: str, **more: Any) -> list[str]:
        return [sys.executable, "-m", "controlcenter.supervisor", *arguments]

    def start(self) -> None:
        port = free_port()
        self.base = f"http://127.0.0.1:{port}"
        self.folder.mkdir(parents=True, exist_ok=True)
        log = (self.folder / "supervisor.log").open("wb")
        self.process = subprocess.Popen(
            self.supervisor("up"),
            cwd=ROOT,
            env={**self.environment, "PORT": str(port)},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        self._wait_until_ready()
        self.supervise("services", "--", sys.executable, "manage.py", "shell", "-c", MAKE_USER)

    def stop(self) -> None:
        if self.process is None:
            return
        self.process.terminate()
        self.process.wait(timeout=120)
        self.supervise("clean")

    def supervise(self, *arguments: str) -> None:
        subprocess.run(
            self.supervisor(*arguments), cwd=ROOT, env=self.environment, check=True, timeout=120
        )

    def _wait_until_ready(self) -> None:
        assert self.process is not None
        limit = time.monotonic() + READY_SECONDS
        while time.monotonic() < limit:
            if self.process.poll() is not None:
                raise AssertionError(f"the supervisor ended at once:\n{self.log_tail()}")
            try:
                if httpx.get(f"{self.base}/readyz", timeout=5).status_code == httpx.codes.OK:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.5)
        raise AssertionError(f"not ready after {READY_SECONDS} s:\n{self.log_tail()}")

    def log_tail(self) -> str:
        text = (self.folder / "supervisor.log").read_text(errors="replace")
        return "\n".join(text.splitlines()[-40:])

    def client(self) -> "Client":
        return Client(self.base)


class DemoSystem(System):
    """A running installation whose demo project has its map."""

    demo = "1"

    def start(self) -> None:
        super().start()
        client = httpx.Client(base_url=self.base, timeout=60)
        body = {"username": "manager", "password": "demo"}
        key = client.post("/api/v1/auth/token/", json=body).raise_for_status().json()["token"]
        headers = {"Authorization": f"Token {key}"}
        limit = time.monotonic() + JOB_SECONDS
        while time.monotonic() < limit:
            jobs = client.get("/api/v1/jobs/", headers=headers).raise_for_status().json()["results"]
            done = {row["workflow"] for row in jobs if row["status"] in ENDS}
            if "train_and_map" in done:
                return
            time.sleep(2)
        raise AssertionError(f"the demo has no map after {JOB_SECONDS} s:\n{self.log_tail()}")


class Client:
    """An outside program: a token and the API as its description says."""

    def __init__(self, base: str) -> None:
        self.http = httpx.Client(base_url=f"{base}/api/v1", timeout=60)
        key = self.post("auth/token/", {"username": USER, "password": PASSWORD}, expect=None)
        self.http.headers["Authorization"] = f"Token {key['token']}"

    def post(self, path: str, body: Any = None, *, expect: int | None = 201, **more: Any) -> Any:
        given = {"json": body} if body is not None else {}
        answer = self.http.post(f"/{path}", **given, **more)
        assert answer.is_success, (path, answer.status_code, answer.text[:2000])
        assert expect is None or answer.status_code == expect, (path, answer.status_code)
        return answer.json()

    def get(self, path: str, **query: Any) -> Any:
        answer = self.http.get(f"/{path}", params=query)
        assert answer.is_success, (path, answer.status_code, answer.text[:2000])
        return answer.json()

    def finished(self, job: dict[str, Any]) -> dict[str, Any]:
        """Wait for a job's end and return it; anything but ``finished`` fails."""
        limit = time.monotonic() + JOB_SECONDS
        while time.monotonic() < limit:
            job = self.get(f"jobs/{job['id']}/")
            if job["status"] in ENDS:
                assert job["status"] == "finished", (job["status"], job["error"], job["warnings"])
                return job
            time.sleep(0.5)
        raise AssertionError(f"job {job['id']} is {job['status']} after {JOB_SECONDS} s")


@dataclass(frozen=True)
class MainJob:
    """What the Romanian project holds after its first job."""

    slug: str
    project: dict[str, Any]
    job: dict[str, Any]
    layer: dict[str, Any]


SOURCES = ("B03", "B04", "B08", "ndvi")


def romania(system: System) -> MainJob:
    """Do the main job by API: catalogue, samples, features, model, map."""
    client = system.client()
    root = system.data_root / "romania-s2-hrl"
    project = client.post(
        "projects/", {"slug": "romania", "name": "Romania, forest 2018", "grid": "native"}
    )
    imported = client.post(
        "catalog/imports/", {"project": project["id"], "href": str(root)}, expect=202
    )
    client.finished(imported)
    sample_set = client.post(
        "sample-sets/", {"project": project["id"], "name": "HRL points", "purpose": "training"}
    )
    labels = root / "items" / "reference-hrl-tcd-2018" / "labels.gpkg"
    with labels.open("rb") as stream:
        imported = client.post(
            f"sample-sets/{sample_set['id']}/import/",
            expect=202,
            files={"file": (labels.name, stream)},
            data={"layer": "points", "class_field": "class_name", "create_classes": "true"},
        )
    client.finished(imported)
    features = [
        {"name": f"{source}_{statistic}", "source": source, "statistic": statistic}
        for source in SOURCES
        for statistic in ("p010", "p050", "p090")
    ]
    feature_set = client.post(
        "feature-sets/", {"project": project["id"], "name": "Percentiles", "features": features}
    )
    parameters = {
        "sample_set": sample_set["id"],
        "feature_set": feature_set["id"],
        "scenes": {"datetime": "2018-01-01/2018-12-31"},
        "outputs": ["class", "confidence"],
        "seed": 7,
    }
    body = {"project": project["id"], "workflow": "train_and_map", "parameters": parameters}
    job = client.finished(client.post("jobs/", body))
    layer = client.get(f"layers/{job['outputs']['layers'][0]}/")
    return MainJob(slug="romania", project=project, job=job, layer=layer)
