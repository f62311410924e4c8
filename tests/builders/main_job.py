"""The main job by API, as an outside client does it; compute runs in this process's worker."""

import json
from pathlib import Path
from typing import Any

from rest_framework.test import APIClient

from apps.orchestration.services.drain import drain_local

API = "/api/v1"
DONE = {"finished", "finished_with_errors", "error", "canceled"}


class Operator:
    """A producer with an API client; ``drain`` does what the running workers would do."""

    def __init__(self, user: Any) -> None:
        self.client = APIClient()
        self.client.force_authenticate(user)

    def post(self, path: str, body: Any, expect: int = 201, **extra: Any) -> dict[str, Any]:
        answer = self.client.post(f"{API}/{path}", body, format="json", **extra)
        assert answer.status_code == expect, (answer.status_code, answer.content[:2000])
        return dict(answer.json())

    def get(self, path: str, expect: int = 200, **query: Any) -> dict[str, Any]:
        answer = self.client.get(f"{API}/{path}", query)
        assert answer.status_code == expect, (answer.status_code, answer.content[:2000])
        return dict(answer.json())

    def finish(self, job: dict[str, Any]) -> dict[str, Any]:
        """Work until the job has ended and return it."""
        for _ in range(50):
            job = self.get(f"jobs/{job['id']}/")
            if job["status"] in DONE:
                return job
            drain_local(until_idle=True)
        raise AssertionError(f"job did not end: {json.dumps(job)[:2000]}")

    def project(self, slug: str, grid: Any = "native") -> dict[str, Any]:
        body = {"slug": slug, "name": slug.title()} | ({"grid": grid} if grid else {})
        return self.post("projects/", body)

    def catalogue(self, project: dict[str, Any], href: Path) -> dict[str, Any]:
        job = self.post(
            "catalog/imports/", {"project": project["id"], "href": str(href)}, expect=202
        )
        return self.finish(job)

    def samples(self, project: dict[str, Any], file: Path, **form: Any) -> dict[str, Any]:
        """Import a file into a new sample set and return the set."""
        sample_set = self.post(
            "sample-sets/",
            {"project": project["id"], "name": file.parent.name, "purpose": "training"},
        )
        with file.open("rb") as stream:
            answer = self.client.post(
                f"{API}/sample-sets/{sample_set['id']}/import/",
                {"file": stream, **form},
                format="multipart",
            )
        assert answer.status_code == 202, answer.content[:2000]
        job = self.finish(answer.json())
        assert job["status"] == "finished", job
        return self.get(f"sample-sets/{sample_set['id']}/")

    def features(self, project: dict[str, Any], features: list[dict[str, Any]]) -> dict[str, Any]:
        return self.post(
            "feature-sets/",
            {"project": project["id"], "name": "Features", "features": features},
        )

    def launch(
        self, project: dict[str, Any], workflow: str, parameters: dict[str, Any], **extra: Any
    ) -> dict[str, Any]:
        body = {"project": project["id"], "workflow": workflow, "parameters": parameters, **extra}
        return self.post("jobs/", body)


def percentiles(sources: tuple[str, ...], statistics: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return one feature a source and statistic over the whole selection."""
    return [
        {"name": f"{source}_{statistic}", "source": source, "statistic": statistic}
        for source in sources
        for statistic in statistics
    ]


def monthly(source: str, statistic: str = "p050") -> list[dict[str, Any]]:
    """Return one feature a month of any year."""
    days = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    return [
        {
            "name": f"{source}_{month:02d}_{statistic}",
            "source": source,
            "statistic": statistic,
            "window": f"{month:02d}-01/{month:02d}-{last:02d}",
        }
        for month, last in enumerate(days, start=1)
    ]
