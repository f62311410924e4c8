"""Class tiles of 256 px against rio-tiler's defaults on the same files."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

import httpx
import numpy as np
from rio_tiler.io import Reader

from tests.bench import serving
from tests.bench.timing import Runner, compare, ratios
from tests.builders.rasters import LEGEND, assemble, patches, release
from workers.contracts.tiles import ReleaseIndex, TileToken, token_sign
from workers.tiler.lattice import Tile
from workers.tiler.layers import layer_tile
from workers.tiler.palette import rgb_of
from workers.tiler.store import TileStore

KEY = b"b" * 32
COLOURS = {entry.code: (*rgb_of(entry.color), 255) for entry in LEGEND}


def tiles_of(index: ReleaseIndex, zooms: tuple[int, ...], limit: int) -> list[Tile]:
    """Return tiles that meet the layer, from each zoom in turn."""
    west, south, east, north = index.bbox
    found = []
    for z in zooms:
        count = 2**z
        x0, x1 = (int((lon + 180) / 360 * count) for lon in (west, east))
        y0, y1 = (
            int((1 - np.arcsinh(np.tan(np.radians(lat))) / np.pi) / 2 * count)
            for lat in (north, south)
        )
        here = [Tile(z, x, y) for x in range(x0, x1 + 1) for y in range(y0, y1 + 1)]
        found += [tile for tile in here if tile.meets(index.bbox)][:limit]
    return found


def drawn_by_rio_tiler(path: str, tiles: list[Tile]) -> None:
    for tile in tiles:
        with Reader(path) as reader:
            image = reader.tile(tile.x, tile.y, tile.z)
            image.render(img_format="PNG", colormap=COLOURS)


def drawn_by_us(store: TileStore, index: ReleaseIndex, tiles: list[Tile]) -> None:
    for tile in tiles:
        layer_tile(store, index, tile)


def served(root: Path, tiles: list[Tile], rounds: int) -> dict[str, float]:
    """Start the server as the supervisor does and ask for every tile over its socket."""
    address = str(root / "tiler.sock")
    environment = {
        **os.environ, "STORE_ROOT": str(root), "TILE_TOKEN_KEYS": f'{{"a": "{KEY.hex()}"}}',
    }  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", "workers.tiler.app:app", "--uds", address,
         "--log-level", "error"],
        env=environment,
    )  # fmt: skip
    try:
        started = time.perf_counter()
        while not _answers(address):
            if process.poll() is not None or time.perf_counter() - started > 60:
                raise RuntimeError("The tile server did not start.")
            time.sleep(0.05)
        ready = time.perf_counter() - started
        return {"ready_seconds": round(ready, 2), **_asked(address, tiles, rounds)}
    finally:
        process.terminate()
        process.wait(10)


def _answers(address: str) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(address) == 0


def _asked(address: str, tiles: list[Tile], rounds: int) -> dict[str, float]:
    token = token_sign(TileToken(k="a", r="bench", s="default", e=2**40), {"a": KEY})
    cold: list[float] = []
    warm: list[float] = []
    with httpx.Client(transport=httpx.HTTPTransport(uds=address)) as client:
        client.get("http://tiler/healthz")
        for number in range(rounds + 1):
            for tile in tiles:
                started = time.perf_counter()
                path = f"http://tiler/tiles/{token}/{tile.z}/{tile.x}/{tile.y}.png"
                client.get(path).raise_for_status()
                (warm if number else cold).append(1000 * (time.perf_counter() - started))
    return {"p50_ms": round(median(cold), 2), "p50_ms_again": round(median(warm), 2)}


def run(*, blocks: int = 12, rounds: int = 3) -> dict[str, Any]:
    """Return times of drawing the same tiles, ratios, and the server's p50 with its client."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        made = {(x, y): patches(x + 40 * y) for x in range(blocks) for y in range(blocks)}
        index = release(root, "bench", assemble(root, made, role="class", nodata=255))
        tiles = tiles_of(index, (9, 10, 11, 12, 13, 14, 15), 12)
        store = TileStore(root)
        display, archive = str(root / index.display[0]), str(root / index.archives[0])
        times = compare(
            [
                Runner("ours", lambda: drawn_by_us(store, index, tiles)),
                Runner("rio-tiler, display", lambda: drawn_by_rio_tiler(display, tiles)),
                Runner("rio-tiler, archive", lambda: drawn_by_rio_tiler(archive, tiles)),
            ],
            rounds=rounds,
        )
        for figures in times.values():
            figures["cpu_ms_per_tile"] = round(1000 * figures["cpu_seconds"] / len(tiles), 3)
        answers = served(root, tiles, rounds)
        many = tiles_of(index, (10, 11, 12, 13, 14, 15, 16), 150)
        over_http = serving.run(root, index, many, rounds=rounds)
    return {
        "tiles": len(tiles), "times": times, "ratios": ratios(times, "ours"), "served": answers,
        "requests_per_second": over_http,
    }  # fmt: skip
