"""Extra trees (Geurts et al. 2006) of scikit-learn: trains much faster than a random forest."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import ExtraTreesClassifier

from workers.classifiers._trees import (
    TreeParameters,
    importances,
    native_bytes,
    native_load,
    pack,
    sklearn_arguments,
)
from workers.contracts.plugins import ClassifierSpec

__all__ = ["SPEC", "Parameters", "fit", "importances", "native_bytes", "native_load", "pack"]


class Parameters(TreeParameters):
    """Parameters of ``extra_trees``."""


SPEC = ClassifierSpec(
    slug="extra_trees",
    title="Extra trees",
    parameters_schema=Parameters.model_json_schema(),
)


def fit(
    rows: NDArray[np.int16], codes: NDArray[np.uint8], values: dict[str, Any], *, seed: int
) -> Any:
    """Train on int16 features (sample, feature); missing is the number -32768.

    Args:
        rows: features.
        codes: class code of each row.
        values: ``Parameters(...).resolved(n)``.
        seed: of feature and threshold draws.
    """
    return ExtraTreesClassifier(**sklearn_arguments(values, seed=seed)).fit(rows, codes)
