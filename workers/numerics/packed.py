"""A forest as plain arrays: all that prediction needs, without scikit-learn and without pickle."""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workers.errors import InputError, ParameterError
from workers.numerics.forest import walk_forest
from workers.numerics.probability import to_bytes

FORMAT = "packed-forest-1"
THRESHOLD_TOP = 32_767
MAX_FEATURES = 65_535
EXPECTED = {"nodes": "<i8", "roots": "<i4", "leaf_of": "<i4", "leaves": "<f8", "codes": "|u1"}
Units = tuple[tuple[float, ...], ...]
_EPOCH = (1980, 1, 1, 0, 0, 0)  # equal forests must be equal bytes


@dataclass(frozen=True)
class Tree:
    """One decision tree, children by node number, -1 at leaves; ``shares`` (node, class)."""

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    feature: NDArray[np.int64]
    threshold: NDArray[np.float64]
    shares: NDArray[np.float64]


@dataclass(frozen=True)
class PackedForest:
    """Trees of integer features; see ``workers.numerics.forest`` for the layout of a node.

    ``codes`` are class codes in ascending order; ``feature_hash`` is that of the feature set the
    forest was trained with. ``units``: by feature, units per 1.0 of its source and of each band
    in it as they were in training; None when not recorded.
    """

    nodes: NDArray[np.int64]
    roots: NDArray[np.int32]
    leaf_of: NDArray[np.int32]
    leaves: NDArray[np.float64]
    codes: NDArray[np.uint8]
    n_features: int
    feature_hash: str
    units: Units | None = None

    @classmethod
    def from_trees(
        cls, trees: Iterable[Tree], *, codes: NDArray[np.uint8], n_features: int, feature_hash: str
    ) -> "PackedForest":
        """Pack trees whose test is value ≤ threshold on integers in [-32768, 32767]."""
        if n_features > MAX_FEATURES:
            raise ParameterError(f"{n_features} features; a forest holds at most {MAX_FEATURES}.")
        nodes, roots, leaf_of, leaves = [], [], [], []
        start = n_leaves = 0
        for tree in trees:
            packed, rows, shares = _pack_tree(tree, start, n_leaves)
            nodes.append(packed)
            leaf_of.append(rows)
            leaves.append(shares)
            roots.append(start)
            start += packed.size
            n_leaves += len(shares)
        return cls(
            nodes=np.concatenate(nodes),
            roots=np.asarray(roots, dtype=np.int32),
            leaf_of=np.concatenate(leaf_of),
            leaves=np.ascontiguousarray(np.concatenate(leaves)),
            codes=np.asarray(codes, dtype=np.uint8),
            n_features=n_features,
            feature_hash=feature_hash,
        )

    def probabilities(self, planes: NDArray[np.int16]) -> NDArray[np.float64]:
        """Return class shares, float64 (class, ...), of int16 features (feature, ...)."""
        if planes.shape[0] != self.n_features or planes.dtype != np.int16:
            raise ParameterError(
                f"The model expects {self.n_features} int16 features; it was given "
                f"{planes.shape[0]} of {planes.dtype}."
            )
        flat = planes.reshape(self.n_features, -1)
        shares = walk_forest(flat, self.nodes, self.roots, self.leaf_of, self.leaves)
        return shares.reshape(-1, *planes.shape[1:])

    def predict_bytes(self, planes: NDArray[np.int16]) -> NDArray[np.uint8]:
        """Return bytes 0-250 (class, ...) of int16 features (feature, ...)."""
        return to_bytes(self.probabilities(planes))

    def to_npz(self) -> bytes:
        """Return the forest as an .npz file; equal forests give equal bytes."""
        meta: dict[str, Any] = {
            "format": FORMAT, "n_features": self.n_features, "feature_hash": self.feature_hash,
        }  # fmt: skip
        if self.units is not None:
            meta["units"] = self.units
        arrays: dict[str, NDArray[Any]] = {name: getattr(self, name) for name in EXPECTED}
        arrays["meta"] = np.frombuffer(json.dumps(meta, sort_keys=True).encode(), dtype=np.uint8)
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for name in sorted(arrays):
                piece = io.BytesIO()
                np.lib.format.write_array(piece, arrays[name], allow_pickle=False)
                info = zipfile.ZipInfo(f"{name}.npy", date_time=_EPOCH)
                info.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(info, piece.getvalue())
        return out.getvalue()

    @classmethod
    def load(cls, path: Path | str, *, sha256: str) -> "PackedForest":
        """Read a forest whose bytes have this hash.

        Raises:
            InputError: the file is missing, changed, or not a packed forest (a pickle is refused).
        """
        try:
            data = Path(path).read_bytes()
        except OSError as error:
            raise InputError(f"The model file {path} cannot be read: {error}.") from error
        found = hashlib.sha256(data).hexdigest()
        if found != sha256:
            raise InputError(
                f"The model file {path} has SHA-256 {found}, its model version says {sha256}. "
                "The file was changed or damaged; train the model again from its record."
            )
        return cls.from_npz(data, name=str(path))

    @classmethod
    def from_npz(cls, data: bytes, *, name: str) -> "PackedForest":
        """Parse and check the bytes of a packed forest; ``name`` is for messages."""
        refusal = (
            f"{name} is not a packed forest (.npz of plain arrays). Pickled models are never "
            "opened; train the model here."
        )
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as archive:
                arrays = {key: archive[key] for key in (*EXPECTED, "meta")}
            meta = json.loads(arrays.pop("meta").tobytes())
        except Exception as error:
            raise InputError(refusal) from error
        if not isinstance(meta, dict) or meta.get("format") != FORMAT:
            raise InputError(refusal)
        forest = cls(
            **arrays,
            n_features=int(meta["n_features"]),
            feature_hash=str(meta["feature_hash"]),
            units=_units(meta.get("units")),
        )
        _check(forest, name)
        return forest


