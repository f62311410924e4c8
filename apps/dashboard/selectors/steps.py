"""The main job as steps: what is done, what runs, what comes next."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from apps.dashboard.domain.board import StepState, steps_of

STEPS = ("scenes", "areas", "samples", "features", "map")
OPTIONAL = ("areas",)
WORKFLOWS = {
    "import_catalog": "scenes",
    "import_aois": "areas",
    "import_samples": "samples",
    "train_model": "map",
    "train_and_map": "map",
    "predict_map": "map",
}


@dataclass(frozen=True)
class BoardStep:
    """One step with its words and where it is done."""

    state: StepState
    title: str
    text: str
    url: str
    action: str


def board_steps(
    project: Any, counts: dict[str, int], workflows_running: Collection[str]
) -> list[BoardStep]:
    """Return the steps from imagery to map with the state of each."""
    done = [
        ("scenes", counts["scenes"] > 0),
        ("areas", counts["aois"] > 0),
        ("samples", counts["samples"] > 0),
        ("features", counts["feature_sets"] > 0),
        ("map", counts["layers"] > 0),
    ]
    running = {WORKFLOWS[slug] for slug in workflows_running if slug in WORKFLOWS}
    return [_step(project, row, counts) for row in steps_of(done, running, OPTIONAL)]


def _step(project: Any, row: StepState, counts: dict[str, int]) -> BoardStep:
    title, todo, ready, name, more, action = _words(counts)[row.key]
    url = reverse(f"dashboard:{name}", args=[project.slug, *more])
    return BoardStep(row, title, ready if row.state == "done" else todo, url, action)


def _words(counts: dict[str, int]) -> dict[str, tuple[str, str, str, str, tuple[str, ...], str]]:
    return {
        "scenes": (
            "Import a catalogue",
            "Scenes come from a STAC catalogue; the first one also gives a native grid.",
            f"{counts['scenes']:,} scenes in the catalogue.",
            "scenes",
            (),
            "Import a catalogue",
        ),
        "areas": (
            "Say where",
            "Draw, upload or pick areas of interest. Without one, all imagery is mapped.",
            f"{counts['aois']:,} areas of interest.",
            "areas",
            (),
            "Add an area",
        ),
        "samples": (
            "Bring samples",
            "Labelled points or polygons teach the model what is where.",
            f"{counts['samples']:,} samples in {counts['sample_sets']:,} sets.",
            "samples",
            (),
            "Import samples",
        ),
        "features": (
            "Choose features",
            "Say which statistics of which bands a model sees.",
            f"{counts['feature_sets']:,} feature sets.",
            "features",
            (),
            "Choose features",
        ),
        "map": (
            "Launch",
            "Train a model and map with it; blocks appear while the job runs.",
            f"{counts['layers']:,} layers are published.",
            "launch",
            ("train_and_map",),
            "Train and map",
        ),
    }
