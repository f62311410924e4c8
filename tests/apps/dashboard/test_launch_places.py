"""Where a launch may work: areas and production units, by name, by link, by command."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.http import QueryDict

from apps.aois.models import ProductionUnit
from apps.dashboard.selectors.launch import launch_beginning, launch_places
from apps.jobs.models import Job
from apps.products.selectors import workflow_get
from tests.factories import make_user
from tests.factories.production import Production, make_production, square

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("workflow")]


@pytest.fixture
def workflow() -> None:
    from apps.products.services import manifest_store
    from workers.contracts.manifest import Manifest
    from workers.workflows import predict_map

    manifest_store(Manifest(workflows=(predict_map.SPEC,)), source_sha="test")


@pytest.fixture
def production() -> Production:
    return make_production(make_user(username="manager"))


@pytest.fixture
def unit(production: Production) -> ProductionUnit:
    given: dict[str, Any] = {"code": "RO-07", "name": "Retezat", "geometry": square()}
    return ProductionUnit.objects.create(project=production.project, **given)


def test_units_are_offered_with_code_name_and_area(
    production: Production, unit: ProductionUnit
) -> None:
    area, place = launch_places(production.running.created_by, production.project)
    assert (area["kind"], place["kind"]) == ("area", "unit")
    assert place["name"] == "RO-07 Retezat"
    assert place["id"] == str(unit.pk)
    assert 0 < place["km2"] < 100


def test_nothing_of_another_project_is_offered(production: Production) -> None:
    other = make_production(make_user())
    ProductionUnit.objects.create(project=other.project, code="X", geometry=square())
    assert launch_places(production.running.created_by, other.project) == []


def test_a_link_names_units_and_an_earlier_job_keeps_its_own(
    production: Production, unit: ProductionUnit
) -> None:
    user, project = production.running.created_by, production.project
    chosen = workflow_get("predict_map")
    begin = launch_beginning(user, project, chosen, QueryDict(f"units={unit.pk}"))
    assert (begin.units, begin.aois) == ([str(unit.pk)], [])
    job = production.finished
    Job.objects.filter(pk=job.pk).update(spec={**job.spec, "units": [str(unit.pk)]})
    begin = launch_beginning(user, project, chosen, QueryDict(f"from={job.pk}"))
    assert begin.units == [str(unit.pk)]
    begin = launch_beginning(user, project, chosen, QueryDict(f"from={job.pk}&aoi=1"))
    assert (begin.units, begin.aois) == ([], ["1"])


def test_the_command_takes_units_of_its_project_only(production: Production) -> None:
    other = make_production(make_user())
    foreign = ProductionUnit.objects.create(project=other.project, code="X", geometry=square())
    parameters = f'{{"model_version": "{production.model.pk}"}}'
    order = {"project": production.project.slug, "parameters": parameters}
    with pytest.raises(CommandError, match=str(foreign.pk)):
        call_command("run_job", "predict_map", units=[str(foreign.pk)], **order)
    assert Job.objects.filter(project=production.project).count() == 3, "nothing was launched"
