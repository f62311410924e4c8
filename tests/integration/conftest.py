"""A running system without processes: plugins synced, an object store, an operator."""

from pathlib import Path
from typing import Any

import pytest

from tests.builders.main_job import Operator
from tests.factories.identity import make_user


@pytest.fixture
def operator(transactional_db: Any, store: Any, data_root: Path, settings: Any) -> Operator:
    """A producer who may import from the real scenes and from the store's own folder."""
    from django.core.management import call_command

    settings.CATALOG_ROOTS = [data_root, store.root.parent]
    call_command("sync_plugins")
    return Operator(make_user())
