from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.builders.kernel_world import world_make


@pytest.fixture
def world(tmp_path: Path) -> SimpleNamespace:
    """Scenes, grid and folders of a small world of its own."""
    return world_make(tmp_path)
