"""What the tree classifiers of scikit-learn share: parameters, packing, the native file."""

import io
import json
import re
import zipfile
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
import skops.io
from numpy.typing import NDArray
from pydantic import Field

from workers.contracts.base import Contract
from workers.errors import InputError
from workers.numerics.packed import PackedForest, Tree

TRUSTED = ("sklearn.tree._tree.Tree",)
SMALL_SET = 2_000
_EPOCH = (1980, 1, 1, 0, 0, 0)
_NUMBER = re.compile(r'("__id__": |"file": ")(\d+)')


class TreeParameters(Contract):
    """Settings of a forest; those absent are chosen from the number of samples."""

    n_estimators: Annotated[int, Field(ge=1, le=2_000)] = Field(
        default=300,
        title="Trees",
        description="Number of trees. More are steadier and slower; few hundred suffice.",
    )
    min_samples_leaf: Annotated[int, Field(ge=1, le=1_000)] | None = Field(
        default=None,
        title="Samples of a leaf, at least",
        description="Fewest samples of a leaf; absent: 5, or 3 below 2,000 samples.",
    )
    max_depth: Annotated[int, Field(ge=1, le=64)] | None = Field(
        default=None,
        title="Depth, at most",
        description="Greatest depth of a tree; absent: not limited.",
    )
    max_features: Literal["sqrt", "log2", "all"] | Annotated[float, Field(gt=0, le=1)] = Field(
        default="sqrt",
        title="Features tried at a split",
        description="A rule, or a share of all features.",
    )
    class_weight: Literal["balanced_subsample", "balanced", "none"] = Field(
        default="balanced_subsample",
        title="Weight of classes",
        description="Balanced: rare classes weigh more. None: each sample weighs the same.",
    )

    def resolved(self, n_samples: int) -> dict[str, Any]:
        """Return every value in force, so that the record alone trains the same model."""
        values = self.model_dump()
        if values["min_samples_leaf"] is None:
            values["min_samples_leaf"] = 3 if n_samples < SMALL_SET else 5
        return values


def sklearn_arguments(values: dict[str, Any], *, seed: int) -> dict[str, Any]:
    """Translate resolved parameters to scikit-learn's words; always one job (reproducible)."""
    return {
        "n_estimators": values["n_estimators"],
        "min_samples_leaf": values["min_samples_leaf"],
        "max_depth": values["max_depth"],
        "max_features": None if values["max_features"] == "all" else values["max_features"],
        "class_weight": None if values["class_weight"] == "none" else values["class_weight"],
        "random_state": seed,
        "n_jobs": 1,
    }


def pack(model: Any, *, feature_hash: str) -> PackedForest:
    """Convert a fitted scikit-learn forest of class codes to plain arrays."""
    return PackedForest.from_trees(
        (
            Tree(
                left=np.asarray(tree.children_left, dtype=np.int64),
                right=np.asarray(tree.children_right, dtype=np.int64),
                feature=np.asarray(tree.feature, dtype=np.int64),
                threshold=np.asarray(tree.threshold, dtype=np.float64),
                shares=np.asarray(tree.value[:, 0, :], dtype=np.float64),
            )
            for tree in (estimator.tree_ for estimator in model.estimators_)
        ),
        codes=np.asarray(model.classes_, dtype=np.uint8),
        n_features=int(model.n_features_in_),
        feature_hash=feature_hash,
    )


def importances(model: Any) -> NDArray[np.float64]:
    """Return the mean decrease of impurity of each feature, summing to 1."""
    return np.asarray(model.feature_importances_, dtype=np.float64)


def native_bytes(model: Any) -> bytes:
    """Return the estimator as a skops file; equal estimators give equal bytes.

    skops names parts by memory address and stamps them with the time: both are rewritten.
    """
    with zipfile.ZipFile(io.BytesIO(skops.io.dumps(model))) as raw:
        schema = raw.read("schema.json").decode()
        numbers: dict[str, str] = {}
        fixed = _NUMBER.sub(
            lambda hit: hit[1] + numbers.setdefault(hit[2], str(len(numbers) + 1)), schema
        )
        pieces = {
            f"{numbers.get(Path(name).stem, Path(name).stem)}{Path(name).suffix}": raw.read(name)
            for name in raw.namelist()
            if name != "schema.json"
        }
    compact = json.dumps(json.loads(fixed), separators=(",", ":")).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in sorted((pieces | {"schema.json": compact}).items()):
            info = zipfile.ZipInfo(name, date_time=_EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data, compresslevel=1)
    return out.getvalue()


def native_load(path: Path | str) -> Any:
    """Read a skops file of ours.

    Raises:
        InputError: it is no skops file (a pickle, say) or holds types that are not on the list.
    """
    data = Path(path).read_bytes()
    try:
        strange = set(skops.io.get_untrusted_types(data=data)) - set(TRUSTED)
    except Exception as error:
        raise InputError(
            f"{path} is not a skops file. Pickled models are never opened; train the model here."
        ) from error
    if strange:
        raise InputError(
            f"{path} holds types that are not trusted: {', '.join(sorted(strange))}. "
            "Only models trained here are opened."
        )
    return skops.io.loads(data, trusted=list(TRUSTED))
