"""Model versions: registered by a training run, signed, promoted or retired by people."""

from collections.abc import Mapping
from typing import Any, Protocol

from django.conf import settings
from django.db import transaction
from django.utils.text import slugify

from apps.accounts.services import audit_record
from apps.core.errors import Conflict, InvalidInput
from apps.modelling.domain import model_signature, model_signature_first, signatures_equal
from apps.modelling.enums import ModelStatus
from apps.modelling.models import FeatureSet, MapModel, ModelVersion


class ResultFile(Protocol):
    """A published file of a run (``jobs.ResultObject``)."""

    sha256: str
    size: int
    object_key: str


@transaction.atomic
def model_version_register(
    *,
    project: Any,
    run: Any,
    report: Mapping[str, Any],
    objects: Mapping[str, ResultFile],
    feature_set: FeatureSet,
    sample_set_version: Any,
    scene_selection: Any,
    classifier: str,
    hyperparameters: Mapping[str, Any],
    seed: int,
    name: str,
    season: str | None = None,
) -> ModelVersion:
    """Write the next version of a model line (made when missing) from a training report.

    ``objects``: published files by role, ``forest`` and perhaps ``native``. ``report``: that of
    the kernel ``train_model``; the settings it resolved win over ``hyperparameters``.
    """
    line = _line_locked(project, name)
    forest, native = objects["forest"], objects.get("native")
    last = line.versions.order_by("-number").values_list("number", flat=True).first()
    row = ModelVersion(
        project=project,
        map_model=line,
        number=(last or 0) + 1,
        classifier=classifier,
        hyperparameters=dict(report.get("hyperparameters") or hyperparameters),
        feature_set=feature_set,
        sample_set_version=sample_set_version,
        scene_selection=scene_selection,
        run=run,
        classes=list(report["classes"]),
        season=season,
        seed=seed,
        folds=dict(report["folds"]),
        metrics=dict(report["metrics"]),
        feature_importance=list(report["feature_importance"]),
        card=_card(report, objects),
        forest_key=forest.object_key,
        forest_sha256=forest.sha256,
        forest_size=forest.size,
        sha256=forest.sha256,
    )
    if native is not None:
        row.native_key, row.native_sha256 = native.object_key, native.sha256
        row.native_size = native.size
    row.hmac = _signature(row)
    row.save(force_insert=True)
    audit_record(
        actor=getattr(getattr(run, "job", None), "created_by", None),
        action="model_version.register",
        obj=row,
        project=project,
        after={"sha256": row.sha256, "number": row.number},
    )
    return row


def model_version_verify(row: ModelVersion) -> None:
    """Check the signature before a version is used.

    Raises:
        Conflict: the row, its feature set or its hash was changed after training.
    """
    signed = any(signatures_equal(row.hmac, known) for known in (_signature(row), _first_form(row)))
    if row.sha256 != row.forest_sha256 or not signed:
        raise Conflict(
            f"The signature of the model {row} does not fit its forest, feature set, classes and "
            "season: the record was changed after training.",
            advice="Train the model again; do not use this version.",
        )


@transaction.atomic
def model_version_promote(row: ModelVersion, *, user: Any) -> ModelVersion:
    """Make a version the one in use of its line and region; the former one is retired."""
    MapModel.objects.select_for_update().get(pk=row.map_model_id)
    row = ModelVersion.objects.select_for_update(of=("self",)).get(pk=row.pk)
    model_version_verify(row)
    former = row.map_model.versions.filter(status=ModelStatus.PROMOTED, region=row.region_id)
    for other in former.exclude(pk=row.pk):
        _status_write(other, ModelStatus.RETIRED, user)
    return _status_write(row, ModelStatus.PROMOTED, user)


@transaction.atomic
def model_version_status_set(row: ModelVersion, *, status: str, user: Any) -> ModelVersion:
    """Set candidate or retired; ``promoted`` is ``model_version_promote``."""
    if status not in ModelStatus.values:
        text = f"{status!r} is no status; choose {', '.join(ModelStatus.values)}."
        raise InvalidInput(text, errors={"status": [text]})
    if status == ModelStatus.PROMOTED:
        return model_version_promote(row, user=user)
    row = ModelVersion.objects.select_for_update(of=("self",)).get(pk=row.pk)
    return _status_write(row, ModelStatus(status), user)


def _status_write(row: ModelVersion, status: ModelStatus, user: Any) -> ModelVersion:
    before = row.status
    if before == status:
        return row
    row.status = status
    row.save(update_fields=["status"])
    audit_record(
        actor=user,
        action="model_version.status",
        obj=row,
        project=row.project,
        before={"status": before},
        after={"status": str(status)},
    )
    return row


def _line_locked(project: Any, name: str) -> MapModel:
    label = name.strip()[:120] or "Model"
    slug = slugify(label)[:120] or "model"
    line, _ = MapModel.objects.get_or_create(project=project, slug=slug, defaults={"name": label})
    return MapModel.objects.select_for_update().get(pk=line.pk)


def _card(report: Mapping[str, Any], objects: Mapping[str, ResultFile]) -> dict[str, Any]:
    """Return what the row keeps of the card; the whole one is the published file."""
    kept = ("class_counts", "samples_dropped", "versions", "warnings")
    card: dict[str, Any] = {key: report.get(key) for key in kept}
    if "card" in objects:
        card |= {"key": objects["card"].object_key, "sha256": objects["card"].sha256}
    return card


def _signature(row: ModelVersion) -> str:
    """Sign all that a map follows from."""
    return model_signature(
        settings.MODEL_SIGNING_KEY,
        model_id=str(row.pk),
        facts={
            "forest": row.sha256,
            "feature_set": row.feature_set.hash,
            "classes": row.classes,
            "season": row.season,
        },
    )


def _first_form(row: ModelVersion) -> str:
    """The signature of versions registered before classes and season were part of it."""
    return model_signature_first(
        settings.MODEL_SIGNING_KEY,
        sha256=row.sha256,
        model_id=str(row.pk),
        feature_hash=row.feature_set.hash,
    )
