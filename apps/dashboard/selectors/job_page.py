"""Everything the page of one job shows, from sums: never from one row a block."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import timezone

from apps.catalog.selectors import scenes_of_selection
from apps.core.enums import Role
from apps.core.errors import NotFound
from apps.core.policy import role_covers
from apps.dashboard.domain.figures import amount, bytes_text, duration_text
from apps.dashboard.domain.status import PAUSE_WORDS, STEP_BADGES, UNKNOWN, Badge, job_actions
from apps.dashboard.selectors.jobs import JobRow, Titles, row_of
from apps.jobs.selectors import (
    job_visible_to,
    run_counters,
    run_numbered,
    run_progress,
    run_report,
    run_throughput,
)
from apps.layers.selectors import layers_of_job
from apps.projects.selectors import projects_visible_to

MAX_SCENES = 24
COMPARED = {
    "core_seconds": ("Computing", duration_text),
    "bytes_read": ("Bytes read", bytes_text),
    "storage_bytes": ("Storage", bytes_text),
    "elapsed": ("Elapsed", duration_text),
}


@dataclass(frozen=True)
class Stage:
    title: str
    badge: Badge
    note: str
    current: bool
    width: float


@dataclass(frozen=True)
class ComparedRow:
    title: str
    predicted: str
    so_far: str
    at_end: str
    difference: str
    notable: bool


@dataclass(frozen=True)
class JobView:
    """The page of one attempt of a job."""

    row: JobRow
    run: Any
    attempts: Sequence[Any]
    latest: bool
    actions: tuple[str, ...]
    may_act: bool
    pause_words: str
    stages: list[Stage]
    steps: list[dict[str, Any]]
    warnings: list[str]
    error: dict[str, Any] | None
    failures: list[dict[str, Any]]
    comparison: list[ComparedRow]
    throughput: dict[str, Any] | None
    layers: list[Any]
    model_version: str | None
    assessment: str | None
    launchable: bool
    inputs: list[tuple[str, str]]


def job_of(user: Any, job_id: Any) -> Any:
    """Return a job of the caller's projects or raise NotFound; its project knows the role."""
    try:
        key = UUID(str(job_id))
    except ValueError as exc:
        raise NotFound("There is no such job.") from exc
    job = job_visible_to(user).select_related("created_by").filter(pk=key).first()
    if job is None:
        raise NotFound(f"There is no job {key}.")
    job.project = projects_visible_to(user).get(pk=job.project_id)
    return job


def job_view(job: Any, attempt: str = "") -> JobView:
    """Return what the page of an attempt shows (the latest when none is named)."""
    run = run_numbered(job, attempt)
    runs = sorted(job.runs.all(), key=lambda row: -row.number)
    latest = run.pk == runs[0].pk
    titles = Titles()
    row = row_of(job, titles, run)
    may_act = role_covers(job.project.caller_role, Role.PRODUCER)
    report = run_report(job, run)
    outputs = run.outputs or {}
    return JobView(
        row=row,
        run=run,
        attempts=[_attempt(job, titles, one) for one in runs],
        latest=latest,
        actions=job_actions(row.status) if may_act and latest else (),
        may_act=may_act,
        pause_words=_waiting_words(run, row.status),
        stages=[_stage(stage) for stage in report["stages"]],
        steps=report["stages"],
        warnings=[str(line) for line in run.warnings or ()],
        error=run.error or None,
        failures=report["failures"],
        comparison=[_compared(line) for line in report["comparison"]],
        throughput=_curve(run_throughput(run)),
        layers=layers_of_job(job.pk),
        model_version=outputs.get("model_version"),
        assessment=outputs.get("assessment"),
        launchable=may_act and titles.is_public(job.workflow),
        inputs=_inputs(job, run),
    )


def job_data(job: Any, view: JobView) -> dict[str, Any]:
    """Return what the page's script needs to begin with."""
    return {
        "id": view.row.id,
        "run": view.run.number,
        "latest": view.latest,
        "status": view.row.status,
        "progress": run_progress(view.run),
        "counters": run_counters(view.run),
        "may_act": view.may_act,
        "scenes": _scenes(job),
    }


