"""How a reader wants a layer drawn: classes shown, ramp, stretch, limits. Never what is drawn.

The token alone says which release is read; these parameters only choose colours, so they need
no signature. Each combination is an address of its own, so caches stay right.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from workers.contracts.ramps import RAMPS
from workers.tiler.errors import Refused

MAX_CODE = 254


@dataclass(frozen=True)
class TileStyle:
    """classes: codes drawn, None for all. stretch: stored values of the ramp's first and last
    colour. limits: stored values outside are not drawn. ramp: a name of ``RAMPS``.
    """

    classes: frozenset[int] | None = None
    ramp: str = ""
    reverse: bool = False
    stretch: tuple[float, float] | None = None
    limits: tuple[float, float] | None = None


PLAIN = TileStyle()


def style_read(query: Mapping[str, str]) -> TileStyle:
    """Return the style a query asks for; parameters of others are not looked at.

    Raises:
        Refused: a value is not what its parameter takes; the message names it.
    """
    ramp = query.get("ramp", "")
    name = ramp.removeprefix("-")
    if name and name not in RAMPS:
        raise Refused(f"ramp {name[:40]!r} is unknown; known: {', '.join(RAMPS)}.")
    return TileStyle(
        classes=_codes(query["classes"]) if "classes" in query else None,
        ramp=name,
        reverse=ramp.startswith("-"),
        stretch=_pair("stretch", query["stretch"]) if "stretch" in query else None,
        limits=_pair("limits", query["limits"]) if "limits" in query else None,
    )


def _codes(text: str) -> frozenset[int]:
    parts = [part for part in text.split(",") if part]
    if any(not part.isascii() or not part.isdigit() or int(part) > MAX_CODE for part in parts):
        raise Refused(f"classes takes codes from 0 to {MAX_CODE}, separated by commas.")
    return frozenset(map(int, parts))


def _pair(name: str, text: str) -> tuple[float, float]:
    try:
        low, high = (float(part) for part in text.split(","))
    except ValueError as error:
        raise Refused(f"{name} takes two numbers, separated by a comma.") from error
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise Refused(f"{name} takes two numbers, the smaller one first.")
    return low, high
