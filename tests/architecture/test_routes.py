"""Every route has a declared rule, and the rule holds for strangers and for visitors."""

import re
import uuid
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models
from django.test import Client
from rest_framework.test import APIClient, APIRequestFactory
from rest_framework.views import APIView

from apps.accounts.models import User
from apps.core.enums import Role
from apps.core.policy import Access, role_covers
from apps.core.views import PageAccessMixin
from apps.projects.models import Project
from tests.architecture.routes import Route, routes
from tests.factories import api_as, make_member, make_project, make_user
from tests.factories.rows import any_row

ROUTES = routes()
API = [route for route in ROUTES if route.is_api]
PAGES = [route for route in ROUTES if not route.is_api and issubclass(route.view, PageAccessMixin)]
CLOSED = [route for route in API if route.access and not route.access.public]
DETAIL = [route for route in CLOSED if "pk" in route.parameters]
LISTS = [
    route
    for route in CLOSED
    if not route.parameters
    and not (route.access and route.access.signed_in)
    and "get" in route.methods
]
# Kept beyond or beside a project on purpose: the trail outlives it, a token may span projects.
PROJECT_MAY_BE_NULL = {"accounts.AuditEntry", "accounts.ApiToken", "accounts.Notification"}


def name_of(route: Route) -> str:
    return route.pattern or "/"


def kind_of(route: Route) -> type[models.Model] | None:
    """Return the model whose ids stand in the address, None when the view does not tell."""
    view = route.view()
    view.request = APIRequestFactory().get("/")
    view.request.user = User()
    view.request.query_params = view.request.GET
    view.action, view.detail, view.kwargs, view.args = "retrieve", True, {}, ()
    try:
        model: type[models.Model] = view.get_queryset().model
    except (AttributeError, NotImplementedError):
        return None
    return model


def values_of(route: Route, pk: Any) -> dict[str, Any]:
    others = {"member": uuid.uuid4(), "slug": "nothing", "part": "log"} | {"z": 0, "x": 0, "y": 0}
    others |= {"job": uuid.uuid4(), "number": 1}
    return {name: pk if name == "pk" else others.get(name, "x") for name in route.parameters}


def call(client: APIClient | Client, verb: str, path: str, body: Any = None) -> Any:
    if verb == "get":
        return client.get(f"{path}?lon=26&lat=45")
    more = {"headers": {"If-Match": '"1"'}}
    if isinstance(client, APIClient):
        return getattr(client, verb)(path, body or {"name": "x"}, format="json", **more)
    return getattr(client, verb)(path, body or {"name": "x"}, **more)


def same_answer(one: Any, other: Any) -> bool:
    """Compare answers without the ids that the questions named."""
    ids = re.compile(rb"[0-9a-f]{8}-[0-9a-f-]{27}")
    return one.status_code == other.status_code and (
        ids.sub(b"", one.content) == ids.sub(b"", other.content)
    )


@pytest.mark.parametrize("route", ROUTES, ids=name_of)
def test_a_route_declares_who_may_use_it(route: Route) -> None:
    assert route.view is not None, f"{route.pattern} is a function; use a view class."
    assert isinstance(route.access, Access), f"{route.view.__name__} has no access = Access(…)."


@pytest.mark.parametrize("route", API, ids=name_of)
def test_an_api_route_applies_its_rule(route: Route) -> None:
    names = {permission.__name__ for permission in route.view.permission_classes}
    assert issubclass(route.view, APIView)
    assert names == {"DeclaredAccess"} or (route.access and route.access.public)


@pytest.mark.django_db
@pytest.mark.parametrize("route", CLOSED, ids=name_of)
def test_a_visitor_gets_401(route: Route) -> None:
    for verb in route.methods:
        path = route.path(**values_of(route, uuid.uuid4()))
        response = call(APIClient(), verb, path)
        assert response.status_code == 401, (verb, path, response.content)
        assert response["Content-Type"] == "application/problem+json"


@pytest.mark.django_db
@pytest.mark.parametrize("route", DETAIL, ids=name_of)
def test_foreign_and_unknown_objects_look_the_same(route: Route) -> None:
    model = kind_of(route)
    project = make_project()
    foreign = None
    if model is not None:
        foreign = project if model is Project else any_row(model, project)
    client = api_as(make_user())
    for verb in route.methods:
        unknown = call(client, verb, route.path(**values_of(route, uuid.uuid4())))
        assert unknown.status_code == 404, (verb, unknown.status_code, unknown.content)
        if foreign is not None:
            answer = call(client, verb, route.path(**values_of(route, foreign.pk)))
            assert same_answer(answer, unknown), (verb, answer.status_code, answer.content)
    if foreign is not None and "get" in route.methods and route.parameters == ("pk",):
        member = api_as(make_member(project, Role.MANAGER))
        member.raise_request_exception = False  # the made-up row may hold too little to be shown
        shown = call(member, "get", route.path(pk=foreign.pk))
        assert shown.status_code != 404, "The object must be there for this test to tell anything."


