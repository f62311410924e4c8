"""Walk a catalogue: child, item, items and next links only, never root, parent, self, license."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings

from apps.catalog.gateways.documents import (
    Fetch,
    Page,
    document_read,
    index_of_folder,
    is_remote,
    next_page,
    place_of,
    stac_type,
)
from apps.catalog.gateways.network import address_check, fetch_json
from apps.core.errors import DomainError, InvalidInput

BELOW = ("child", "item", "items")
MAX_DEPTH = 16
MAX_DOCUMENTS = 100_000
MAX_ITEMS = 50_000
KEPT_OF_COLLECTION = ("id", "title", "description", "license")


def catalog_read(
    href: str, *, roots: Sequence[Path], fetch: Fetch | None = None
) -> list[dict[str, Any]]:
    """Return every item below an href as ``{"item", "collection", "href"}``, in reading order.

    href: STAC Catalog, Collection, ItemCollection, Item or a folder, by path below ``roots`` or
    by https address of an allowed host. In ``item.assets`` the ``href`` is as written, ``path``
    is the real local path (absent for remote files) and ``error`` says why one is not usable.
    ``collection`` holds id, title, description, license. The whole value is JSON.

    Raises InvalidInput naming the file: missing, not STAC, outside the roots, a cycle, too many.
    """
    walk = _Walk(roots=tuple(roots), fetch=fetch or _fetch)
    place = place_of(href, roots=roots)
    start = Page(place if is_remote(place) else index_of_folder(place))
    entries = list(walk.document(start))
    if not entries:
        raise InvalidInput(f"{href}: the catalogue has no items.")
    return entries


def catalog_check(href: str, *, roots: Sequence[Path]) -> None:
    """Raise InvalidInput for what is wrong with an href at first sight, without any request.

    A path: outside the roots, missing, no JSON, not STAC. An address: not https, host not listed.
    """
    place = place_of(href, roots=roots)
    if is_remote(place):
        address_check(place, hosts=settings.CATALOG_HOSTS)
        return
    index = index_of_folder(place)
    stac_type(document_read(Page(index), _fetch), index)


def _fetch(page: Page) -> bytes:
    return fetch_json(page.place, hosts=settings.CATALOG_HOSTS, body=page.body)


@dataclass
class _Walk:
    roots: tuple[Path, ...]
    fetch: Fetch
    seen: set[Page] = field(default_factory=set)
    items: int = 0

    def document(
        self, start: Page, above: tuple[Page, ...] = (), collection: dict[str, Any] | None = None
    ) -> Iterator[dict[str, Any]]:
        """Yield the items of one document, of all it links to, and of its following pages."""
        pages: dict[Page, None] = {}
        page: Page | None = start
        while page is not None:
            if page in above or page in pages:
                chain = (*above, *pages)
                circle = " → ".join(map(str, [*chain[chain.index(page) :], page]))
                raise InvalidInput(f"The catalogue links in a circle: {circle}.")
            if page in self.seen:
                return
            pages[page] = None
            self._count(page, above)
            document = document_read(page, self.fetch)
            yield from self._page(document, page.place, (*above, page), collection)
            page = self._next(document, page)

    def _next(self, document: dict[str, Any], page: Page) -> Page | None:
        for link, target in self._links(document, page.place, ("next",)):
            return next_page(link, target, page)
        return None

    def _page(
        self,
        document: dict[str, Any],
        place: str,
        chain: tuple[Page, ...],
        collection: dict[str, Any] | None,
    ) -> Iterator[dict[str, Any]]:
        kind = stac_type(document, place)
        if kind == "Feature":
            yield self._entry(document, place, collection)
            return
        if kind == "FeatureCollection":
            for feature in document["features"]:
                yield self._feature(feature, place, collection)
        else:
            collection = _kept(document) if kind == "Collection" else collection or _kept(document)
        for _, target in self._links(document, place, BELOW):
            yield from self.document(Page(target), chain, collection)

    def _count(self, page: Page, above: tuple[Page, ...]) -> None:
        self.seen.add(page)
        if len(above) > MAX_DEPTH:
            raise InvalidInput(f"{page.place}: lies more than {MAX_DEPTH} links deep.")
        if len(self.seen) > MAX_DOCUMENTS:
            raise InvalidInput(f"The catalogue has more than {MAX_DOCUMENTS:,} documents.")

    def _links(
        self, document: dict[str, Any], place: str, rels: tuple[str, ...]
    ) -> Iterator[tuple[dict[str, Any], str]]:
        links = document.get("links")
        for link in links if isinstance(links, list) else ():
            if not isinstance(link, dict) or link.get("rel") not in rels:
                continue
            target = link.get("href")
            if not isinstance(target, str):
                raise InvalidInput(f"{place}: a {link['rel']} link has no href.")
            try:
                yield link, place_of(target, roots=self.roots, base=place)
            except InvalidInput as error:
                raise InvalidInput(f"{place}: {error.message}", advice=error.advice) from error

    def _feature(
        self, feature: Any, place: str, collection: dict[str, Any] | None
    ) -> dict[str, Any]:
        if not isinstance(feature, dict) or stac_type(feature, place) != "Feature":
            raise InvalidInput(f"{place}: holds a feature that is not a STAC Item.")
        return self._entry(feature, place, collection)

    def _entry(
        self, item: dict[str, Any], place: str, collection: dict[str, Any] | None
    ) -> dict[str, Any]:
        self.items += 1
        if self.items > MAX_ITEMS:
            raise InvalidInput(f"The catalogue has more than {MAX_ITEMS:,} items.")
        assets = item.get("assets")
        if not isinstance(assets, dict):
            raise InvalidInput(f"{place}: is not STAC: item {item['id']!r} has no assets object.")
        named = item.get("collection")
        if isinstance(named, str) and named and (collection is None or collection["id"] != named):
            collection = {"id": named, "title": named}
        kept = {key: value for key, value in item.items() if key != "links"}
        kept["assets"] = {key: self._asset(asset, place) for key, asset in assets.items()}
        return {"item": kept, "collection": collection or {"id": "items"}, "href": place}

    def _asset(self, asset: Any, place: str) -> dict[str, Any]:
        if not isinstance(asset, dict) or not isinstance(asset.get("href"), str):
            return {"href": "", "error": "the asset has no href"}
        found = {key: value for key, value in asset.items() if key not in ("path", "error")}
        try:
            target = place_of(asset["href"], roots=self.roots, base=place)
        except DomainError as error:
            return {**found, "error": error.message}
        if is_remote(target):
            return {**found, "href": target}
        if not Path(target).is_file():
            return {**found, "path": target, "error": f"{target}: does not exist"}
        return {**found, "path": target}


def _kept(document: dict[str, Any]) -> dict[str, Any]:
    return {key: document[key] for key in KEPT_OF_COLLECTION if key in document}
