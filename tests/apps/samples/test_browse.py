"""A set as a map and a table show it: rows, balance, tiles, and what each role learns."""

from typing import Any

import pytest
from django.db import connection

from apps.core.enums import Role
from apps.samples.models import ReferenceSample
from apps.samples.selectors import tiles
from apps.samples.services import sample_set_create
from tests.apps.samples.conftest import point
from tests.factories import api_as, make_member, make_user

pytestmark = pytest.mark.django_db
SAMPLES = "/api/v1/samples/"
SQUARE = [[[22.1, 45.1], [22.2, 45.1], [22.2, 45.2], [22.1, 45.2], [22.1, 45.1]]]


def url_of(sample_set: Any, part: str) -> str:
    return f"/api/v1/sample-sets/{sample_set.pk}/{part}"


def make(api: Any, sample_set: Any, lon: float = 22.15, **properties: Any) -> str:
    answer = api.post(SAMPLES, point(sample_set, lon=lon, **properties), format="json")
    assert answer.status_code == 201, answer.json()
    return str(answer.json()["id"])


def layer_of(data: bytes) -> dict[str, int]:
    """Count the features and values: a tile is a message of layers (field 3), each of features (2)
    and values (4)."""
    found = [field for kind, body in fields_of(data) if kind == 3 for field, _ in fields_of(body)]
    return {"features": found.count(2), "values": found.count(4)}


def fields_of(data: bytes) -> list[tuple[int, bytes]]:
    found, at = [], 0
    while at < len(data):
        key, at = varint(data, at)
        value, at = varint(data, at)
        body = b""
        if key & 7 == 2:
            body, at = data[at : at + value], at + value
        found.append((key >> 3, body))
    return found


def varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


def test_rows_are_filtered_ordered_and_paged(training: Any, interpreter: Any) -> None:
    ids = [
        make(interpreter, training, 22.1, class_code=1, source="field", external_id="plot-7"),
        make(interpreter, training, 22.2, class_code=2, status="ok"),
        make(interpreter, training, 23.5),
    ]
    rows = url_of(training, "rows/")
    for query, expected in (
        ("", ids),
        ("ordering=-created_at", ids[::-1]),
        ("ordering=class_code", ids),
        ("class=1", ids[:1]),
        ("class=-", ids[2:]),
        ("class=2,-", ids[1:]),
        ("status=new", [ids[0], ids[2]]),
        ("source=field", ids[:1]),
        ("source=-", ids[1:]),
        ("region=-", ids),
        ("region=none-such", []),
        ("q=plot", ids[:1]),
        (f"q={ids[2][:8].upper()}", ids[2:]),
        ("bbox=22,45,23,46", ids[:2]),
        ("page_size=1&page=2", ids[1:2]),
        ("page_size=1&page=3", ids[2:]),
        ("page_size=2&page=2&ordering=-created_at", ids[:1]),
    ):
        body = interpreter.get(f"{rows}?{query}").json()
        assert [row["id"] for row in body["results"]] == expected, query
    for query in (
        "class=x",
        "status=fine",
        "ordering=geometry",
        "bbox=1",
        "ids=x",
        f"q={'a' * 101}",
    ):
        assert interpreter.get(f"{rows}?{query}").status_code == 400, query


def test_row_tells_place_kind_and_who_edited_it(training: Any, interpreter: Any) -> None:
    first = make(interpreter, training, class_code=1)
    shape = {**point(training), "geometry": {"type": "Polygon", "coordinates": SQUARE}}
    interpreter.post(SAMPLES, shape, format="json")
    rows = interpreter.get(url_of(training, "rows/")).json()["results"]
    assert (rows[0]["lon"], rows[0]["lat"], rows[0]["kind"]) == (22.15, 45.2, "Point")
    assert rows[1]["kind"] == "Polygon"
    assert rows[0]["updated_by"].startswith("user-")
    assert "geometry" not in rows[0]
    [row] = interpreter.get(url_of(training, f"rows/?ids={first}")).json()["results"]
    assert row["geometry"] == {"type": "Point", "coordinates": [22.15, 45.2]}


def test_pages_need_the_same_few_queries_at_any_size(
    training: Any, interpreter: Any, django_assert_max_num_queries: Any
) -> None:
    for number in range(6):
        make(interpreter, training, 22 + number / 10)
    with django_assert_max_num_queries(9):
        interpreter.get(url_of(training, "rows/"))
    with django_assert_max_num_queries(9):
        interpreter.get(url_of(training, "balance/"))


def test_balance_counts_by_class_status_and_region(training: Any, interpreter: Any) -> None:
    make(interpreter, training, 22.1, class_code=1)
    make(interpreter, training, 22.3, class_code=1, status="ok")
    make(interpreter, training, 22.2)
    body = interpreter.get(url_of(training, "balance/")).json()
    assert body["count"] == 3
    assert [(row["class_code"], row["count"]) for row in body["classes"]] == [(1, 2), (None, 1)]
    assert {row["name"]: row["count"] for row in body["classes"][0]["statuses"]} == {
        "new": 1,
        "ok": 1,
    }
    assert body["bbox"] == pytest.approx([22.1, 45.2, 22.3, 45.2])
    assert body["revision"] == 3
    assert interpreter.get(url_of(training, "balance/?status=ok")).json()["count"] == 1