def _units(read: Any) -> Units | None:
    return None if read is None else tuple(tuple(map(float, entry)) for entry in read)


def _pack_tree(
    tree: Tree, start: int, n_leaves: int
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float64]]:
    """Return (nodes, leaf rows, leaf shares) of a tree laid out level by level."""
    levels = [np.zeros(1, dtype=np.int64)]
    while levels[-1].size:
        inner = levels[-1][tree.left[levels[-1]] >= 0]
        levels.append(np.stack([tree.left[inner], tree.right[inner]], axis=1).reshape(-1))
    order = np.concatenate(levels)
    place = np.empty(order.size, dtype=np.int64)
    place[order] = np.arange(order.size)
    is_leaf = tree.left[order] < 0
    feature = np.where(is_leaf, 0, tree.feature[order])
    # value ≤ t and value ≤ floor(t) are the same test for integers.
    floors = np.clip(np.floor(tree.threshold[order]), -THRESHOLD_TOP - 1, THRESHOLD_TOP)
    threshold = np.where(is_leaf, THRESHOLD_TOP, floors.astype(np.int64))
    child = start + np.where(is_leaf, np.arange(order.size), place[tree.left[order]])
    nodes = (child << 32) | ((threshold & 0xFFFF) << 16) | feature
    rows = np.where(is_leaf, n_leaves + np.cumsum(is_leaf) - 1, -1).astype(np.int32)
    return nodes, rows, np.asarray(tree.shares[order][is_leaf], dtype=np.float64)


def _check(forest: PackedForest, name: str) -> None:
    """Refuse arrays that would make the walker leave its bounds or run for ever."""
    problems = []
    for field, dtype in EXPECTED.items():
        if getattr(forest, field).dtype.str != dtype:
            problems.append(f"{field} is {getattr(forest, field).dtype}")
    n_nodes = forest.nodes.size
    if problems or forest.nodes.ndim != 1 or not n_nodes or forest.leaves.ndim != 2:
        raise InputError(f"{name} is not a sound packed forest: {', '.join(problems) or 'shapes'}.")
    child, feature = forest.nodes >> 32, forest.nodes & 0xFFFF
    here = np.arange(n_nodes)
    leaf = forest.leaf_of >= 0
    sound = (
        forest.leaf_of.shape == forest.nodes.shape
        and bool((forest.leaf_of < len(forest.leaves)).all())
        and forest.leaves.shape[1] == forest.codes.size
        and bool((feature < forest.n_features).all())
        and bool((child[leaf] == here[leaf]).all())
        and bool(((forest.nodes[leaf] << 32) >> 48 == THRESHOLD_TOP).all())
        and bool((child[~leaf] > here[~leaf]).all())
        and bool((child[~leaf] + 1 < n_nodes).all())
        and bool(((forest.roots >= 0) & (forest.roots < n_nodes)).all())
        and forest.roots.size > 0
        and bool((np.diff(forest.codes.astype(int)) > 0).all())
    )
    if not sound:
        raise InputError(
            f"{name} is not a sound packed forest: its nodes, leaves and classes do not fit "
            "together. Train the model again from its record."
        )
