"""The map page: how much script it takes, when it can be used, when the first tile is there.

Counted is what must arrive before the page works: the entry and the shell with all their static
imports, and the Leaflet that the page's tag serves. Charts and editors come by dynamic import when
somebody asks for them, and are not counted. Sizes are those of gzip at its default level.
"""

import gzip
import json
import os
import tempfile
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parent.parent.parent
DIST = ROOT / "frontend" / "build" / "dist"
MARKS = """() => Object.fromEntries(
  performance.getEntriesByType("mark").map((mark) => [mark.name, mark.startTime]))"""


def script_sizes(entry: str) -> dict[str, int]:
    """Return gzipped bytes of each script that a page of this entry loads, and of ``all``."""
    manifest = json.loads((DIST / "manifest.json").read_text())
    files = {manifest[name]["file"] for name in _closure(manifest, [entry, "src/entries/shell.ts"])}
    sizes = {file: _gzipped(DIST / file) for file in sorted(files)}
    package = find_spec("leaflet")
    assert package is not None
    own = Path(str(package.origin)).parent / "static" / "leaflet" / "leaflet.js"
    sizes["leaflet.js"] = _gzipped(own)
    return {**sizes, "all": sum(sizes.values())}


def _closure(manifest: dict[str, Any], names: list[str]) -> set[str]:
    found: set[str] = set()
    while names:
        name = names.pop()
        if name not in found:
            found.add(name)
            names += manifest[name].get("imports", [])
    return found


def _gzipped(path: Path) -> int:
    return len(gzip.compress(path.read_bytes()))


def visit(page: Page, address: str) -> dict[str, float]:
    """Open the page once with an empty cache; milliseconds since the navigation began."""
    page.goto(address)
    page.wait_for_selector(".layer-tiles img.leaflet-tile-loaded", timeout=60_000)
    marks = page.evaluate(MARKS)
    return {
        "interactive_ms": round(marks["review:interactive"]),
        "first_tile_ms": round(marks["review:first-tile"]),
    }


def visits(base: str, slug: str, login: tuple[str, str], rounds: int) -> dict[str, Any]:
    """Open the page several times, each in a browser context of its own."""
    from tests.e2e.browser import Visitor, chromium

    rows = []
    with chromium() as browser:
        for _ in range(rounds):
            person = Visitor(browser, base, viewport={"width": 1440, "height": 900})
            person.log_in(*login)
            rows.append(visit(person.page, f"{base}/projects/{slug}/map/"))
            person.context.close()
    middle = {name: median(row[name] for row in rows) for name in rows[0]}
    return {"visits": rows, "median": middle}


def run(*, rounds: int = 5) -> dict[str, Any]:
    """Return sizes and times; ``BENCH_BASE`` names a running system with the demo project."""
    report: dict[str, Any] = {"gzipped_bytes": script_sizes("src/entries/map.ts")}
    running = os.environ.get("BENCH_BASE")
    if running:
        return report | visits(running, "demo", ("manager", "demo"), rounds)
    from tests.e2e.system import PASSWORD, USER, System, romania

    data = Path(os.environ.get("DATA_ROOT", ROOT.parent / "shared" / "data"))
    with tempfile.TemporaryDirectory() as name:
        system = System(folder=Path(name) / "var", data_root=data)
        system.start()
        try:
            return report | visits(system.base, romania(system).slug, (USER, PASSWORD), rounds)
        finally:
            system.stop()
