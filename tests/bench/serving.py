"""Requests a second over HTTP: this tile server and TiTiler's defaults on the same display COG.

Both run in one uvicorn process on one core and are asked by the same client with as many
connections; the client has a core of its own where there are two. Our first pass asks for each
tile once, so that nothing of it is in memory as a finished picture; later passes may be.
"""

import asyncio
import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from workers.contracts.tiles import ReleaseIndex, TileToken, token_sign
from workers.tiler.lattice import Tile
from workers.tiler.palette import rgb_of

CONNECTIONS = 8
ADVISED = {"GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR", "GDAL_CACHEMAX": "200"}


@contextlib.contextmanager
def server(application: str, environment: dict[str, str]) -> Iterator[int]:
    """Run an application on a free port of this machine."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "uvicorn", application, "--port", str(port)]
    process = subprocess.Popen(
        [*command, "--log-level", "error", "--no-access-log"], env={**os.environ, **environment}
    )
    with contextlib.suppress(OSError, AttributeError):
        os.sched_setaffinity(process.pid, {0})
    try:
        limit = time.monotonic() + 60
        while not _open(port):
            if process.poll() is not None or time.monotonic() > limit:
                raise RuntimeError(f"{application} did not start.")
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(10)


def _open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


async def _ask(port: int, paths: list[str]) -> int:
    """Ask for every path once over a few kept connections; returns bytes received."""
    left = iter(paths)

    async def connection() -> int:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        received = 0
        for path in left:
            writer.write(f"GET {path} HTTP/1.1\r\nHost: tiles\r\n\r\n".encode())
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
            if " 200 " not in head.split("\r\n", 1)[0]:
                raise RuntimeError(f"{path[:120]}: {head[:200]}")
            length = int(head.split("content-length:", 1)[1].split("\r\n", 1)[0])
            received += len(await reader.readexactly(length))
        writer.close()
        return received

    return sum(await asyncio.gather(*(connection() for _ in range(CONNECTIONS))))


def passes(port: int, paths: list[str], rounds: int) -> dict[str, Any]:
    """Return requests a second of the first pass and of the best of the later ones."""
    rates = []
    size = 0
    for _ in range(rounds + 1):
        started = time.perf_counter()
        size = asyncio.run(_ask(port, paths))
        rates.append(len(paths) / (time.perf_counter() - started))
    return {
        "first_pass": round(rates[0]),
        "later_passes": round(max(rates[1:])),
        "bytes_per_tile": round(size / len(paths)),
    }


def run(root: Path, index: ReleaseIndex, tiles: list[Tile], *, rounds: int) -> dict[str, Any]:
    """Return requests a second of both, and how many times TiTiler's ours are."""
    key = b"b" * 32
    token = token_sign(TileToken(k="a", r=index.id, s="default", e=2**40), {"a": key})
    ours = [f"/tiles/{token}/{tile.z}/{tile.x}/{tile.y}.png" for tile in tiles]
    colours = {entry.code: [*rgb_of(entry.color), 255] for entry in index.legend}
    address = f"url={quote(str(root / index.display[0]), safe='')}"
    grey = [f"/tiles/WebMercatorQuad/{t.z}/{t.x}/{t.y}.png?{address}" for t in tiles]
    coloured = [f"{path}&colormap={quote(json.dumps(colours))}" for path in grey]
    report: dict[str, Any] = {"tiles": len(tiles), "connections": CONNECTIONS}
    settings = {"STORE_ROOT": str(root), "TILE_TOKEN_KEYS": json.dumps({"a": key.hex()})}
    with server("workers.tiler.app:app", settings) as port:
        report["ours"] = passes(port, ours, rounds)
        two = [f"{path}?classes=2" for path in ours]
        report["ours, one class left out"] = passes(port, two, rounds)
    with server("tests.bench.titiler_default:app", ADVISED) as port:
        report["titiler, class colours"] = passes(port, coloured, rounds)
        report["titiler, grey"] = passes(port, grey, rounds)
    rival = report["titiler, class colours"]
    best = max(rival["first_pass"], rival["later_passes"])
    report["ratio"] = {
        name: round(report["ours"][name] / best, 1) for name in ("first_pass", "later_passes")
    }
    return report
