"""Workflows as people choose among them: what each takes, what it makes, what is missing."""

from typing import Any

from apps.orchestration.selectors import job_templates_visible_to
from apps.products.selectors import workflow_get, workflows_public

# What a step's kernel leaves behind, in the words of the chooser.
MAKES = {
    "register_model": "A model version with its accuracy on spatial folds",
    "publish_layers": "Map layers with archive files and tiles",
    "offer_table": "A table of features to download",
    "check_block": "Nothing to keep: it proves that workers run",
}
# The order in which a production needs them.
ORDER = ("train_and_map", "train_model", "predict_map", "assess_layer", "extract_samples")
TAKES = {
    "sample_set": "samples",
    "feature_set": "a feature set",
    "model_version": "a model",
    "scenes": "imagery",
    "layer": "a layer",
}


def maps_area(workflow: Any) -> bool:
    """Tell whether a workflow works on an area of the project's grid."""
    return any(step.kernel == "predict_block" for step in workflow.steps)


def trains_model(workflow: Any) -> bool:
    return any(step.kernel == "train_model" for step in workflow.steps)


def workflow_cards(user: Any, project: Any) -> list[dict[str, Any]]:
    """Return every workflow with what it takes and makes, and the project's templates of it."""
    templates: dict[str, list[Any]] = {}
    for kept in job_templates_visible_to(user).filter(project=project):
        templates.setdefault(kept.workflow, []).append(kept)
    cards = []
    for row in workflows_public():
        workflow = workflow_get(row.slug)
        properties = workflow.parameters_schema.get("properties", {})
        cards.append(
            {
                "workflow": workflow,
                "takes": [word for name, word in TAKES.items() if name in properties],
                "makes": [MAKES[s.kernel] for s in workflow.steps if s.kernel in MAKES],
                "stages": [step.title for step in workflow.steps],
                "templates": templates.get(row.slug, []),
            }
        )
    return sorted(cards, key=lambda card: _place(card["workflow"].slug))


def _place(slug: str) -> tuple[int, str]:
    return (ORDER.index(slug) if slug in ORDER else len(ORDER), slug)
