"""One line to the person at the terminal."""

import sys


def say(text: str) -> None:
    print(f"· {text}", file=sys.stderr, flush=True)
