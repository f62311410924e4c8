import pytest
from django.core.management.base import CommandError

from apps.orchestration.management.commands.import_samples import Command
from apps.samples.services import sample_set_ensure
from tests.factories.identity import make_project, make_user


def chosen(**options: str | None) -> str:
    return Command().project_chosen(**{"project": None, "sample_set": "field", **options}).slug


def test_samples_go_to_the_only_project_with_a_set_of_that_slug(db: None) -> None:
    user = make_user()
    project = make_project(manager=user, slug="alps")
    sample_set_ensure(project=project, slug="field", user=user)
    assert chosen() == "alps"


def test_a_slug_of_two_projects_asks_for_the_project_and_names_both(db: None) -> None:
    user = make_user()
    for slug in ("alps", "baltics"):
        sample_set_ensure(project=make_project(manager=user, slug=slug), slug="field", user=user)
    with pytest.raises(CommandError, match="alps, baltics"):
        chosen()
    assert chosen(project="baltics") == "baltics"


def test_an_unknown_slug_without_a_project_is_refused(db: None) -> None:
    with pytest.raises(CommandError, match="none"):
        chosen()
