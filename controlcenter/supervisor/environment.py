"""What each process is told. The tiler gets an allow-list: it holds no credentials."""

import json
import os
import sys
from pathlib import Path

from controlcenter.settings import env
from controlcenter.supervisor.services import Services
from workers.raster.environment import gdal_environment

INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "USER", "LOGNAME")
REMOVED = ("PROJ_DATA", "PROJ_LIB", "GDAL_DATA", "GDAL_PYTHON_DRIVER_PATH", "VIRTUAL_ENV")
ALWAYS = {
    "NUMBA_THREADING_LAYER": "workqueue",
    "PYTHONUNBUFFERED": "1",
}
NETWORK_PREFIXES = ("AWS_", "AZURE_", "GS_", "CPL_DEBUG", "CPL_CURL")


def for_django(services: Services, *, port: int) -> dict[str, str]:
    """Return the environment of web and workers: the caller's, closed against GDAL's extras."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in REMOVED and not name.startswith(NETWORK_PREFIXES)
    }
    kept.setdefault("DJANGO_SETTINGS_MODULE", "controlcenter.settings.dev")
    return {
        **kept,
        **ALWAYS,
        **gdal_environment("raster"),
        **services.addresses(),
        **_path_with_environment(),
        "CATALOG_ROOTS": os.pathsep.join(_catalog_roots()),
        "PORT": str(port),
    }


def for_tiler(services: Services) -> dict[str, str]:
    """Return the tiler's environment: the store to read and the keys of tile tokens."""
    kept = {name: os.environ[name] for name in INHERITED if name in os.environ}
    storage = os.environ.get("STORAGE_URL") or f"file://{services.layout.var / 'store'}"
    return {
        **kept,
        **ALWAYS,
        **gdal_environment("tiler"),
        **_path_with_environment(),
        "STORAGE_URL": storage,
        "CATALOG_ROOTS": os.pathsep.join([*_catalog_roots(), str(services.layout.var / "demo")]),
        "TILE_TOKEN_KEYS": json.dumps({name: key.hex() for name, key in env.token_keys().items()}),
    }


def catalog() -> str:
    """Return CATALOG as an address or an absolute path; empty when none is to be loaded."""
    given = os.environ.get("CATALOG", "")
    return str(Path(given).resolve()) if given and "://" not in given else given


def _catalog_roots() -> list[str]:
    """CATALOG_ROOTS and, since whoever starts the system named it, the folder of CATALOG."""
    roots = [root for root in os.environ.get("CATALOG_ROOTS", "").split(os.pathsep) if root]
    named = catalog()
    if named and "://" not in named:
        roots.append(str(Path(named) if Path(named).is_dir() else Path(named).parent))
    return list(dict.fromkeys(roots))


def _path_with_environment() -> dict[str, str]:
    """The interpreter's own folder first, whatever shim or system Python PATH begins with."""
    folder = str(Path(sys.executable).parent)
    return {"PATH": os.pathsep.join((folder, os.environ.get("PATH", os.defpath)))}
