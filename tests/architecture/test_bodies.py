"""No write of the API ignores a field in silence: an unknown one is 400, and is named."""

import json
from typing import Any

import pytest

from apps.core.enums import Role
from apps.projects.models import Project
from apps.samples.models import SampleSet
from tests.architecture.routes import Route, routes
from tests.architecture.test_routes import kind_of, name_of, values_of
from tests.factories import api_as, make_member, make_project
from tests.factories.rows import any_row

STRANGE = "no_such_field"
PLAIN = {"batch", "import", "delete", "restore", "comments"}  # beside a resource of Features
WRITES = ("post", "put", "patch")
FEATURES = {"aois", "regions", "production-units", "samples", "remarks"}
LISTS_OF_ROWS = {("patch", "api/v1/samples/")}  # each item is judged by its revision first


def writing() -> list[tuple[str, Route]]:
    """Return every (verb, route) that takes a body, the actions without one among them."""
    return [
        (verb, route)
        for route in routes()
        if route.is_api and route.access
        for verb in WRITES
        if verb in route.methods and (verb, route.pattern) not in LISTS_OF_ROWS
    ]


def body_of(route: Route, project: Project) -> dict[str, Any]:
    """Return a body with the project and a field that is not known anywhere."""
    resource = route.pattern.removeprefix("api/v1/").strip("^").split("/")[0]
    plain = {"project": str(project.pk), STRANGE: 1}
    if resource in FEATURES and route.pattern.split("/")[-2] not in PLAIN:
        return {"type": "Feature", "geometry": None, "properties": plain}
    return plain


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("verb", "route"),
    writing(),
    ids=lambda given: given if isinstance(given, str) else name_of(given),
)
def test_an_unknown_field_of_a_body_is_refused_by_name(verb: str, route: Route) -> None:
    project = make_project()
    client = api_as(make_member(project, Role.MANAGER))
    pk: Any = None
    if "pk" in route.parameters:
        model = SampleSet if "sample-sets/" in route.pattern else kind_of(route)
        pk = project.pk if model in (None, Project) else any_row(model, project).pk
    member = project.memberships.latest("created_at").pk
    path = route.path(**(values_of(route, pk) | {"member": member}))
    answer = getattr(client, verb)(
        path, body_of(route, project), format="json", headers={"If-Match": '"1"'}
    )
    assert answer.status_code == 400, (path, answer.status_code, answer.content[:500])
    assert STRANGE in json.dumps(answer.json()["errors"]), answer.json()
