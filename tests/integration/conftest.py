"""A running system without processes: plugins synced, an object store, an operator."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from tests.builders.living_world import World, world_made
from tests.builders.main_job import Operator
from tests.factories.identity import make_user


@pytest.fixture
def operator(transactional_db: Any, store: Any, data_root: Path, settings: Any) -> Operator:
    """A producer who may import from the real scenes and from the store's own folder."""
    settings.CATALOG_ROOTS = [data_root, store.root.parent]
    call_command("sync_plugins")
    return Operator(make_user())


@pytest.fixture(scope="package")
def world(
    database: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """A small country that has been mapped once, shared; tests leave its objects as they are."""
    with django_db_blocker.unblock():
        call_command("flush", interactive=False, verbosity=0)
        with world_made(tmp_path_factory.mktemp("world")) as made:
            yield made
        call_command("flush", interactive=False, verbosity=0)
