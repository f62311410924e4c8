"""Reading static catalogues: what is followed, what is refused."""

import json
from pathlib import Path
from typing import Any

import pytest

from apps.catalog.gateways import catalog_read
from apps.core.errors import InvalidInput
from tests.apps.catalog.conftest import SmallCatalog


def test_folder_means_its_catalog_else_its_collection(small: SmallCatalog) -> None:
    small.item("a")
    (entry,) = catalog_read(str(small.folder), roots=[small.folder])
    assert entry["item"]["id"] == "a"
    assert entry["collection"]["id"] == "small"
    top = {"type": "Catalog", "stac_version": "1.0.0", "id": "top", "description": ""}
    small.item("b")
    small.write("catalog.json", {**top, "links": [{"rel": "item", "href": "./b.json"}]})
    (entry,) = catalog_read(str(small.folder), roots=[small.folder])
    assert entry["item"]["id"] == "b"


def test_root_parent_self_and_license_are_never_followed(small: SmallCatalog) -> None:
    small.item("a")
    for rel in ("root", "parent", "self", "license", "collection"):
        small.link(rel, "./does-not-exist.json")
    assert len(catalog_read(str(small.folder), roots=[small.folder])) == 1


def test_item_collection_and_single_item_are_read(small: SmallCatalog) -> None:
    first, second = small.item("a"), small.item("b")
    both = small.write("both.json", {"type": "FeatureCollection", "features": [first, second]})
    assert len(catalog_read(str(both), roots=[small.folder])) == 2
    (entry,) = catalog_read(str(small.folder / "a.json"), roots=[small.folder])
    assert entry["collection"]["id"] == "small"


def test_next_pages_are_followed(small: SmallCatalog) -> None:
    features = [small.item(name) for name in ("a", "b", "c")]
    for number, item in enumerate(features):
        links = [{"rel": "next", "href": f"./page{number + 1}.json"}] if number < 2 else []
        page = {"type": "FeatureCollection", "features": [item], "links": links}
        small.write(f"page{number}.json", page)
    found = catalog_read(str(small.folder / "page0.json"), roots=[small.folder])
    assert [entry["item"]["id"] for entry in found] == ["a", "b", "c"]


def test_circle_is_named(small: SmallCatalog) -> None:
    small.item("a")
    small.link("child", "./collection.json")
    with pytest.raises(InvalidInput, match=r"circle: .*collection.json → .*collection.json"):
        catalog_read(str(small.folder), roots=[small.folder])


def test_path_outside_the_roots_is_refused(small: SmallCatalog, tmp_path: Path) -> None:
    small.item("a")
    allowed = tmp_path / "allowed"
    allowed.mkdir()
    with pytest.raises(InvalidInput, match="outside the allowed roots"):
        catalog_read(str(small.folder), roots=[allowed])
    (allowed / "link").symlink_to(small.folder)
    with pytest.raises(InvalidInput, match="outside the allowed roots"):
        catalog_read(str(allowed / "link"), roots=[allowed])


def test_link_that_leaves_the_roots_is_refused_and_names_the_document(
    small: SmallCatalog,
) -> None:
    small.item("a")
    small.link("child", "../../../../etc/passwd")
    with pytest.raises(InvalidInput, match=r"collection.json: .*outside the allowed roots"):
        catalog_read(str(small.folder), roots=[small.folder])


def test_asset_that_leaves_the_roots_is_marked(small: SmallCatalog) -> None:
    asset = {"href": "/etc/passwd", "type": "image/tiff", "roles": ["data"]}
    small.item("a", assets={"red": asset, "blue": {**asset, "href": "/vsicurl/http://x/y.tif"}})
    (entry,) = catalog_read(str(small.folder), roots=[small.folder])
    assert "outside the allowed roots" in entry["item"]["assets"]["red"]["error"]
    assert "neither a path" in entry["item"]["assets"]["blue"]["error"]
    assert all("path" not in asset for asset in entry["item"]["assets"].values())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "is not JSON"),
        ("[]", "not a JSON object"),
        ("{}", "no stac_version"),
        (json.dumps({"type": "Feature", "geometry": None}), "no stac_version"),
        (json.dumps({"type": "Zoo", "stac_version": "1.0.0", "id": "x"}), "its type is 'Zoo'"),
        ("[" * 100_000, "nested too deeply"),
        ('{"a": NaN}', "is not JSON"),
    ],
)
def test_document_that_is_not_stac_is_named(small: SmallCatalog, text: str, words: str) -> None:
    small.write("bad.json", text)
    small.link("item", "./bad.json")
    with pytest.raises(InvalidInput, match=f"bad.json: .*{words}"):
        catalog_read(str(small.folder), roots=[small.folder])


def test_missing_document_is_named(small: SmallCatalog) -> None:
    small.link("item", "./gone.json")
    with pytest.raises(InvalidInput, match=r"gone.json: does not exist"):
        catalog_read(str(small.folder), roots=[small.folder])
    with pytest.raises(InvalidInput, match="does not exist"):
        catalog_read(str(small.folder / "nothing"), roots=[small.folder])


def test_catalogue_by_address_is_walked_through_the_fetcher() -> None:
    item: dict[str, Any] = {
        "type": "Feature",
        "stac_version": "1.0.0",
        "id": "far",
        "geometry": None,
        "properties": {},
        "assets": {"red": {"href": "./far.tif", "type": "image/tiff"}},
        "links": [],
    }
    pages = {
        "https://stac.example.com/c.json": {
            "type": "Collection",
            "stac_version": "1.0.0",
            "id": "far-away",
            "extent": {},
            "links": [{"rel": "items", "href": "items.json"}],
        },
        "https://stac.example.com/items.json": {"type": "FeatureCollection", "features": [item]},
    }
    found = catalog_read(
        "https://stac.example.com/c.json",
        roots=[],
        fetch=lambda page: json.dumps(pages[page.place]).encode(),
    )
    assert found[0]["item"]["assets"]["red"]["href"] == "https://stac.example.com/far.tif"
    assert found[0]["collection"]["id"] == "far-away"
