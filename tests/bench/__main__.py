"""``python -m tests.bench [--short] [features|resampling|forest|tiles …]`` prints JSON."""

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
    one_core()
    from tests.bench import forest, memory, resampling, samples, tiles, time_features

    short = options.short
    parts: dict[str, Any] = {
        "features": lambda: time_features.run(edge=128 if short else 512, rounds=2 if short else 5),
        "resampling": lambda: resampling.run(dates=6 if short else 60, rounds=2 if short else 3),
        "forest": lambda: forest.run(pixels=8_192 if short else 65_536, rounds=2 if short else 5),
        "tiles": lambda: tiles.run(blocks=4 if short else 12, rounds=2 if short else 5),
        "samples": lambda: samples.run(count=5_000 if short else 100_000, steps=2 if short else 12),
        "memory": lambda: memory.run(dates=6) if short else memory.run_all(),
    }
    wanted = options.parts or list(parts)
    report = {name: parts[name]() for name in wanted}
    print(json.dumps({"machine": platform.processor() or platform.machine(), **report}, indent=1))


if __name__ == "__main__":
    main()
