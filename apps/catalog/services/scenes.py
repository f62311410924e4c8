"""Taking scenes in and leaving them out by hand."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import transaction

from apps.accounts.services import audit_record
from apps.catalog.enums import SceneKind
from apps.catalog.models import Scene
from apps.core.errors import InvalidInput, NotFound

MAX_SCENES = 2_000
MAX_REASON = 300


@transaction.atomic
def scene_include(*, scene: Scene, included: bool, user: Any, reason: str = "") -> Scene:
    """Take a scene into, or leave it out of, selections frozen from now on."""
    (scene,) = _change([scene], included=included, reason=reason, user=user)
    return scene


@transaction.atomic
def scenes_include(
    *, project: Any, scenes: Iterable[UUID | str], included: bool, reason: str = "", user: Any
) -> list[dict[str, Any]]:
    """Do the same for many scenes of a project at once, all or none.

    Returns the former state of those that changed ({id, included, reason}), for an undo.
    Raises NotFound when one is not the project's, InvalidInput for too many.
    """
    wanted = {str(pk) for pk in scenes}
    if len(wanted) > MAX_SCENES:
        text = f"At most {MAX_SCENES:,} scenes at once; {len(wanted):,} were given."
        raise InvalidInput(text, errors={"scenes": [text]})
    rows = list(
        Scene.objects.select_for_update(of=("self",))
        .select_related("project")
        .filter(project=project, kind=SceneKind.SCENE, pk__in=wanted)
    )
    if len(rows) != len(wanted):
        raise NotFound(f"{len(wanted) - len(rows)} of the scenes are not in this project.")
    changing = [
        row for row in rows if row.included != included or row.excluded_reason != reason.strip()
    ]
    before = [
        {"id": str(row.pk), "included": row.included, "reason": row.excluded_reason}
        for row in changing
    ]
    _change(changing, included=included, reason=reason, user=user)
    return before


def _change(scenes: list[Scene], *, included: bool, reason: str, user: Any) -> list[Scene]:
    text = "" if included else reason.strip()
    if len(text) > MAX_REASON:
        problem = f"At most {MAX_REASON} characters."
        raise InvalidInput("The reason is too long.", errors={"reason": [problem]})
    for scene in scenes:
        before = {"included": scene.included, "reason": scene.excluded_reason}
        scene.included, scene.excluded_reason = included, text
        audit_record(
            actor=user,
            action="scene.include" if included else "scene.exclude",
            obj=scene,
            project=scene.project,
            before=before,
            after={"included": included, "reason": text},
        )
    Scene.objects.bulk_update(scenes, ["included", "excluded_reason"], batch_size=500)
    return scenes
