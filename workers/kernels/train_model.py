"""Train a classifier from a table of features and measure it on withheld places."""

import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from types import ModuleType
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, ValidationError

from workers import registry
from workers.accuracy.crossval import OutOfFold, assessment_report
from workers.accuracy.folds import FoldOptions, FoldPlan, folds_plan
from workers.accuracy.matrix import class_positions
from workers.contracts.base import Contract
from workers.contracts.features import FeatureSetSpec
from workers.contracts.legend import LegendClass
from workers.contracts.parameters import FoldsSpec
from workers.contracts.plugins import KernelSpec
from workers.contracts.requests import KernelRequest, KernelResult
from workers.errors import ParameterError
from workers.kernels._training_table import MISSING, TrainingTable, table_read
from workers.numerics.packed import PackedForest
from workers.numerics.probability import class_of_bytes
from workers.storage import write_bytes, write_json

PERMUTED_ROWS = 300_000
FLATTERING_POINTS = 5.0
Progress = Callable[[str, float], None]

SPEC = KernelSpec(
    slug="train_model",
    title="Train and cross-validate a model",
    resource_class="mem",
    outputs=("forest", "native", "card", "predictions"),
    seconds_per_block=60.0,
)


class Parameters(Contract):
    """What to train. ``crs`` is that of the table's x and y; ``record`` is copied to the card."""

    feature_set: FeatureSetSpec
    classes: Annotated[tuple[LegendClass, ...], Field(min_length=1)]
    classifier: str = "random_forest"
    hyperparameters: dict[str, Any] = {}
    folds: FoldsSpec = FoldsSpec()
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0
    crs: str
    record: dict[str, Any] = {}


@dataclass(frozen=True)
class Learner:
    """A classifier plugin with resolved settings."""

    plugin: ModuleType
    values: dict[str, Any]
    seed: int
    feature_hash: str

    def fit(self, rows: NDArray[np.int16], codes: NDArray[np.uint8]) -> tuple[Any, PackedForest]:
        model = self.plugin.fit(rows, codes, self.values, seed=self.seed)
        return model, self.plugin.pack(model, feature_hash=self.feature_hash)


def run(request: KernelRequest, parameters: Parameters, progress: Progress) -> KernelResult:
    """Train on the ``table`` input; write ``forest``, ``native`` and ``card``.

    Raises:
        InputError: the table is missing, changed or lacks a column.
        ParameterError: classes, folds or hyperparameters cannot be honoured.
    """
    progress("reading", 0.0)
    table = table_read(
        request,
        n_features=len(parameters.feature_set.features),
        known=[item.code for item in parameters.classes],
        crs=parameters.crs,
    )
    learner = learner_of(parameters, table)
    options = FoldOptions(**parameters.folds.model_dump(exclude={"beside"}))
    plan = folds_plan(table.places, options, classes=table.classes, seed=parameters.seed)
    measured = cross_validate(table, plan, learner, progress)
    progress("final fit", 0.9)
    model, forest = learner.fit(table.rows, table.codes)
    forest = replace(forest, units=table.units)
    report = report_build(table, plan, measured, learner, parameters)
    beside_add(report, table, learner, parameters, progress)
    report["feature_importance"] = importance_rows(
        parameters.feature_set, learner.plugin.importances(model), measured.permutation
    )
    progress("writing", 0.97)
    files = (
        write_bytes(request.staging, forest.to_npz(), ".npz").as_output("forest"),
        write_bytes(request.staging, learner.plugin.native_bytes(model), ".skops").as_output(
            "native"
        ),
        write_json(request.staging, card_build(parameters, learner, report)).as_output("card"),
        write_json(request.staging, cells_of(table, measured.predicted)).as_output("predictions"),
    )
    return KernelResult(
        outcome="done", outputs=files, report=report, warnings=tuple(report["warnings"])
    )


def learner_of(parameters: Parameters, table: TrainingTable) -> Learner:
    """Return the classifier with every setting resolved for this table."""
    plugin = registry.classifier(parameters.classifier)
    try:
        asked = plugin.Parameters(**parameters.hyperparameters)
    except (ValidationError, TypeError) as error:
        raise ParameterError(f"hyperparameters of {parameters.classifier}: {error}") from error
    values = asked.resolved(len(table.codes))
    return Learner(plugin, values, parameters.seed, parameters.feature_set.hash)


@dataclass(frozen=True)
class Measured:
    """Out-of-fold positions of the predicted class and what was seen on the way."""

    predicted: NDArray[np.int64]
    permutation: NDArray[np.float64] | None
    training_sizes: tuple[int, ...]
    buffered: tuple[int, ...]
    warnings: tuple[str, ...]


