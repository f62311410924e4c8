"""The control board: stages and states by what exists, failures by cause, a fixed cost."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.aois.models import AreaOfInterest, ProductionUnit, Region
from apps.core.enums import Role
from apps.dashboard.domain.board import (
    AreaFacts,
    covers,
    eta_seconds,
    eta_words,
    failure_groups,
    stage_of,
    state_of,
    steps_of,
)
from apps.dashboard.selectors.board import Board, BoardArea, board_of
from apps.jobs.models import Job
from apps.jobs.selectors import FailureRow
from apps.modelling.models import ModelVersion
from apps.projects.selectors import project_get
from apps.quality.models import Remark
from tests.factories import api_as, make_member, make_project, make_user
from tests.factories.production import (
    LAT,
    LON,
    SIZE,
    Production,
    make_job,
    make_layer,
    make_production,
    square,
)


class TestStages:
    """What an area is said to be, by what is known of it."""

    @pytest.mark.parametrize(
        ("facts", "stage"),
        [
            (AreaFacts(), "not_started"),
            (AreaFacts(model_ready=True), "model_ready"),
            (AreaFacts(mapped=True), "mapped"),
            (AreaFacts(mapped=True, open_remarks=2), "in_review"),
            (AreaFacts(mapped=True, unit_statuses=["review"]), "in_review"),
            (AreaFacts(mapped=True, unit_statuses=["accepted", "ready"]), "in_review"),
            (AreaFacts(mapped=True, unit_statuses=["accepted", "delivered"]), "accepted"),
            (AreaFacts(mapped=True, unit_statuses=["accepted"], open_remarks=1), "in_review"),
            (AreaFacts(unit_statuses=["accepted"]), "not_started"),
            (AreaFacts(open_remarks=3, model_ready=True), "model_ready"),
        ],
    )
    def test_stage(self, facts: AreaFacts, stage: str) -> None:
        assert stage_of(facts) == stage

    def test_state_tells_only_what_needs_somebody(self) -> None:
        assert state_of("error") == "failed"
        assert state_of("queued") == "waiting"
        assert state_of("finished") == state_of("canceled") == ""

    def test_a_box_covers_what_lies_within(self) -> None:
        assert covers([0, 0, 2, 2], [0, 0, 1, 1])
        assert not covers([0, 0, 2, 2], [1, 1, 3, 2])
        assert not covers(None, [0, 0, 1, 1])

    def test_steps_have_one_next_and_areas_may_be_left_out(self) -> None:
        done = [("scenes", True), ("areas", False), ("samples", False), ("map", False)]
        states = [row.state for row in steps_of(done, {"samples"}, ("areas",))]
        assert states == ["done", "next", "running", "next"]


class TestFailures:
    """Failures of one cause are one line, with what helps."""

    def row(self, job: str, **more: Any) -> FailureRow:
        given: dict[str, Any] = {
            "workflow": "predict_map",
            "aoi": None,
            "ended": True,
            "error_class": "storage",
            "signature": "storage OSError",
            "message": "The store did not answer.",
            "advice": "",
            "blocks": 4,
        }
        return FailureRow(job=job, **{**given, **more})

    def test_one_cause_over_two_jobs_is_one_group(self) -> None:
        [group] = failure_groups([self.row("a"), self.row("b", blocks=2)])
        assert (group.blocks, group.jobs, group.retry) == (6, ["a", "b"], ["a", "b"])
        assert group.amount == "6 blocks"
        assert group.within == "in 2 jobs"

    def test_no_retry_where_it_cannot_help_or_the_job_still_runs(self) -> None:
        data, running = self.row("a", error_class="data"), self.row("b", ended=False)
        groups = failure_groups([data, running])
        assert [group.retry for group in groups] == [[], []]
        assert "more imagery" in next(g for g in groups if g.error_class == "data").advice

    def test_the_largest_group_comes_first(self) -> None:
        groups = failure_groups([self.row("a"), self.row("b", signature="x", blocks=90)])
        assert groups[0].blocks == 90


class TestTimeLeft:
    def test_band_narrows_and_is_absent_before_ten_seconds(self) -> None:
        now = timezone.now()
        early = eta_seconds(10, 100, now - timedelta(seconds=60), now)
        late = eta_seconds(90, 100, now - timedelta(seconds=540), now)
        assert early is not None
        assert late is not None
        assert early[0] < 540 < early[1]
        assert (late[1] - late[0]) / late[1] < (early[1] - early[0]) / early[1]
        assert eta_seconds(1, 100, now - timedelta(seconds=5), now) is None
        assert eta_seconds(0, 100, now - timedelta(seconds=60), now) is None

    def test_words_say_the_unit_once(self) -> None:
        assert eta_words((600, 1200)) == "10 – 20\u202fmin"
        assert eta_words((60, 1200)) == "60\u202fs – 20\u202fmin"
        assert eta_words(None) == ""


@pytest.fixture
def production(db: Any) -> Production:
    return make_production(make_user())


def board(production: Production) -> Board:
    user = production.running.created_by
    return board_of(user, project_get(user, production.project.pk, at_least=Role.VIEWER))


def only_area(production: Production) -> BoardArea:
    [area] = board(production).areas
    return area


def on_area(job: Job, area: AreaOfInterest) -> None:
    job.spec = {**job.spec, "aoi": str(area.pk)}
    job.save(update_fields=["spec"])


def test_an_area_under_a_map_of_all_imagery_is_mapped(production: Production) -> None:
    release = production.layer.current_release
    assert release is not None
    release.bbox = [LON - 1, LAT - 1, LON + 1, LAT + 1]
    release.save(update_fields=["bbox"])
    area = only_area(production)
    assert (area.stage, area.layer) == ("mapped", str(production.layer.pk))


def test_an_area_beside_the_map_has_only_a_model(production: Production) -> None:
    production.project.refresh_from_db()
    AreaOfInterest.objects.update(geometry=square(10, 50))
    assert only_area(production).stage == "model_ready"
    ModelVersion.objects.update(status="retired")
    assert only_area(production).stage == "not_started"


def test_a_model_of_another_region_is_not_ready_here(production: Production) -> None:
    AreaOfInterest.objects.update(geometry=square(10, 50))
    far = Region.objects.create(project=production.project, code="FAR", geometry=square(0, 40))
    ModelVersion.objects.update(region=far)
    assert only_area(production).stage == "not_started"
    Region.objects.update(geometry=square(9.9, 49.9, 1))
    assert only_area(production).stage == "model_ready"


def test_the_map_of_a_run_on_the_area_counts(production: Production) -> None:
    area = AreaOfInterest.objects.get()
    AreaOfInterest.objects.update(geometry=square(10, 50))
    job = make_job(production.project, production.running.created_by, state="finished")
    on_area(job, area)
    layer = make_layer(production.project, job, production.model)
    shown = only_area(production)
    assert (shown.stage, shown.layer, shown.state) == ("mapped", str(layer.pk), "")


def test_open_remarks_and_units_move_a_mapped_area_on(production: Production) -> None:
    area = AreaOfInterest.objects.get()
    on_area(production.finished, area)
    spot = Point(LON + SIZE / 2, LAT + SIZE / 2, srid=4326)
    remark = Remark.objects.create(
        project=production.project, number=1, geometry=spot, text="Look at this"
    )
    shown = only_area(production)
    assert (shown.stage, shown.open_remarks) == ("in_review", 1)
    remark.status = "resolved"
    remark.save(update_fields=["status"])
    ProductionUnit.objects.create(
        project=production.project, code="U1", geometry=square(size=SIZE), status="accepted"
    )
    assert only_area(production).stage == "accepted"


def test_the_newest_job_of_an_area_is_its_state(production: Production) -> None:
    area = AreaOfInterest.objects.get()
    on_area(production.failed, area)
    assert only_area(production).state == "failed"
    on_area(production.running, area)
    Job.objects.filter(pk=production.running.pk).update(created_at=timezone.now())
    assert only_area(production).state == "running"


def test_failures_are_grouped_and_leave_when_done_again(production: Production) -> None:
    shown = board(production)
    assert shown.failed_jobs == 2
    assert {group.error_class for group in shown.failures} >= {"data"}
    again = make_job(
        production.project,
        production.running.created_by,
        workflow="train_model",
        state="finished",
    )
    assert again.created_at > production.failed.created_at
    jobs = {job for group in board(production).failures for job in group.jobs}
    assert str(production.failed.pk) not in jobs


def test_a_project_without_areas_shows_its_imagery_as_one(production: Production) -> None:
    AreaOfInterest.objects.all().delete()
    area = only_area(production)
    assert (area.name, area.stage) == ("All imagery", "mapped")


def test_a_project_with_units_alone_shows_its_units(production: Production) -> None:
    AreaOfInterest.objects.all().delete()
    project, user = production.project, production.running.created_by
    for n, status in enumerate(("accepted", "ready")):
        ProductionUnit.objects.create(
            project=project, code=f"U{n}", geometry=square(LON + n, LAT), status=status
        )
    first, second = ProductionUnit.objects.order_by("code")
    job = make_job(project, user, state="finished")
    job.spec = {**job.spec, "units": [str(first.pk)]}
    job.save(update_fields=["spec"])
    layer = make_layer(project, job, production.model)
    failed = make_job(project, user, state="error", done=3, failed=2, shown=9)
    failed.spec = {**failed.spec, "units": [str(second.pk)]}
    failed.save(update_fields=["spec"])
    shown = board(production)
    assert shown.noun == "Unit"
    assert [(a.name, a.kind, a.stage, a.state) for a in shown.areas] == [
        ("U0", "unit", "accepted", ""),
        ("U1", "unit", "model_ready", "failed"),
    ]
    assert shown.areas[0].layer == str(layer.pk)
    assert shown.areas[0].area_km2 > 0


def count_queries(production: Production) -> int:
    with CaptureQueriesContext(connection) as seen:
        board(production)
    return len(seen)


def test_queries_of_the_board_do_not_grow(production: Production) -> None:
    before = count_queries(production)
    user, project = production.running.created_by, production.project
    for n in range(6):
        area = AreaOfInterest.objects.create(
            project=project, name=f"A{n}", geometry=square(LON + n, LAT), area_km2=1
        )
        on_area(make_job(project, user, state="running", done=3, shown=9), area)
        on_area(make_job(project, user, state="error", done=3, failed=2, shown=9), area)
    assert count_queries(production) == before
    assert before <= 16


def test_board_over_the_api(production: Production) -> None:
    address = f"/api/v1/projects/{production.project.pk}/board/"
    viewer = api_as(make_member(production.project, Role.VIEWER))
    body = viewer.get(address).json()
    assert [area["name"] for area in body["areas"]] == ["Retezat clearing"]
    assert {row["key"] for row in body["stages"]} >= {"mapped", "accepted"}
    assert body["jobs"][0]["progress"]["done"] == 22
    assert api_as(make_user()).get(address).status_code == 404


def test_viewer_sees_no_action_that_is_not_theirs(production: Production, client: Any) -> None:
    client.force_login(make_member(production.project, Role.VIEWER))
    home = f"/projects/{production.project.slug}/"
    page = client.get(home).content.decode()
    assert "data-retry" not in page
    assert "Launch…" not in page
    areas = client.get(f"{home}areas/").content.decode()
    for act in ("data-draw", "areas-upload", "areas-pick"):
        assert act not in areas


def test_empty_board_leads_with_the_first_step(client: Any, db: Any) -> None:
    manager = make_user()
    project = make_project(manager=manager)
    client.force_login(manager)
    page = client.get(f"/projects/{project.slug}/").content.decode()
    assert 'aria-current="step"' in page
    assert page.index("Import a catalogue") < page.index("Say where")
    assert "no area yet" in page
