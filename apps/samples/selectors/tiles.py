"""Vector tiles of a set, drawn by the database.

A tile that holds few samples gives each of them with its shape. A tile that holds many gathers
them by cells of a few pixels: one point a cell with the number of samples, the most frequent
class and whether there are others. Nothing is left out, so the numbers of a tile add up.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib.gis.geos import Polygon
from django.db import connection
from django.db.models import Q

from apps.core.errors import NotFound
from apps.samples.selectors.browse import Rows, lon_lat

WORLD = 20_037_508.342789244
EXTENT = 4096
BUFFER = 96
CELL = 64
MAX_EACH = 1_500
MAX_ZOOM = 24
EACH_FROM = 19
MOST = 20_000
GATHERED = """
WITH by_label AS (
  SELECT floor(mx / %(cell)s) AS i, floor(my / %(cell)s) AS j, label, count(*) AS n,
    sum(mx) AS sum_x, sum(my) AS sum_y, min(id::text) AS id, min(status) AS status,
    min(revision) AS revision
  FROM ({inner}) AS found GROUP BY 1, 2, 3
), cells AS (
  SELECT sum(n)::int AS n, sum(sum_x) / sum(n) AS x, sum(sum_y) / sum(n) AS y,
    (array_agg(label ORDER BY n DESC, label))[1] AS class_code, count(*) > 1 AS mixed,
    min(id) AS id, min(status) AS status, min(revision) AS revision
  FROM by_label GROUP BY i, j
)
SELECT ST_AsMVT(tile, 'samples', 4096, 'shape') FROM (
  SELECT ST_MakePoint((x - %(west)s) * %(scale)s, (%(north)s - y) * %(scale)s) AS shape, n,
    class_code, mixed, CASE WHEN n = 1 THEN id END AS id,
    CASE WHEN n = 1 THEN status END AS status, CASE WHEN n = 1 THEN revision END AS revision
  FROM cells
) AS tile
"""
EACH = """
SELECT ST_AsMVT(tile, 'samples', 4096, 'shape') FROM (
  SELECT
    ST_AsMVTGeom(
      CASE WHEN GeometryType(s.geometry) = 'POINT' THEN ST_SetSRID(ST_MakePoint(s.mx, s.my), 3857)
      ELSE ST_Transform(ST_ClipByBox2D(s.geometry, %(clip)s::box2d), 3857) END,
      ST_TileEnvelope(%(z)s, %(x)s, %(y)s), 4096, 96
    ) AS shape,
    1 AS n, found.label AS class_code, false AS mixed, s.id::text AS id, s.status, s.revision
  FROM ({inner}) AS found JOIN samples_referencesample AS s ON s.id = found.id
) AS tile WHERE shape IS NOT NULL
"""


@dataclass(frozen=True)
class TileBox:
    """A tile and its edges in Web Mercator metres."""

    z: int
    x: int
    y: int

    @property
    def edge(self) -> float:
        return 2 * WORLD / float(2**self.z)

    @property
    def west(self) -> float:
        return self.x * self.edge - WORLD

    @property
    def north(self) -> float:
        return WORLD - self.y * self.edge

    def around(self, margin: float) -> Q:
        """Samples whose place lies in the tile or less than a margin beside it."""
        west, north, edge = self.west, self.north, self.edge
        return Q(
            mx__gte=west - margin,
            mx__lt=west + edge + margin,
            my__gte=north - edge - margin,
            my__lt=north + margin,
        )

    def degrees(self, margin: float) -> tuple[float, float, float, float]:
        """Return west, south, east, north of the tile and a margin beside it."""
        low = lon_lat(self.west - margin, self.north - self.edge - margin)
        high = lon_lat(self.west + self.edge + margin, self.north + margin)
        return (*low, *high)


def tile_box(z: int, x: int, y: int) -> TileBox:
    """Return the edges of a tile; raises NotFound for one that does not exist."""
    if not (0 <= z <= MAX_ZOOM and 0 <= x < 2**z and 0 <= y < 2**z):
        raise NotFound("There is no such tile.")
    return TileBox(z, x, y)


def tile_bytes(rows: Rows, box: TileBox) -> bytes:
    """Return the tile of rows that ``samples_shown`` gave."""
    rows = rows.order_by()
    many = MAX_EACH if box.z < EACH_FROM else MOST
    crowded = _near(rows, box, 0).values("mx")[: many + 1].count() > many
    return _gathered(rows, box) if crowded else _each(rows, box)


def _near(rows: Rows, box: TileBox, margin: float) -> Rows:
    """Narrow twice: by the place, and by the bounds around it, which have an index in space."""
    edges = Polygon.from_bbox(box.degrees(margin))
    return rows.filter(box.around(margin), geometry__bboverlaps=edges)


def _gathered(rows: Rows, box: TileBox) -> bytes:
    cell = box.edge * CELL / EXTENT
    inner = _near(rows, box, 2 * cell).values("id", "mx", "my", "label", "status", "revision")
    frame = {"west": box.west, "north": box.north, "scale": EXTENT / box.edge, "cell": cell}
    return _drawn(GATHERED, inner, frame)


def _each(rows: Rows, box: TileBox) -> bytes:
    west, south, east, north = box.degrees(box.edge * BUFFER / EXTENT)
    edges = Polygon.from_bbox((west, south, east, north))
    inner = rows.filter(geometry__bboverlaps=edges).values("id", "label")[:MOST]
    clip = f"BOX({west} {south},{east} {north})"
    return _drawn(EACH, inner, {"z": box.z, "x": box.x, "y": box.y, "clip": clip})


def _drawn(sql: str, inner: Any, values: dict[str, Any]) -> bytes:
    """Run a statement around the statement of a queryset; every value stays a parameter."""
    text, params = inner.query.sql_with_params()
    named = {f"inner{number}": value for number, value in enumerate(params)}
    head, *rest = text.split("%s")
    marked = head + "".join(f"%(inner{n})s{part}" for n, part in enumerate(rest))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '32MB'")
        cursor.execute(sql.format(inner=marked), {**values, **named})
        found = cursor.fetchone()
    return bytes(found[0]) if found and found[0] is not None else b""
