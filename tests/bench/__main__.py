"""``python -m tests.bench [--short] [features|resampling|forest|tiles|map_page …]`` prints JSON."""

import argparse
import json
import platform
from typing import Any

from tests.bench.timing import one_core


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    known = "features, resampling, forest, tiles, memory, samples; none: all"
    parser.add_argument("parts", nargs="*", help=known)
    parser.add_argument("--short", action="store_true", help="small data and few rounds, for CI")
    options = parser.parse_args()
    if options.parts != ["map_page"]:
        one_core()
    from tests.bench import forest, memory, page, resampling, samples, tiles, time_features

    short = options.short
    parts: dict[str, Any] = {
        "features": lambda: time_features.run(edge=128 if short else 512, rounds=2 if short else 5),
        "resampling": lambda: resampling.run(dates=6 if short else 60, rounds=2 if short else 3),
        "forest": lambda: forest.run(pixels=8_192 if short else 65_536, rounds=2 if short else 5),
        "tiles": lambda: tiles.run(blocks=4 if short else 12, rounds=2 if short else 5),
        "samples": lambda: samples.run(count=5_000 if short else 100_000, steps=2 if short else 12),
        "map_page": lambda: page.run(rounds=2 if short else 5),
        "memory": lambda: memory.run(dates=6) if short else memory.run_all(),
    }
    # The page needs a whole system and a browser, so it is measured when asked for.
    wanted = options.parts or [name for name in parts if name != "map_page"]
    report = {name: parts[name]() for name in wanted}
    print(json.dumps({"machine": platform.processor() or platform.machine(), **report}, indent=1))


if __name__ == "__main__":
    main()
