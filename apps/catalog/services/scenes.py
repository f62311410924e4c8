"""Single scenes."""

from typing import Any

from django.db import transaction

from apps.accounts.services import audit_record
from apps.catalog.models import Scene


@transaction.atomic
def scene_include(*, scene: Scene, included: bool, user: Any) -> Scene:
    """Take a scene into, or leave it out of, selections frozen from now on."""
    scene.included = included
    scene.save(update_fields=["included"])
    audit_record(
        actor=user,
        action="scene.include" if included else "scene.exclude",
        obj=scene,
        project=scene.project,
        after={"included": included},
    )
    return scene
