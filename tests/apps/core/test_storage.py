"""The object store: content addresses, publishing by link, index files, staging."""

import hashlib
import json
from typing import Any
from uuid import uuid4

import pytest

from apps.core.storage import StoreError, store_open


def staged(store: Any, data: bytes) -> tuple[Any, str]:
    path = store.staging(uuid4()) / "draft"
    path.write_bytes(data)
    return path, hashlib.sha256(data).hexdigest()


def test_a_published_file_lies_at_its_hash_and_cannot_be_written(store: Any) -> None:
    path, sha256 = staged(store, b"block")
    key = store.publish(path, sha256, ".tif")
    assert key == f"cas/{sha256[:2]}/{sha256}.tif"
    assert store.path(key).stat().st_mode & 0o777 == 0o444
    assert store.sha256_of(key) == sha256
    assert not path.exists()


def test_publishing_the_same_bytes_twice_is_success(store: Any) -> None:
    keys = {store.publish(*staged(store, b"same"), ".json") for _ in range(2)}
    assert len(keys) == 1


def test_a_damaged_object_moves_aside_for_the_good_one(store: Any) -> None:
    path, sha256 = staged(store, b"good")
    key = store.publish(path, sha256, ".json")
    store.path(key).chmod(0o644)
    store.path(key).write_bytes(b"torn off")
    store.publish(*staged(store, b"good"), ".json")
    assert store.read_bytes(key) == b"good"
    assert len(list((store.root / "damaged").iterdir())) == 1


@pytest.mark.parametrize("key", ["../secret", "/etc/passwd", "cas/../x", "a/b/c/d", "cas//x", ""])
def test_foreign_addresses_are_refused(key: str, store: Any) -> None:
    with pytest.raises(StoreError):
        store.path(key)


@pytest.mark.parametrize(("sha256", "suffix"), [("x" * 64, ".tif"), ("a" * 64, "/../x")])
def test_only_hashes_with_plain_suffixes_are_addresses(
    sha256: str, suffix: str, store: Any
) -> None:
    path, _ = staged(store, b"x")
    with pytest.raises(StoreError):
        store.publish(path, sha256, suffix)


def test_an_index_is_replaced_at_once(store: Any) -> None:
    store.put_json("r1", {"a": 1})
    key = store.put_json("r1", {"a": 2})
    assert json.loads(store.read_bytes(key)) == {"a": 2}


def test_bytes_of_the_web_plane_are_published_too(store: Any) -> None:
    stored = store.put_bytes(b"rows", ".ndjson")
    assert (stored.size, store.read_bytes(stored.key)) == (4, b"rows")


def test_a_missing_object_says_what_to_do(store: Any) -> None:
    with pytest.raises(StoreError) as caught:
        store.read_bytes(f"cas/aa/{'a' * 64}.tif")
    assert caught.value.advice


def test_only_a_folder_of_this_machine_is_a_store(settings: Any) -> None:
    settings.STORAGE_URL = "ftp://somewhere/x"
    with pytest.raises(StoreError):
        store_open()
