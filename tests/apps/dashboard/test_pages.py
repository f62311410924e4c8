"""Every page renders for a member, is missing for a stranger, and obeys the content policy."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.core.enums import Role
from apps.orchestration.models import JobTemplate
from tests.factories import make_member, make_project, make_user
from tests.factories.production import Production, make_production

pytestmark = pytest.mark.django_db
EVENT_HANDLER = re.compile(r"<[^>]+\son[a-z]+\s*=", re.IGNORECASE)
STYLE_ATTRIBUTE = re.compile(r"<[^>]+\sstyle\s*=", re.IGNORECASE)
INLINE_SCRIPT = re.compile(r"<script(?![^>]*\ssrc=)(?P<tag>[^>]*)>", re.IGNORECASE)


@pytest.fixture
def production() -> Production:
    return make_production(make_user(first_name="Marta", last_name="Kowalska"))


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def addresses_of(production: Production) -> dict[str, str]:
    slug = production.project.slug
    named = {
        name: reverse(f"dashboard:{name}", args=[slug])
        for name in ("project", "map", "scenes", "samples", "features", "models", "jobs")
    }
    return {
        **named,
        "launch-index": reverse("dashboard:launch-index", args=[slug]),
        "launch": reverse("dashboard:launch", args=[slug, "train_and_map"]),
        "feature-set": reverse(
            "dashboard:feature-set", args=[slug, production.model.feature_set_id]
        ),
        "model-version": reverse("dashboard:model-version", args=[production.model.pk]),
        "model-compare": reverse(
            "dashboard:model-compare", args=[production.model.pk, production.model.pk]
        ),
        "running": reverse("dashboard:job", args=[production.running.pk]),
        "finished": reverse("dashboard:job", args=[production.finished.pk]),
        "failed": reverse("dashboard:job", args=[production.failed.pk]),
        "part": reverse("dashboard:job-details", args=[production.running.pk]),
    }


@pytest.fixture
def workflows() -> None:
    from apps.products.services import manifest_store
    from workers.contracts.manifest import Manifest
    from workers.workflows import predict_map, train_and_map, train_model

    rows = (predict_map.SPEC, train_and_map.SPEC, train_model.SPEC)
    manifest_store(Manifest(workflows=rows), source_sha="test")


def test_models_offer_a_launch_to_those_who_may_launch(production: Production) -> None:
    address = addresses_of(production)["models"]
    viewer = make_member(production.project, Role.VIEWER)
    assert b"/launch/train_model/" in client_of(production.project.created_by).get(address).content
    assert b"/launch/" not in client_of(viewer).get(address).content
    empty = make_project()
    address = reverse("dashboard:models", args=[empty.slug])
    assert b"/launch/" not in client_of(make_member(empty, Role.VIEWER)).get(address).content


@pytest.mark.usefixtures("workflows")
class TestEveryPage:
    def test_renders_for_a_viewer(self, production: Production) -> None:
        client = client_of(make_member(production.project, Role.VIEWER))
        for name, address in {"projects": "/", **addresses_of(production)}.items():
            assert client.get(address).status_code == 200, name

    def test_is_missing_for_a_stranger(self, production: Production) -> None:
        client = client_of(make_user())
        for name, address in addresses_of(production).items():
            assert client.get(address).status_code == 404, name

    def test_sends_a_visitor_to_the_log_in(self, production: Production) -> None:
        for name, address in {"projects": "/", **addresses_of(production)}.items():
            answer = Client().get(address)
            assert answer.status_code == 302, name
            assert answer["Location"].startswith("/login/?next="), name

    def test_holds_nothing_the_content_policy_blocks(self, production: Production) -> None:
        client = client_of(production.running.created_by)
        for name, address in {"projects": "/", **addresses_of(production)}.items():
            answer = client.get(address)
            html = answer.content.decode()
            nonce = re.search(r"'nonce-([^']+)'", answer["Content-Security-Policy"])
            assert nonce, name
            assert not EVENT_HANDLER.search(html), name
            assert not STYLE_ATTRIBUTE.search(html), name
            for script in INLINE_SCRIPT.finditer(html):
                tag = script["tag"]
                is_data = 'type="application/json"' in tag
                assert is_data or f'nonce="{nonce[1]}"' in tag, f"{name}: {tag}"

    def test_has_one_leaflet_at_most(self, production: Production) -> None:
        client = client_of(production.running.created_by)
        for name, address in addresses_of(production).items():
            html = client.get(address).content.decode()
            assert len(re.findall(r"leaflet/leaflet(-src)?\.js", html)) <= 1, name


def test_page_of_no_projects_says_what_to_do() -> None:
    html = client_of(make_user()).get("/").content.decode()
    assert "No projects yet." in html
    assert "New project" in html


def test_board_of_an_empty_project_lists_the_main_job_as_steps() -> None:
    manager = make_user()
    project = make_project(manager=manager)
    html = client_of(manager).get(f"/projects/{project.slug}/").content.decode()
    steps = ("Import a catalogue", "Say where", "Bring samples", "Choose features", "Launch")
    for step in steps:
        assert f"<strong>{step}</strong>" in html
    assert "From imagery to map" in html


def test_queries_of_the_job_list_do_not_grow_with_jobs(
    production: Production, django_assert_max_num_queries: Any
) -> None:
    client = client_of(production.running.created_by)
    address = reverse("dashboard:jobs", args=[production.project.slug])
    with django_assert_max_num_queries(20):
        client.get(address)


def test_queries_of_the_project_list_do_not_grow_with_projects(
    django_assert_max_num_queries: Any,
) -> None:
    manager = make_user()
    for _ in range(4):
        make_project(manager=manager)
    client = client_of(manager)
    with django_assert_max_num_queries(11):
        client.get("/")


def test_job_page_groups_failures_by_cause(production: Production) -> None:
    client = client_of(production.running.created_by)
    address = reverse("dashboard:job-details", args=[production.running.pk])
    html = client.get(address).content.decode()
    assert html.count("failure-group") == 1
    assert "asset B8A: read error" in html
    assert "<b>3</b>" in html


def test_job_page_shows_the_error_with_its_advice(production: Production) -> None:
    client = client_of(production.running.created_by)
    html = client.get(reverse("dashboard:job", args=[production.failed.pk])).content.decode()
    assert "No valid date in window 06-15/08-31." in html
    assert "Widen the window" in html
    assert 'data-job-action="retry"' in html
    assert 'data-job-action="pause"' not in html


def test_finished_job_links_to_its_layer_and_model(production: Production) -> None:
    client = client_of(production.running.created_by)
    html = client.get(reverse("dashboard:job", args=[production.finished.pk])).content.decode()
    assert f"?layer={production.layer.pk}" in html
    assert reverse("dashboard:model-version", args=[production.model.pk]) in html
    assert "1,940 samples" in html


def test_model_page_has_the_matrix_as_a_table(production: Production) -> None:
    client = client_of(production.running.created_by)
    address = reverse("dashboard:model-version", args=[production.model.pk])
    html = client.get(address).content.decode()
    assert re.search(r'<td class="hit-5 hit"[^>]*>\s*<[^>]+>612</', html)
    assert re.search(r'<td class="miss-\d"[^>]*>\s*<[^>]+>58</', html)
    assert "Broadleaved forest" in html
    assert "89.5 – 91.5" in html


@pytest.mark.usefixtures("workflows")
def test_launch_again_takes_the_parameters_of_the_earlier_job(production: Production) -> None:
    client = client_of(production.running.created_by)
    address = reverse("dashboard:launch", args=[production.project.slug, "train_and_map"])
    html = client.get(f"{address}?from={production.finished.pk}").content.decode()
    seed = re.search(r'<input[^>]*data-path="parameters\.seed"[^>]*>', html)
    assert seed
    assert 'value="7"' in seed[0]
    assert f'"job": "{production.finished.pk}"' in html


@pytest.mark.usefixtures("workflows")
def test_viewer_sees_the_form_but_cannot_launch(production: Production) -> None:
    client = client_of(make_member(production.project, Role.VIEWER))
    address = reverse("dashboard:launch", args=[production.project.slug, "train_and_map"])
    html = client.get(address).content.decode()
    assert 'data-path="parameters.seed"' in html
    assert 'id="launch-button"' not in html
    assert 'id="save-template"' not in html


@pytest.mark.usefixtures("workflows")
def test_launch_page_of_another_projects_job_is_missing(production: Production) -> None:
    other = make_production(make_user())
    client = client_of(production.running.created_by)
    address = reverse("dashboard:launch", args=[production.project.slug, "train_and_map"])
    assert client.get(f"{address}?from={other.finished.pk}").status_code == 404
    assert client.get(f"{address}?from=nonsense").status_code == 404


@pytest.mark.usefixtures("workflows")
def test_predicting_from_a_model_page_chooses_that_model(production: Production) -> None:
    client = client_of(production.running.created_by)
    address = reverse("dashboard:launch", args=[production.project.slug, "predict_map"])
    html = client.get(f"{address}?model_version={production.model.pk}").content.decode()
    assert f'<option value="{production.model.pk}" selected' in html


@pytest.mark.usefixtures("workflows")
def test_the_query_fills_the_form_and_a_template_comes_before_it(production: Production) -> None:
    client = client_of(production.running.created_by)
    address = reverse("dashboard:launch", args=[production.project.slug, "train_and_map"])
    JobTemplate.objects.create(
        project=production.project,
        name="Ours",
        workflow="train_and_map",
        parameters={"seed": 5, "scenes": {"datetime": "2018"}},
        is_default=True,
    )
    html = client.get(f"{address}?cloud_cover_max=35&aoi=x,y").content.decode()
    assert re.search(r'data-path="parameters\.seed"[^>]*value="5"', html)
    assert re.search(r'data-path="parameters\.scenes\.cloud_cover_max"[^>]*value="35', html)
    assert re.search(r'data-path="parameters\.scenes\.datetime"[^>]*value="2018"', html)
    assert '"aois": ["x", "y"]' in html
    plain = client.get(f"{address}?template=none").content.decode()
    assert re.search(r'data-path="parameters\.seed"[^>]*value="0"', plain)
    for wrong in ("template=nonsense", "cloud_cover_max=much"):
        assert client.get(f"{address}?{wrong}").status_code in {400, 404}


def test_labels_of_samples_are_not_told_to_viewers(production: Production) -> None:
    address = reverse("dashboard:samples", args=[production.project.slug])
    viewer = client_of(make_member(production.project, Role.VIEWER))
    assert "Broadleaved forest · 12" not in viewer.get(address).content.decode()
    reader = client_of(make_member(production.project, Role.INTERPRETER))
    assert "Broadleaved forest · 12" in reader.get(address).content.decode()


def test_two_versions_stand_side_by_side(production: Production) -> None:
    client = client_of(production.running.created_by)
    names = [production.model.pk, production.model.pk]
    html = client.get(reverse("dashboard:model-compare", args=names)).content.decode()
    assert "Spatial folds" in html
    assert "The same features in both." in html
    assert "±0.0" in html


def test_four_accuracies_say_which_are_missing(production: Production) -> None:
    client = client_of(production.running.created_by)
    address = reverse("dashboard:model-version", args=[production.model.pk])
    html = client.get(address).content.decode()
    for title in ("Random folds", "Grouped folds", "Spatial folds", "Design-based"):
        assert title in html
    assert "needs a validation sample of the map" in html
