"""``python -m tests.bench [--short] [features|resampling|forest|tiles|map_page …]`` prints JSON."""

import argparse
import json
import platform
from typing import Any

from tests.bench.timing import one_core


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    known = (
        "features, resampling, forest, tiles, memory, samples, map_page, blocks_view; none: most"
    )
    parser.add_argument("parts", nargs="*", help=known)
    parser.add_argument("--short", action="store_true", help="small data and few rounds, for CI")
    options = parser.parse_args()
    # A browser needs cores of its own.
    if not set(options.parts) <= {"map_page", "blocks_view"} or not options.parts:
        one_core()
    from tests.bench import (
        blocks_view,
        forest,
        memory,
        page,
        resampling,
        samples,
        tiles,
        time_features,
    )

    short = options.short
    parts: dict[str, Any] = {
        "features": lambda: time_features.run(edge=128 if short else 512, rounds=2 if short else 5),
        "resampling": lambda: resampling.run(dates=6 if short else 60, rounds=2 if short else 3),
        "forest": lambda: forest.run(pixels=8_192 if short else 65_536, rounds=2 if short else 5),
        "tiles": lambda: tiles.run(blocks=4 if short else 12, rounds=2 if short else 5),
        "samples": lambda: samples.run(count=5_000 if short else 100_000, steps=2 if short else 12),
        "map_page": lambda: page.run(rounds=2 if short else 5),
        "memory": lambda: memory.run(dates=6) if short else memory.run_all(),
        "blocks_view": lambda: blocks_view.run(frames=20 if short else 60),
    }
    # These need a browser (the page a whole system too), so they are measured when asked for.
    wanted = options.parts or [name for name in parts if name not in {"map_page", "blocks_view"}]
    report = {name: parts[name]() for name in wanted}
    print(json.dumps({"machine": platform.processor() or platform.machine(), **report}, indent=1))


if __name__ == "__main__":
    main()
