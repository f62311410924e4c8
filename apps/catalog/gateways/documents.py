"""One catalogue document: found, allowed, read, known to be STAC."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin

from apps.core.errors import InvalidInput

MAX_BYTES = 20 * 1024 * 1024
MAX_JSON_DEPTH = 64
MAX_BODY = 64 * 1024
INDEX_FILES = ("catalog.json", "collection.json")


@dataclass(frozen=True)
class Page:
    """A document to read: a real path or an address, with the body of a search by POST."""

    place: str
    body: str = ""

    def __str__(self) -> str:
        return f"POST {self.place} {self.body[:200]}" if self.body else self.place


Fetch = Callable[[Page], bytes]


def is_remote(place: str) -> bool:
    """Return whether a place is an https address (anything else is a local path)."""
    return place.startswith("https://")


def place_of(href: str, *, roots: Sequence[Path], base: str = "") -> str:
    """Return the real path or the address that an href means, seen from the document ``base``.

    Raises InvalidInput for schemes other than https, for GDAL's virtual paths and for paths that
    leave the allowed roots.
    """
    if "\x00" in href or href.lower().startswith("/vsi") or not href.strip():
        raise InvalidInput(f"{href[:200]!r} is neither a path nor an https address.")
    if "://" in href or href.lower().startswith(("file:", "data:", "s3:", "gs:")):
        if not is_remote(href):
            raise InvalidInput(f"{href[:200]}: only https addresses and local paths are read.")
        return href
    if base and is_remote(base):
        return urljoin(base, href)
    folder = Path(base).parent if base else None
    return str(path_below_roots(_joined(href, folder, roots), roots))


def _joined(href: str, folder: Path | None, roots: Sequence[Path]) -> Path:
    path = Path(href)
    if path.is_absolute():
        return path
    if folder is None:
        candidates = [root / href for root in roots]
        return next((p for p in candidates if p.exists()), candidates[0] if candidates else path)
    joined = folder / href
    return joined if joined.exists() or "%" not in href else folder / unquote(href)


def path_below_roots(path: Path, roots: Sequence[Path]) -> Path:
    """Return the real path, symlinks resolved, if it lies below an allowed root."""
    try:
        real = path.resolve()
    except (OSError, RuntimeError) as error:
        raise InvalidInput(f"{path}: cannot be resolved.") from error
    if not any(real.is_relative_to(root.resolve()) for root in roots):
        named = ", ".join(str(root) for root in roots) or "none is set (CATALOG_ROOTS)"
        raise InvalidInput(
            f"{path} is outside the allowed roots: {named}.",
            advice="Move the catalogue there, or have CATALOG_ROOTS extended.",
        )
    return real


def next_page(link: dict[str, Any], target: str, before: Page) -> Page:
    """Return the page a ``next`` link means: GET, or POST with its body (STAC API, search).

    ``merge`` true: the body is laid over that of the page before. Headers of a link are not sent.
    Raises InvalidInput for another method or a body that is none.
    """
    method = str(link.get("method") or "GET").upper()
    if method == "GET":
        return Page(target)
    body = link.get("body") or {}
    if method != "POST" or not isinstance(body, dict) or not is_remote(target):
        raise InvalidInput(f"{before.place}: its next link is neither a GET nor a POST with JSON.")
    if link.get("merge") is True and before.body:
        body = {**json.loads(before.body), **body}
    text = json.dumps(body, sort_keys=True)
    if len(text) > MAX_BODY:
        raise InvalidInput(f"{before.place}: the body of its next link is over 64 kB.")
    return Page(target, text)


def document_read(page: Page, fetch: Fetch) -> dict[str, Any]:
    """Return a JSON object from a real path or an address; the error names the file."""
    place = page.place
    raw = fetch(page) if is_remote(place) else document_text_local(place)
    try:
        value = json.loads(raw, parse_constant=_refuse_constant)
    except RecursionError as error:
        raise InvalidInput(f"{place}: is nested too deeply.") from error
    except (ValueError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{place}: is not JSON ({error}).") from error
    if not isinstance(value, dict):
        raise InvalidInput(f"{place}: is not STAC: it is not a JSON object.")
    if _depth_over(value, MAX_JSON_DEPTH):
        raise InvalidInput(f"{place}: is nested too deeply.")
    return value


def document_text_local(place: str) -> bytes:
    """Return the bytes of a local document of at most 20 MB."""
    path = Path(place)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InvalidInput(f"{place}: is larger than {MAX_BYTES // 1024**2} MB.")
        return path.read_bytes()
    except FileNotFoundError as error:
        raise InvalidInput(f"{place}: does not exist.") from error
    except OSError as error:
        raise InvalidInput(f"{place}: cannot be read ({error.strerror}).") from error


def index_of_folder(place: str) -> str:
    """Return the catalogue document of a folder: catalog.json, else collection.json."""
    path = Path(place)
    if not path.exists():
        raise InvalidInput(f"{place}: does not exist.")
    if not path.is_dir():
        return place
    for name in INDEX_FILES:
        if (path / name).is_file():
            return str(path / name)
    raise InvalidInput(f"{place}: the folder has neither catalog.json nor collection.json.")


def stac_type(document: dict[str, Any], place: str) -> str:
    """Return Catalog, Collection, Feature or FeatureCollection; raises InvalidInput otherwise."""
    kind = document.get("type")
    if kind == "FeatureCollection" and isinstance(document.get("features"), list):
        return "FeatureCollection"
    if "stac_version" not in document:
        raise InvalidInput(f"{place}: is not STAC: it has no stac_version.")
    if kind is None and isinstance(document.get("links"), list):
        kind = "Collection" if "extent" in document else "Catalog"
    if kind not in ("Catalog", "Collection", "Feature"):
        raise InvalidInput(f"{place}: is not STAC: its type is {str(kind)[:60]!r}.")
    if not isinstance(document.get("id"), str) or not document["id"]:
        raise InvalidInput(f"{place}: is not STAC: it has no id.")
    return str(kind)


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not allowed")


def _depth_over(value: Any, limit: int) -> bool:
    level = [value]
    for _ in range(limit):
        level = [
            child
            for node in level
            for child in (
                node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
            )
            if isinstance(child, dict | list)
        ]
        if not level:
            return False
    return True