def _attempt(job: Any, titles: Titles, run: Any) -> dict[str, Any]:
    return {"run": run, "row": row_of(job, titles, run), "counters": run_counters(run)}


def _waiting_words(run: Any, status: str) -> str:
    if status == "paused":
        return PAUSE_WORDS.get(run.pause_reason, "")
    asked = run.wanted == "pause" and not run.is_terminal
    return "Pausing: workers stop at the end of their block." if asked else ""


def _stage(step: dict[str, Any]) -> Stage:
    current = step["state"] in ("running", "closing")
    note = ""
    if step["started_at"] and step["ended_at"]:
        note = duration_text((step["ended_at"] - step["started_at"]).total_seconds())
    elif current and step["blocks"] > 1:
        note = f"{step['settled']:,} of {step['blocks']:,}"
    elif current and step["started_at"]:
        note = duration_text((timezone.now() - step["started_at"]).total_seconds())
    elif step["blocks"] > 1:
        note = f"{step['blocks']:,} blocks"
    return Stage(
        title=step["title"],
        badge=STEP_BADGES.get(step["state"], UNKNOWN),
        note=note,
        current=current,
        width=round(100 * step["settled"] / max(1, step["blocks"]), 1),
    )


def _compared(line: dict[str, Any]) -> ComparedRow:
    title, write = COMPARED[line["name"]]
    difference = line["difference"]
    return ComparedRow(
        title=title,
        predicted=write(line["predicted"]),
        so_far=write(line["so_far"]),
        at_end=write(line["at_end"]),
        difference="–" if difference is None else f"{100 * difference:+.0f} %".replace("-", "−"),
        notable=line["notable"],
    )


def _curve(found: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return the throughput as the points of a line in a box of 100 × 40."""
    if found is None:
        return None
    rates = found["rates"]
    top = max(*rates, 1e-9)
    step = 100 / max(1, len(rates) - 1)
    points = [f"{n * step:.2f},{40 - 38 * rate / top:.2f}" for n, rate in enumerate(rates)]
    return {
        "line": " ".join(points),
        "area": f"0,40 {' '.join(points)} 100,40",
        "top": amount(top),
        "begin": found["begin"],
        "end": found["end"],
    }


def _inputs(job: Any, run: Any) -> list[tuple[str, str]]:
    frozen = job.spec.get("frozen") or {}
    grid = job.spec.get("grid") or {}
    version = frozen.get("model_version") or (run.outputs or {}).get("model_version")
    features = frozen.get("feature_set") or {}
    rows = [
        ("Job", str(job.pk)),
        ("Attempt", f"{run.number} ({run.pk})"),
        ("Workflow", f"{job.workflow} {job.spec.get('workflow_version', '')}".strip()),
        ("Specification", job.spec_sha),
        ("Scene selection", frozen.get("scene_selection")),
        ("Sample set version", frozen.get("sample_set_version")),
        ("Feature set", features.get("hash") or features.get("id")),
        ("Model version", version),
        ("Grid", _grid(grid)),
        ("Code", run.code_version),
    ]
    return [(name, str(value)) for name, value in rows if value]


def _grid(grid: dict[str, Any]) -> str:
    if not grid:
        return ""
    crs = str(grid["crs"])
    name = crs if len(crs) < 40 else crs[:40] + "…"
    return f"{name}, {grid['resolution'][0]:g} × {grid['resolution'][1]:g}, {grid['block_size']} px"


def _scenes(job: Any) -> list[dict[str, Any]]:
    """Return scenes of the job that can lie under the blocks, the clearest first."""
    selection = (job.spec.get("frozen") or {}).get("scene_selection")
    if not selection:
        return []
    scenes = scenes_of_selection(selection).order_by("cloud_cover", "datetime")[:MAX_SCENES]
    return [
        {
            "id": str(scene.pk),
            "name": f"{scene.datetime:%d %b %Y}"
            + (f", {scene.cloud_cover:.0f} % cloud" if scene.cloud_cover is not None else ""),
        }
        for scene in scenes
    ]
