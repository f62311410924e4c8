"""What the demo is called, and how its country is divided."""

import itertools
from collections.abc import Sequence
from random import Random

DEMO_SLUG = "demo"
DISTRICTS = (
    *("Ammerwald", "Brunnfeld", "Seeland"),
    *("Hochmoor", "Mittelau", "Stadtkreis"),
    *("Tannberg", "Weidtal", "Auen"),
)
COLUMNS, ROWS = 3, 3
BENDS = 3  # times that a border is halved
MARGIN = 0.01  # of the country that no district reaches, so that each lies within the imagery

Place = tuple[float, float]


def districts(corners: Sequence[Place], *, seed: int) -> list[tuple[str, list[Place]]]:
    """Divide a four-sided country into districts with crooked common borders.

    Args:
        corners: south-west, south-east, north-east, north-west as (lon, lat).
        seed: the same seed gives the same borders.

    Returns:
        Name and closed ring of each, from the north-west, row by row.
    """
    rng = Random(seed)  # noqa: S311 - crooked borders, no secret
    nodes = {(i, j): _node(rng, i, j) for j in range(ROWS + 1) for i in range(COLUMNS + 1)}
    borders: dict[tuple[tuple[int, int], tuple[int, int]], list[Place]] = {}

    def border(a: tuple[int, int], b: tuple[int, int]) -> list[Place]:
        first, last = min(a, b), max(a, b)
        if (first, last) not in borders:
            outer = a[0] == b[0] in (0, COLUMNS) or a[1] == b[1] in (0, ROWS)
            ends = [nodes[first], nodes[last]]
            borders[first, last] = ends if outer else _bent(rng, ends)
        line = borders[first, last]
        return line if a == first else line[::-1]

    found = []
    for number, name in enumerate(DISTRICTS):
        i, j = number % COLUMNS, ROWS - 1 - number // COLUMNS
        around = [(i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1), (i, j)]
        ring = [p for a, b in itertools.pairwise(around) for p in border(a, b)[:-1]]
        found.append((name, [_placed(corners, p) for p in [*ring, ring[0]]]))
    return found


def _node(rng: Random, i: int, j: int) -> Place:
    """Return where borders meet, in shares of the country; those on its edge stay there."""
    shift = (0.6 * (rng.random() - 0.5), 0.6 * (rng.random() - 0.5))
    x = i + (shift[0] if 0 < i < COLUMNS else 0)
    y = j + (shift[1] if 0 < j < ROWS else 0)
    return x / COLUMNS, y / ROWS


def _bent(rng: Random, line: list[Place]) -> list[Place]:
    """Move the middle of each piece aside, again and again: a border like that of a valley."""
    for _ in range(BENDS):
        bent = [line[0]]
        for (x1, y1), (x2, y2) in itertools.pairwise(line):
            aside = 0.36 * (rng.random() - 0.5)
            bent.append(((x1 + x2) / 2 - aside * (y2 - y1), (y1 + y2) / 2 + aside * (x2 - x1)))
            bent.append((x2, y2))
        line = bent
    return line


def _placed(corners: Sequence[Place], share: Place) -> Place:
    """Return longitude and latitude of a place given in shares of the country."""
    (x, y), inside = share, 1 - 2 * MARGIN
    x, y = MARGIN + inside * x, MARGIN + inside * y
    weights = ((1 - x) * (1 - y), x * (1 - y), x * y, (1 - x) * y)
    lon = sum(w * corner[0] for w, corner in zip(weights, corners, strict=True))
    lat = sum(w * corner[1] for w, corner in zip(weights, corners, strict=True))
    return round(lon, 6), round(lat, 6)


def corners_of(ring: Sequence[Place]) -> list[Place]:
    """Return the corners of a footprint: south-west, south-east, north-east, north-west."""
    return [
        min(ring, key=lambda p: p[0] + p[1]),
        max(ring, key=lambda p: p[0] - p[1]),
        max(ring, key=lambda p: p[0] + p[1]),
        min(ring, key=lambda p: p[0] - p[1]),
    ]