@pytest.mark.django_db
@pytest.mark.parametrize("route", LISTS, ids=name_of)
def test_a_list_shows_a_stranger_nothing(route: Route) -> None:
    model = kind_of(route)
    project = make_project()
    if model is not None and model is not Project:
        any_row(model, project)
    client = api_as(make_user())
    response = client.get(route.path())
    assert response.status_code == 200, response.content
    assert response.json()["count"] == 0
    foreign = client.get(f"{route.path()}?project={project.pk}")
    unknown = client.get(f"{route.path()}?project={uuid.uuid4()}")
    assert same_answer(foreign, unknown)
    assert foreign.status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(
    "route", [r for r in CLOSED if "post" in r.methods and not r.parameters], ids=name_of
)
def test_nothing_can_be_made_in_a_foreign_project(route: Route) -> None:
    project = make_project()
    client = api_as(make_user())
    answers = []
    for key in (project.pk, uuid.uuid4()):
        body = {"project": str(key), "name": "x", "properties": {"project": str(key)}}
        answers.append(client.post(route.path(), body, format="json"))
    if route.access and route.access.signed_in:
        pytest.fail("unexpected") if answers[0].status_code >= 500 else None
        return
    assert same_answer(*answers)
    assert answers[0].status_code in (400, 404), answers[0].content


@pytest.mark.django_db
@pytest.mark.parametrize("route", DETAIL, ids=name_of)
def test_a_viewer_cannot_use_what_needs_a_higher_role(route: Route) -> None:
    model = kind_of(route)
    assert route.access is not None
    needed = route.access.write
    unsafe = [verb for verb in route.methods if verb != "get"]
    if model is None or not unsafe or role_covers(Role.VIEWER, needed):
        return
    project = make_project()
    row = project if model is Project else any_row(model, project)
    client = api_as(make_member(project, Role.VIEWER))
    for verb in unsafe:
        response = call(client, verb, route.path(**values_of(route, row.pk)))
        # What a role may not even read does not exist for it.
        hidden = response.status_code == 404 and not role_covers(Role.VIEWER, route.access.read)
        assert hidden or response.status_code == 403, (verb, response.content)


@pytest.mark.django_db
@pytest.mark.parametrize("route", PAGES, ids=name_of)
def test_a_page_is_closed_to_visitors_and_strangers(route: Route) -> None:
    assert route.access is not None
    if route.access.public:
        assert route.pattern in {"login/", "logout/"}
        return
    project = make_project()
    values = {name: uuid.uuid4() for name in route.parameters} | {
        "slug": project.slug,
        "project_slug": project.slug,
        "workflow": "train_and_map",
        "part": "log",
    }
    path = route.path(**values)
    client = Client()
    response = client.get(path)
    assert response.status_code == 302
    assert response["Location"].startswith("/login/?next=")
    client.force_login(make_user())
    expected = 200 if route.access.signed_in else 404
    assert client.get(path).status_code == expected


def owned_models() -> list[type[models.Model]]:
    return [
        model
        for model in apps.get_models()
        if model.__module__.startswith("apps.")
        and any(field.related_model is Project for field in model._meta.concrete_fields)
    ]


@pytest.mark.parametrize("model", owned_models(), ids=lambda model: model._meta.label)
def test_a_project_owned_table_always_names_its_project(model: type[models.Model]) -> None:
    field: Any = model._meta.get_field("project")
    if model._meta.label in PROJECT_MAY_BE_NULL:
        assert field.null
    else:
        assert not field.null
        assert field.db_index or any(
            index.fields and index.fields[0].lstrip("-") == "project"
            for index in model._meta.indexes
        )


@pytest.mark.django_db
@pytest.mark.parametrize("model", owned_models(), ids=lambda model: model._meta.label)
def test_the_database_itself_refuses_a_row_without_project(model: type[models.Model]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attnotnull FROM pg_attribute WHERE attrelid = %s::regclass AND attname = %s",
            [model._meta.db_table, "project_id"],
        )
        found = cursor.fetchone()
    assert found is not None
    assert found[0] is (model._meta.label not in PROJECT_MAY_BE_NULL)
