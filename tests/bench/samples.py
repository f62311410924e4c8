"""A hundred thousand samples: vector tiles of a pan and pages of the table, with peers.

``make bench PARTS=samples`` brings a database up for it.

Answers are timed as whole API calls inside the process (routing, rights, SQL, serialisation). The
peers answer for the same windows: the GeoJSON list of the API, and GeoJSON made by the database.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import asinh, degrees, pi, radians, tan
from statistics import quantiles
from typing import Any
from urllib.parse import urlencode

WEST, SOUTH, EAST, NORTH = 20.0, 43.0, 30.0, 48.0
CLASSES = 7
PAN_ZOOMS = (6, 8, 10, 12)
PAN_STEPS = 12
ORDERINGS = ("created_at", "-updated_at", "class_code", "status")
FILTERS = ("", "class=3", "status=ok", "class=2&status=new", "q=plot-5", "region=-")

FILL = """
INSERT INTO samples_referencesample (id, created_at, project_id, sample_set_id, geometry,
  class_code, status, confidence, source, "group", block, attributes, revision, external_id,
  updated_at)
SELECT gen_random_uuid(), now() - n * interval '1 second', %s, %s,
  CASE WHEN n %% 10 > 0 THEN place ELSE ST_Expand(place, 0.001) END,
  1 + floor(random() * %s)::int,
  (ARRAY['new', 'ok', 'ok', 'suspect'])[1 + floor(random() * 4)::int],
  '', 'bench', '', '', '{}', 1, 'plot-' || n, now() - random() * interval '90 days'
FROM (SELECT n, ST_SetSRID(ST_MakePoint(%s + %s * random(), %s + %s * random()), 4326) AS place
  FROM generate_series(1, %s) AS n) AS made
"""


@contextmanager
def throwaway_database() -> Iterator[None]:
    """Make the database of the tests, migrated, and drop it at the end."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "controlcenter.settings.test")
    import django
    from django.test.utils import get_runner, setup_test_environment, teardown_test_environment

    django.setup()
    from django.conf import settings

    runner = get_runner(settings)(verbosity=0, interactive=False)
    setup_test_environment()
    made = runner.setup_databases()
    try:
        yield
    finally:
        runner.teardown_databases(made)
        teardown_test_environment()


def filled(count: int) -> tuple[Any, Any]:
    """Return a set with so many samples, a tenth of them polygons, and a client of its manager."""
    from django.db import connection

    from apps.samples.models import SampleSet
    from apps.samples.services import sample_set_create
    from tests.factories import api_as, make_project

    project = make_project(classes={code: f"class {code}" for code in range(1, CLASSES + 1)})
    sample_set = sample_set_create(project=project, name="Bench", user=project.created_by)
    values: list[Any] = [
        str(project.pk),
        str(sample_set.pk),
        CLASSES,
        WEST,
        EAST - WEST,
        SOUTH,
        NORTH - SOUTH,
    ]
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(0.5)")
        cursor.execute(FILL, [*values, count])
        cursor.execute("VACUUM ANALYZE samples_referencesample")
    return SampleSet.objects.get(pk=sample_set.pk), api_as(project.created_by)


def tiles_of_pan(zoom: int, steps: int, *, across: int = 3, down: int = 2) -> list[list[str]]:
    """Return the tiles that each step of a pan to the east brings into a window of 3 × 2.

    The page draws tiles of 512 pixels, so that is a window of about 1,500 × 1,000.
    """
    x0, y0 = tile_of(WEST + 1.0, NORTH - 0.5, zoom)
    window = [[f"{zoom}/{x}/{y0 + n}" for n in range(down)] for x in range(x0, x0 + across)]
    first = [name for column in window for name in column]
    later = [
        [f"{zoom}/{x0 + across + step}/{y0 + n}" for n in range(down)] for step in range(steps)
    ]
    return [first, *later]


def tile_of(lon: float, lat: float, zoom: int) -> tuple[int, int]:
    edge = 2**zoom
    y = (1 - asinh(tan(radians(lat))) / pi) / 2 * edge
    return int((lon + 180) / 360 * edge), int(y)


def window_of(zoom: int, name: str) -> str:
    """Return the bbox of a tile as the list of samples takes it."""
    from math import atan, sinh

    x, y = (int(part) for part in name.split("/")[1:])
    edge = 2**zoom

    def lat(row: int) -> float:
        return degrees(atan(sinh(pi * (1 - 2 * row / edge))))

    west, east = (column / edge * 360 - 180 for column in (x, x + 1))
    return f"{west},{lat(y + 1)},{east},{lat(y)}"