def test_an_empty_set_has_an_empty_balance_and_tile(training: Any, interpreter: Any) -> None:
    assert interpreter.get(url_of(training, "balance/")).json()["bbox"] is None
    tile = interpreter.get(url_of(training, "tiles/0/0/0.mvt"))
    assert (tile.status_code, tile.content) == (200, b"")


def test_tile_shows_each_sample_with_its_identity(training: Any, interpreter: Any) -> None:
    name = make(interpreter, training, class_code=2)
    tile = interpreter.get(url_of(training, "tiles/10/575/367.mvt"))
    assert tile["Content-Type"] == "application/vnd.mapbox-vector-tile"
    assert layer_of(tile.content)["features"] == 1
    assert name.encode() in tile.content
    assert layer_of(interpreter.get(url_of(training, "tiles/10/0/0.mvt")).content)["features"] == 0
    none = interpreter.get(url_of(training, "tiles/10/575/367.mvt?class=1"))
    assert layer_of(none.content)["features"] == 0
    for outside in ("tiles/2/4/0.mvt", "tiles/30/0/0.mvt"):
        assert interpreter.get(url_of(training, outside)).status_code == 404


def test_tile_is_kept_until_the_set_changes(training: Any, interpreter: Any) -> None:
    make(interpreter, training)
    url = url_of(training, "tiles/0/0/0.mvt")
    first = interpreter.get(url)
    assert first["Cache-Control"] == "private, no-cache"
    assert interpreter.get(f"{url}?v=1")["Cache-Control"] == "private, max-age=3600"
    again = interpreter.get(url, HTTP_IF_NONE_MATCH=first["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    make(interpreter, training)
    assert interpreter.get(url, HTTP_IF_NONE_MATCH=first["ETag"]).status_code == 200
    assert interpreter.get(f"{url}?v=1")["Cache-Control"] == "private, no-cache"


def test_crowded_tile_gathers_samples_and_loses_none(
    training: Any, interpreter: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tiles, "MAX_EACH", 3)
    for lon in (22.1, 22.1, 22.1, 60.0):
        make(interpreter, training, lon, class_code=1)
    tile = interpreter.get(url_of(training, "tiles/0/0/0.mvt"))
    assert layer_of(tile.content)["features"] == 2
    alone = ReferenceSample.objects.get(geometry__bboverlaps="SRID=4326;POINT(60 45.2)")
    assert str(alone.pk).encode() in tile.content


def test_polygon_at_the_pole_is_drawn_where_the_map_ends(training: Any, interpreter: Any) -> None:
    ring = [[[0, 80], [10, 80], [10, 90], [0, 90], [0, 80]]]
    shape = {**point(training), "geometry": {"type": "Polygon", "coordinates": ring}}
    assert interpreter.post(SAMPLES, shape, format="json").status_code == 201
    tile = interpreter.get(url_of(training, "tiles/0/0/0.mvt"))
    assert layer_of(tile.content)["features"] == 1


def test_a_viewer_sees_places_but_no_label(project: Any, training: Any, interpreter: Any) -> None:
    make(interpreter, training, class_code=2)
    viewer = api_as(make_member(project, Role.VIEWER))
    [row] = viewer.get(url_of(training, "rows/")).json()["results"]
    assert (row["class_code"], row["status"]) == (None, "new")
    assert viewer.get(url_of(training, "rows/?class=2")).json()["count"] == 0
    balance = viewer.get(url_of(training, "balance/")).json()
    assert (balance["labels"], balance["classes"][0]["class_code"]) == (False, None)
    seen = viewer.get(url_of(training, "tiles/0/0/0.mvt"))
    known = interpreter.get(url_of(training, "tiles/0/0/0.mvt"))
    assert layer_of(known.content)["values"] == layer_of(seen.content)["values"] + 1
    assert seen["ETag"] != known["ETag"]


def test_a_validation_set_tells_interpreters_their_own_labels_only(
    project: Any, interpreter: Any
) -> None:
    validation = sample_set_create(
        project=project, name="V", purpose="validation", user=project.created_by
    )
    manager = api_as(project.created_by)
    make(manager, validation, 22.1, class_code=1)
    own = make(interpreter, validation, 22.2, class_code=2)
    rows = interpreter.get(url_of(validation, "rows/")).json()["results"]
    assert [row["class_code"] for row in rows] == [None, 2]
    found = interpreter.get(url_of(validation, "rows/?class=1,2")).json()["results"]
    assert [row["id"] for row in found] == [own]
    assert interpreter.get(url_of(validation, "rows/?ordering=class_code")).status_code == 200
    assert len(manager.get(url_of(validation, "rows/?class=1,2")).json()["results"]) == 2


def test_strangers_find_nothing(training: Any) -> None:
    stranger = api_as(make_user())
    for part in ("rows/", "balance/", "events/", "tiles/0/0/0.mvt"):
        assert stranger.get(url_of(training, part)).status_code == 404, part


def test_places_are_kept_by_the_database(training: Any, interpreter: Any) -> None:
    make(interpreter, training)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_X(p) - mx, ST_Y(p) - my FROM (SELECT mx, my, ST_Transform(geometry, 3857) "
            "AS p FROM samples_referencesample) AS found"
        )
        assert cursor.fetchone() == pytest.approx((0, 0), abs=1e-3)
