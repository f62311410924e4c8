"""Freezing the imagery of a model or a map."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from apps.accounts.services import audit_record
from apps.aois.domain import bbox_read
from apps.catalog.enums import SceneKind
from apps.catalog.models import Asset, Scene, SceneSelection, SceneSelectionItem
from apps.catalog.selectors import collections_check, scenes_filter, scenes_spec
from apps.core.errors import InvalidInput
from workers.contracts.base import sha256_of
from workers.contracts.parameters import ScenesSpec


@transaction.atomic
def scene_selection_freeze(
    *,
    project: Any,
    spec: Any,
    aoi: Any = None,
    user: Any = None,
    name: str = "",
    narrowing: Mapping[str, Any] | None = None,
) -> SceneSelection:
    """Freeze the scenes that fit a search; the same search of the same scenes gives the same row.

    ``spec``: ``{collections, datetime, cloud_cover_max}``, absent fields restrict nothing.
    ``narrowing``: ``{sensor, text, bbox, scenes}`` beside it, as the catalogue's screen searches.
    Excluded scenes stay out. Raises InvalidInput for an unknown collection, a period that cannot
    be read, or no scene left; the message counts what each filter removed.
    """
    wanted = scenes_spec(spec)
    if wanted.collections:
        collections_check(project, wanted.collections)
    more = {key: value for key, value in (narrowing or {}).items() if value}
    scenes = _narrowed(project, wanted, aoi, more).order_by("datetime", "item_id", "id")
    chosen = list(scenes.values_list("pk", "item_id", "item_sha"))
    if not chosen:
        raise _nothing(project, wanted, aoi, more)
    checksum = _checksum(wanted, aoi, chosen, more)
    selection, fresh = SceneSelection.objects.get_or_create(
        project=project,
        checksum=checksum,
        defaults={
            "name": name.strip(),
            "narrowing": more,
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
    elif name.strip() and selection.name != name.strip():
        selection.name = name.strip()
        selection.save(update_fields=["name"])
    return selection


def selection_checksum_now(selection: SceneSelection) -> str:
    """Return the checksum of a selection's scenes as they are now.

    It differs from ``selection.checksum`` when a later import changed one of them.
    """
    scenes = Scene.objects.filter(selections=selection).order_by("datetime", "item_id", "id")
    chosen = list(scenes.values_list("pk", "item_id", "item_sha"))
    return _checksum(scenes_spec(selection.spec), selection.aoi, chosen, selection.narrowing)


def _narrowed(project: Any, wanted: ScenesSpec, aoi: Any, more: Mapping[str, Any]) -> Any:
    return scenes_filter(
        _picked(_included(project), more),
        collections=wanted.collections,
        datetime=wanted.datetime,
        cloud_cover_max=wanted.cloud_cover_max,
        geometry=aoi.geometry if aoi is not None else None,
    )


def _picked(scenes: Any, more: Mapping[str, Any]) -> Any:
    """Apply the filters that no workflow has."""
    if "scenes" in more:
        scenes = scenes.filter(pk__in=more["scenes"])
    return scenes_filter(
        scenes,
        sensor=more.get("sensor", ""),
        text=more.get("text", ""),
        geometry=bbox_read(more["bbox"]) if "bbox" in more else None,
    )


def _included(project: Any) -> Any:
    return Scene.objects.filter(
        project=project, kind=SceneKind.SCENE, included=True, datetime__isnull=False
    )


def _checksum(
    wanted: ScenesSpec,
    aoi: Any,
    chosen: list[tuple[Any, str, str]],
    more: Mapping[str, Any],
) -> str:
    versions = Asset.objects.filter(scene__in=[pk for pk, _, _ in chosen]).order_by("scene", "key")
    narrowed = {"narrowing": dict(more)} if more else {}
    return sha256_of(
        narrowed
        | {
            "spec": wanted.model_dump(mode="json", exclude_none=True),
            "aoi": [str(aoi.pk), aoi.revision] if aoi is not None else None,
            "scenes": [[str(pk), item_sha] for pk, _, item_sha in chosen],
            "assets": [list(row) for row in versions.values_list("path", "band", "version")],
        }
    )


def _nothing(project: Any, wanted: ScenesSpec, aoi: Any, more: Mapping[str, Any]) -> InvalidInput:
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
    for key in more:
        before, left = left.count(), _picked(left, {key: more[key]})
        parts.append(f"{left.count()} by {key}")
        if before and not left.count():
            culprit = key
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