def spread(seconds: list[float]) -> dict[str, float]:
    """Return the middle and the 95th percentile in milliseconds."""
    parts = quantiles(seconds, n=20) if len(seconds) > 1 else seconds * 20
    return {
        "p50_ms": round(parts[9] * 1000, 1),
        "p95_ms": round(parts[-1] * 1000, 1),
        "calls": len(seconds),
    }


def timed(call: Callable[[], Any]) -> float:
    started = time.perf_counter()
    answer = call()
    if hasattr(answer, "status_code") and answer.status_code != 200:
        raise RuntimeError(f"{answer.status_code}: {answer.content[:300]!r}")
    return time.perf_counter() - started


def pan(client: Any, home: str, *, steps: int) -> dict[str, Any]:
    """Time each tile, and each step of a pan as the sum of its two new tiles."""
    single: list[float] = []
    step: list[float] = []
    for zoom in PAN_ZOOMS:
        for number, names in enumerate(tiles_of_pan(zoom, steps)):
            taken = [timed(lambda n=name: client.get(f"{home}tiles/{n}.mvt")) for name in names]  # type: ignore[misc]
            single += taken
            step += [sum(taken)] if number else []
    return {"tile": spread(single), "pan_step_of_2_tiles": spread(step)}


def pages(client: Any, home: str, last: int) -> dict[str, Any]:
    taken = []
    for ordering in ORDERINGS:
        for page in (1, 2, last // 2, last):
            query = urlencode({"ordering": ordering, "page": page, "page_size": 100})
            taken.append(timed(lambda q=query: client.get(f"{home}rows/?{q}")))  # type: ignore[misc]
    filtered = [
        timed(lambda q=query: client.get(f"{home}rows/?page_size=100&{q}"))  # type: ignore[misc]
        for query in FILTERS
        for _ in range(3)
    ]
    return {"table_page": spread(taken), "table_filtered": spread(filtered)}


def peers(client: Any, sample_set: Any, home: str) -> dict[str, Any]:
    """Ask for the same windows as tile, as GeoJSON list of the API, as GeoJSON of the database."""
    ours, listed, made = [], [], []
    for zoom in (8, 10):
        for name in tiles_of_pan(zoom, 0)[0]:
            box = window_of(zoom, name)
            ours.append(timed(lambda n=name: client.get(f"{home}tiles/{n}.mvt")))  # type: ignore[misc]
            listed.append(timed(lambda b=box: _all_pages(client, sample_set, b)))  # type: ignore[misc]
            made.append(timed(lambda b=box: _database_geojson(sample_set, b)))  # type: ignore[misc]
    middle = {
        name: spread(rows) for name, rows in (("tile", ours), ("list", listed), ("sql", made))
    }
    base = middle["tile"]["p50_ms"]
    return {
        "tile": middle["tile"],
        "GeoJSON list of the API, every page": middle["list"],
        "ST_AsGeoJSON of the database": middle["sql"],
        "ratios_p50": {
            "GeoJSON list of the API": round(middle["list"]["p50_ms"] / base, 2),
            "ST_AsGeoJSON": round(middle["sql"]["p50_ms"] / base, 2),
        },
    }


def _all_pages(client: Any, sample_set: Any, box: str) -> None:
    url = f"/api/v1/samples/?sample_set={sample_set.pk}&bbox={box}&page_size=500"
    while url:
        answer = client.get(url)
        url = answer.json()["next"]


def _database_geojson(sample_set: Any, box: str) -> Any:
    from django.db import connection

    sql = (
        "SELECT json_agg(ST_AsGeoJSON(found.*)::json) FROM (SELECT id, class_code, status, "
        "revision, geometry FROM samples_referencesample WHERE sample_set_id = %s AND deleted_at "
        "IS NULL AND geometry && ST_MakeEnvelope(%s, %s, %s, %s, 4326)) AS found"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [sample_set.pk, *(float(part) for part in box.split(","))])
        return cursor.fetchone()


def run(*, count: int = 100_000, steps: int = PAN_STEPS) -> dict[str, Any]:
    """Fill a set, then return p50 and p95 of tiles, table pages and balance, and the ratios."""
    with throwaway_database():
        return measured(count=count, steps=steps)


def measured(*, count: int, steps: int) -> dict[str, Any]:
    """Do it in the database that is there."""
    started = time.perf_counter()
    sample_set, client = filled(count)
    filling = round(time.perf_counter() - started, 1)
    home = f"/api/v1/sample-sets/{sample_set.pk}/"
    client.get(f"{home}tiles/0/0/0.mvt")
    return {
        "samples": count,
        "fill_seconds": filling,
        **pan(client, home, steps=steps),
        **pages(client, home, max(2, count // 100)),
        "balance_first_ms": round(1000 * timed(lambda: client.get(f"{home}balance/")), 1),
        "balance": spread([timed(lambda: client.get(f"{home}balance/")) for _ in range(5)]),
        "peers": peers(client, sample_set, home),
    }