def cross_validate(
    table: TrainingTable,
    plan: FoldPlan,
    learner: Learner,
    progress: Progress,
    *,
    permute: bool = True,
) -> Measured:
    """Predict every sample by a model that saw neither its block nor the buffer around it.

    The class comes from the stored bytes of probability, by the rule the map uses. Without
    ``permute`` nothing is measured by shuffling features.
    """
    predicted = np.zeros(len(table.codes), dtype=np.int64)
    drops = np.zeros(table.rows.shape[1])
    tested = 0
    sizes: list[int] = []
    buffered: list[int] = []
    warnings: list[str] = []
    rng = np.random.default_rng(learner.seed)
    budget = max(PERMUTED_ROWS // (table.rows.shape[1] * plan.k), 50)
    for fold in range(plan.k):
        progress("folds", 0.05 + 0.85 * fold / plan.k)
        train, test = plan.split(fold)
        _check_training(table, plan, fold, train, warnings)
        forest = learner.fit(table.rows[train], table.codes[train])[1]
        planes = np.ascontiguousarray(table.rows[test].T)
        predicted[test] = class_positions(_classes(forest, planes), table.classes, "prediction")
        sizes.append(int(train.sum()))
        buffered.append(int((~train & ~test).sum()))
        if not permute:
            continue
        chosen = np.sort(rng.permutation(planes.shape[1])[:budget])
        drops += permutation_drops(forest, planes[:, chosen], table.codes[test][chosen], rng)
        tested += chosen.size
    permutation = drops / tested if permute else None
    return Measured(predicted, permutation, tuple(sizes), tuple(buffered), tuple(warnings))


def _classes(forest: PackedForest, planes: NDArray[np.int16]) -> NDArray[np.uint8]:
    return class_of_bytes(forest.predict_bytes(planes), forest.codes)


def _check_training(
    table: TrainingTable, plan: FoldPlan, fold: int, train: NDArray[np.bool_], warnings: list[str]
) -> None:
    present = np.bincount(table.places.labels[train], minlength=len(table.classes)) > 0
    if present.sum() < 2:
        raise ParameterError(
            f"Fold {fold + 1} of {plan.k} is left with samples of fewer than two classes to "
            f"train on (buffer {plan.buffer_m:g} m, blocks {plan.block_size_m} m). Set a smaller "
            "folds.buffer_m or folds.block_size_m, or add samples elsewhere."
        )
    absent = [
        c
        for c, here, ok in zip(table.classes, present, plan.assessed, strict=True)
        if ok and not here
    ]
    if absent:
        warnings.append(
            f"Fold {fold + 1} of {plan.k} has no training sample of class(es) {absent} outside "
            "its blocks and buffer; their accuracies are low for that reason."
        )


def permutation_drops(
    forest: PackedForest,
    planes: NDArray[np.int16],
    codes: NDArray[np.uint8],
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Return how many more samples go wrong when one feature is shuffled, for each feature."""
    right = int((_classes(forest, planes) == codes).sum())
    drops = np.empty(planes.shape[0])
    for f in range(planes.shape[0]):
        shuffled = planes.copy()
        shuffled[f] = shuffled[f, rng.permutation(planes.shape[1])]
        drops[f] = right - int((_classes(forest, shuffled) == codes).sum())
    return drops


def report_build(
    table: TrainingTable,
    plan: FoldPlan,
    measured: Measured,
    learner: Learner,
    parameters: Parameters,
) -> dict[str, Any]:
    """Return the small JSON that goes to the model version and its assessment."""
    result = OutOfFold(measured.predicted, table.places.labels, plan.blocks)
    figures = assessment_report(result, table.classes, plan.assessed, seed=learner.seed)
    macro, overall = figures.pop("macro_f1"), figures["overall_accuracy"]
    interval = figures.pop("interval")
    folds = plan.used | {
        "training_samples": list(measured.training_sizes),
        "dropped_by_buffer": list(measured.buffered),
    }
    spatial_cv = {
        "overall_accuracy": overall["value"],
        "overall_accuracy_ci95": overall["ci95"],
        "macro_f1": macro["value"] if macro else None,
        "macro_f1_ci95": macro["ci95"] if macro else None,
        "per_class": figures["per_class"],
        "samples": len(table.codes),
        "method": plan.used["method"],
    }
    design = folds | {"interval": interval, "samples": len(table.codes)}
    return {
        "metrics": {"spatial_cv": spatial_cv},
        "assessment": figures | {"design": design},
        "folds": folds,
        "hyperparameters": learner.values,
        "classes": [
            item.model_dump()
            for item in sorted(parameters.classes, key=lambda item: item.code)
            if item.code in table.classes
        ],
        "class_counts": _class_counts(table),
        "samples_dropped": table.dropped,
        "versions": {"python": platform.python_version()}
        | {name: version(name) for name in ("numpy", "numba", "scikit-learn", "skops")},
        "warnings": [
            *_table_warnings(table, parameters.classes),
            *plan.warnings,
            *measured.warnings,
        ],
    }


def beside_add(
    report: dict[str, Any],
    table: TrainingTable,
    learner: Learner,
    parameters: Parameters,
    progress: Progress,
) -> None:
    """Add ``metrics.other_folds``: easier folds, and a warning where their figure flatters.

    Groups are left out where every sample is its own: they would be random folds.
    """
    found: dict[str, Any] = {}
    single = len(np.unique(table.places.groups)) == table.places.size
    for method in parameters.folds.beside:
        if method == parameters.folds.method or (method == "group" and single):
            continue
        try:
            options = FoldOptions(method=method, k=parameters.folds.k)
            plan = folds_plan(table.places, options, classes=table.classes, seed=learner.seed)
            measured = cross_validate(table, plan, learner, progress, permute=False)
        except ParameterError as error:
            report["warnings"].append(f"Folds {method!r} could not be measured: {error}")
            continue
        result = OutOfFold(measured.predicted, table.places.labels, plan.blocks)
        figures = assessment_report(result, table.classes, plan.assessed, seed=learner.seed)
        found[method] = {
            "overall_accuracy": figures["overall_accuracy"],
            "macro_f1": figures["macro_f1"],
            "samples": len(table.codes),
            "k": plan.k,
        }
    report["metrics"]["other_folds"] = found
    spatial = report["metrics"]["spatial_cv"]["overall_accuracy"]
    for name, figures in found.items():
        gap = 100 * (figures["overall_accuracy"]["value"] - spatial)
        if gap >= FLATTERING_POINTS:
            report["warnings"].append(
                f"Folds {name!r} are {gap:.1f} points above {parameters.folds.method!r}: the "
                "model leans on neighbours of its samples. Do not quote the higher figure."
            )


def cells_of(table: TrainingTable, predicted: NDArray[np.int64]) -> dict[str, Any]:
    """Return which reference samples stand in which cell of the confusion matrix.

    ``cells``: {"map code:reference code": [[sample id, pixels], …]}, ids in order.
    """
    cells: dict[str, dict[str, int]] = {}
    for position, code, sample in zip(predicted, table.codes, table.ids, strict=True):
        cell = cells.setdefault(f"{table.classes[position]}:{code}", {})
        cell[str(sample)] = cell.get(str(sample), 0) + 1
    return {"cells": {name: sorted(map(list, cell.items())) for name, cell in cells.items()}}


def _class_counts(table: TrainingTable) -> dict[str, int]:
    counts = np.bincount(table.places.labels, minlength=len(table.classes))
    return {str(code): int(n) for code, n in zip(table.classes, counts, strict=True)}


def _table_warnings(table: TrainingTable, classes: Sequence[LegendClass]) -> list[str]:
    warnings = []
    if table.dropped:
        warnings.append(
            f"{table.dropped} sample(s) have no valid feature and were left out of training."
        )
    absent = sorted(item.code for item in classes if item.code not in table.classes)
    if absent:
        warnings.append(f"No sample of class(es) {absent}: the model cannot predict them.")
    return warnings


def importance_rows(
    feature_set: FeatureSetSpec,
    impurity: NDArray[np.float64],
    permutation: NDArray[np.float64] | None,
) -> list[dict[str, Any]]:
    """Return features by falling importance.

    ``value``: share of the decrease of impurity (sums to 1). ``permutation``: loss of
    out-of-fold accuracy when the feature is shuffled.
    """
    order = np.argsort(-impurity, kind="stable")
    return [
        {
            "name": feature_set.features[i].name,
            "value": float(impurity[i]),
            "permutation": float(permutation[i]) if permutation is not None else None,
        }
        for i in order
    ]


def card_build(parameters: Parameters, learner: Learner, report: dict[str, Any]) -> dict[str, Any]:
    """Return the model's record: training it again needs nothing else but the samples' table."""
    return {
        "format": "model-card-1",
        "intended_use": "Wall-to-wall mapping with the feature set named here, in the region and "
        "season of its samples. The accuracies are cross-validated, not design-based.",
        "classifier": parameters.classifier,
        "hyperparameters": learner.values,
        "seed": parameters.seed,
        "feature_set": parameters.feature_set.model_dump(mode="json"),
        "feature_hash": parameters.feature_set.hash,
        "crs": parameters.crs,
        "missing_value": MISSING,
        "record": parameters.record,
        "versions": report["versions"],
        **{
            key: report[key]
            for key in (
                "classes",
                "class_counts",
                "samples_dropped",
                "folds",
                "metrics",
                "assessment",
                "feature_importance",
                "warnings",
            )
        },
    }
