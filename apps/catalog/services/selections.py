"""Freezing the imagery of a model or a map."""

from typing import Any

from django.db import transaction

from apps.accounts.services import audit_record
from apps.catalog.enums import SceneKind
from apps.catalog.models import Asset, Scene, SceneSelection, SceneSelectionItem
from apps.catalog.selectors import collections_check, scenes_filter, scenes_spec
from apps.core.errors import InvalidInput
from workers.contracts.base import sha256_of
from workers.contracts.parameters import ScenesSpec


@transaction.atomic
def scene_selection_freeze(
    *, project: Any, spec: Any, aoi: Any = None, user: Any = None
) -> SceneSelection:
    """Freeze the scenes that fit a search; the same search of the same scenes gives the same row.

    ``spec``: ``{collections, datetime, cloud_cover_max}``, absent fields restrict nothing.
    Excluded scenes stay out. Raises InvalidInput for an unknown collection, a period that cannot
    be read, or no scene left; the message counts what each filter removed.
    """
    wanted = scenes_spec(spec)
    if wanted.collections:
        collections_check(project, wanted.collections)
    scenes = _narrowed(project, wanted, aoi).order_by("datetime", "item_id", "id")
    chosen = list(scenes.values_list("pk", "item_id", "item_sha"))
    if not chosen:
        raise _nothing(project, wanted, aoi)
    checksum = _checksum(wanted, aoi, chosen)
    selection, fresh = SceneSelection.objects.get_or_create(
        project=project,
        checksum=checksum,
        defaults={
            "spec": wanted.model_dump(mode="json", exclude_none=True),
            "aoi": aoi,
            "count": len(chosen),
            "created_by": user if getattr(user, "pk", None) else None,
        },
    )
    if fresh:
        SceneSelectionItem.objects.bulk_create(
            [
                SceneSelectionItem(selection=selection, scene_id=pk, position=position)
                for position, (pk, _, _) in enumerate(chosen)
            ],
            batch_size=5_000,
        )
        audit_record(
            actor=user,
            action="scene_selection.freeze",
            obj=selection,
            project=project,
            after={"checksum": checksum, "count": len(chosen)},
        )
    return selection


def selection_checksum_now(selection: SceneSelection) -> str:
    """Return the checksum of a selection's scenes as they are now.

    It differs from ``selection.checksum`` when a later import changed one of them.
    """
    scenes = Scene.objects.filter(selections=selection).order_by("datetime", "item_id", "id")
    chosen = list(scenes.values_list("pk", "item_id", "item_sha"))
    return _checksum(scenes_spec(selection.spec), selection.aoi, chosen)


def _narrowed(project: Any, wanted: ScenesSpec, aoi: Any) -> Any:
    return scenes_filter(
        _included(project),
        collections=wanted.collections,
        datetime=wanted.datetime,
        cloud_cover_max=wanted.cloud_cover_max,
        geometry=aoi.geometry if aoi is not None else None,
    )


def _included(project: Any) -> Any:
    return Scene.objects.filter(
        project=project, kind=SceneKind.SCENE, included=True, datetime__isnull=False
    )


def _checksum(wanted: ScenesSpec, aoi: Any, chosen: list[tuple[Any, str, str]]) -> str:
    versions = Asset.objects.filter(scene__in=[pk for pk, _, _ in chosen]).order_by("scene", "key")
    return sha256_of(
        {
            "spec": wanted.model_dump(mode="json", exclude_none=True),
            "aoi": [str(aoi.pk), aoi.revision] if aoi is not None else None,
            "scenes": [[str(pk), item_sha] for pk, _, item_sha in chosen],
            "assets": [list(row) for row in versions.values_list("path", "band", "version")],
        }
    )


def _nothing(project: Any, wanted: ScenesSpec, aoi: Any) -> InvalidInput:
    """Explain an empty selection: how many scenes there are, and which filter removed the rest."""
    left = _included(project)
    parts = [f"the project has {left.count()} included scenes"]
    filters: list[tuple[str, str, dict[str, Any]]] = []
    if wanted.collections:
        named = ", ".join(wanted.collections)
        filters.append(("collections", f"in {named}", {"collections": wanted.collections}))
    if wanted.datetime:
        filters.append(("datetime", f"in {wanted.datetime}", {"datetime": wanted.datetime}))
    if wanted.cloud_cover_max is not None:
        text = f"with at most {wanted.cloud_cover_max:g} % cloud"
        filters.append(("cloud_cover_max", text, {"cloud_cover_max": wanted.cloud_cover_max}))
    if aoi is not None:
        filters.append(
            ("aoi", f"over the area of interest {aoi.name!r}", {"geometry": aoi.geometry})
        )
    culprit = "scenes"
    for field, text, arguments in filters:
        before = left.count()
        left = scenes_filter(left, **arguments)
        count = left.count()
        parts.append(f"{count} {text}")
        if before and not count:
            culprit = field
    message = f"No scene fits: {'; '.join(parts)}."
    advice = (
        "Import a catalogue first." if culprit == "scenes" else f"Widen {culprit} or leave it out."
    )
    return InvalidInput(message, advice=advice, errors={culprit: [message]})
