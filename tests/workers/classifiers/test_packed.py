import hashlib
import io
import pickle  # noqa: TID251 - offered here as an attack
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.builders.forests import fitted, pixels
from workers.classifiers._trees import native_load
from workers.errors import InputError, ParameterError
from workers.numerics.packed import PackedForest
from workers.numerics.probability import class_of_bytes, margin_of_bytes, to_bytes

SLUGS = ("random_forest", "extra_trees")


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("settings", [{}, {"min_samples_leaf": 1}, {"max_depth": 3}])
def test_walker_equals_scikit_learn_on_every_pixel(slug: str, settings: Any) -> None:
    plugin, model = fitted(slug, **settings)
    rows = pixels()

    shares = plugin.pack(model, feature_hash="h").probabilities(np.ascontiguousarray(rows.T))

    expected = model.predict_proba(rows).T
    assert np.abs(shares - expected).max() <= 1e-6
    assert (shares.argmax(axis=0) == expected.argmax(axis=0)).all()


def test_walker_equals_its_numpy_twin() -> None:
    plugin, model = fitted("random_forest")
    forest = plugin.pack(model, feature_hash="h")
    planes = np.ascontiguousarray(pixels(300).T)

    twin = np.zeros((forest.codes.size, planes.shape[1]))
    for root in forest.roots:
        at = np.full(planes.shape[1], root, dtype=np.int64)
        while (forest.leaf_of[at] < 0).any():
            node = forest.nodes[at]
            value = planes[node & 0xFFFF, np.arange(at.size)]
            at = (node >> 32) + (value > ((node << 32) >> 48))
        twin += forest.leaves[forest.leaf_of[at]].T

    assert (forest.probabilities(planes) == twin / forest.roots.size).all()


def test_one_pixel_and_a_block_give_the_same_bytes() -> None:
    plugin, model = fitted("random_forest")
    forest = plugin.pack(model, feature_hash="h")
    planes = np.ascontiguousarray(pixels(4_200).T)
    block = planes.reshape(12, 42, 100)

    whole = forest.predict_bytes(block)

    assert whole.shape == (5, 42, 100)
    assert whole.max() <= 250
    for at in (0, 17, 4_199):
        alone = forest.predict_bytes(planes[:, at : at + 1])
        assert (alone[:, 0] == whole.reshape(5, -1)[:, at]).all()


def test_packed_forest_survives_a_file_byte_for_byte(tmp_path: Path) -> None:
    plugin, model = fitted("random_forest")
    forest = plugin.pack(model, feature_hash="abc")
    data = forest.to_npz()
    path = tmp_path / "forest.npz"
    path.write_bytes(data)

    again = PackedForest.load(path, sha256=hashlib.sha256(data).hexdigest())

    assert again.to_npz() == data
    assert again.feature_hash == "abc"
    assert again.codes.tolist() == [1, 4, 7, 10, 13]


class Trap:
    """Unpickling this would run code."""

    def __reduce__(self) -> Any:
        return (exec, ("raise SystemExit('a pickle was opened')",))


def test_pickle_offered_as_a_forest_is_refused_unopened(tmp_path: Path) -> None:
    data = pickle.dumps(Trap())
    path = tmp_path / "forest.npz"
    path.write_bytes(data)

    with pytest.raises(InputError, match=r"not a packed forest.*Pickled models are never opened"):
        PackedForest.load(path, sha256=hashlib.sha256(data).hexdigest())


def test_pickle_inside_an_npz_is_refused_unopened() -> None:
    out = io.BytesIO()
    np.savez(out, nodes=np.array([Trap()], dtype=object))

    with pytest.raises(InputError, match="Pickled models are never opened"):
        PackedForest.from_npz(out.getvalue(), name="upload")


def test_pickle_offered_as_a_native_model_is_refused_unopened(tmp_path: Path) -> None:
    path = tmp_path / "model.skops"
    path.write_bytes(pickle.dumps(Trap()))

    with pytest.raises(InputError, match="Pickled models are never opened"):
        native_load(path)


def test_native_file_of_another_type_is_refused(tmp_path: Path) -> None:
    import skops.io

    class Stranger:
        pass

    path = tmp_path / "model.skops"
    skops.io.dump(Stranger(), path)
    with pytest.raises(InputError, match=r"not trusted.*Stranger"):
        native_load(path)


def test_changed_forest_is_refused_with_both_hashes(tmp_path: Path) -> None:
    plugin, model = fitted("random_forest")
    path = tmp_path / "forest.npz"
    path.write_bytes(plugin.pack(model, feature_hash="h").to_npz())

    with pytest.raises(InputError, match=r"SHA-256.*its model version says 0000"):
        PackedForest.load(path, sha256="0" * 64)


@pytest.mark.parametrize("fault", ["child", "leaf", "feature", "classes"])
def test_forest_that_would_lead_the_walker_astray_is_refused(fault: str) -> None:
    plugin, model = fitted("random_forest")
    forest = plugin.pack(model, feature_hash="h")
    nodes, leaf_of, codes = forest.nodes.copy(), forest.leaf_of.copy(), forest.codes
    match fault:
        case "child":
            nodes[0] = (np.int64(nodes.size) << 32) | (nodes[0] & 0xFFFFFFFF)
        case "leaf":
            leaf_of[leaf_of.argmax()] = len(forest.leaves)
        case "feature":
            nodes[0] |= 0xFFFF
        case "classes":
            codes = codes[::-1].copy()
    broken = PackedForest(nodes, forest.roots, leaf_of, forest.leaves, codes, 12, "h")

    with pytest.raises(InputError, match="not a sound packed forest"):
        PackedForest.from_npz(broken.to_npz(), name="upload")


def test_wrong_number_of_features_is_refused() -> None:
    plugin, model = fitted("random_forest")
    with pytest.raises(ParameterError, match="expects 12 int16 features"):
        plugin.pack(model, feature_hash="h").probabilities(np.zeros((11, 4), np.int16))


def test_bytes_round_half_up_and_ties_go_to_the_lower_code() -> None:
    shares = np.array([[0.5, 0.002, 1.0], [0.5, 0.998, 0.0]])

    stored = to_bytes(shares)

    assert stored.tolist() == [[125, 1, 250], [125, 250, 0]]
    assert class_of_bytes(stored, np.array([3, 9], np.uint8)).tolist() == [3, 9, 3]
    assert margin_of_bytes(stored).tolist() == [0, 100, 100]
    every = np.arange(251, dtype=np.uint8)
    margins = margin_of_bytes(np.stack([every, np.zeros_like(every)]))
    assert margins.tolist() == np.floor(100 * every.astype(float) / 250 + 0.5).astype(int).tolist()
