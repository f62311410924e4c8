"""5,000 blocks on a map: frame times of our canvas against Leaflet's own renderer.

Both draw the same blocks on the same map in the same Chromium, in turns. In each frame the map is
dragged by some pixels and a hundred blocks change their state, as in the busiest second of a job.
The peer is what a page would do with Leaflet alone: ``L.polygon`` on ``L.canvas``, ``setStyle``.
"""

import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import sync_playwright

from tests.e2e.browser import ARGUMENTS, chromium_path

ROOT = Path(__file__).resolve().parents[2]
BUILD = """
import {{ build }} from "vite";
await build({{
  configFile: false, logLevel: "error", root: "{root}",
  resolve: {{ alias: {{ leaflet: "{root}/src/leaflet/shim.ts" }} }},
  build: {{ outDir: "{out}", emptyOutDir: true, minify: true, target: "es2022",
    lib: {{ entry: "{entry}", formats: ["iife"], name: "bench", fileName: () => "bench.js" }} }},
}});
"""
ENTRY = """
export {{ BlockModel }} from "{root}/src/jobs/block_model";
export {{ BlockCanvas }} from "{root}/src/map/block_canvas";
"""
PAGE = """<!doctype html><html><head><style>{css}
:root {{ --control: #858f9d; --accent: #2b59d0; --good: #0b6e63; --waiting: #5d6775;
--attention: #865200; --failed: #b3300f }}
#map {{ width: 1280px; height: 800px }}</style></head><body><div id="map"></div></body></html>"""
MEASURE = Path(__file__).with_suffix(".js")


def bundle(folder: Path) -> Path:
    """Build the two modules on their own and return the script."""
    frontend = ROOT / "frontend"
    entry = folder / "entry.ts"
    entry.write_text(ENTRY.format(root=frontend))
    code = BUILD.format(root=frontend, out=folder / "out", entry=entry)
    # Run from the folder of the packages, where `vite` is found.
    command = ["node", "--input-type=module", "-e", code]
    subprocess.run(command, cwd=frontend, check=True, capture_output=True)
    return folder / "out" / "bench.js"


def leaflet(name: str) -> str:
    """Return a file of the Leaflet that django-leaflet serves (found without its settings)."""
    spec = find_spec("leaflet")
    assert spec
    assert spec.origin
    return (Path(spec.origin).parent / "static" / "leaflet" / name).read_text()


def figures(gaps: list[float]) -> dict[str, float]:
    """Return median and 95th percentile of milliseconds a frame, and frames a second."""
    ordered = sorted(gaps)
    high = ordered[int(0.95 * (len(ordered) - 1))]
    return {
        "p50_ms": round(median(ordered), 1),
        "p95_ms": round(high, 1),
        "frames_per_second": round(1000 * len(ordered) / sum(ordered), 1),
        "frames_per_second_p95": round(1000 / high, 1),
    }


def run(*, columns: int = 100, rows: int = 50, frames: int = 60) -> dict[str, Any]:
    """Return frame times of both, measured in turns in one browser."""
    options = {"columns": columns, "rows": rows, "frames": frames, "changes": 100}
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        script = bundle(Path(name)).read_text()
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.set_content(PAGE.format(css=leaflet("leaflet.css")))
        page.add_script_tag(content=leaflet("leaflet.js"))
        page.add_script_tag(content=script)
        found = page.evaluate(MEASURE.read_text(), options)
        browser.close()
    ours, peer = figures(found["ours"]), figures(found["peer"])
    return {
        "blocks": columns * rows,
        "changes_a_frame": options["changes"],
        "ours": ours,
        "leaflet L.canvas": peer,
        "ratio_p50": round(peer["p50_ms"] / ours["p50_ms"], 2),
    }
