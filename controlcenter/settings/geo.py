"""Where GeoDjango finds GDAL and GEOS: inside the pyogrio and shapely wheels.

One GDAL everywhere and no system package. ``find_spec`` locates a wheel without importing it.
"""

import importlib.util
import os
from pathlib import Path

# An inherited system path to PROJ or GDAL data breaks every wheel that carries its own copy.
for _name in ("PROJ_DATA", "PROJ_LIB", "GDAL_DATA", "GDAL_DRIVER_PATH"):
    os.environ.pop(_name, None)


def wheel_library(package: str, pattern: str) -> str | None:
    """Return the shared library of a wheel, or None: then Django searches the system."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        return None
    root = Path(spec.origin).parent
    hits = sorted((root.parent / f"{package}.libs").glob(pattern))
    hits = hits or sorted((root / ".dylibs").glob(pattern))
    return str(hits[0]) if hits else None


GDAL_LIBRARY_PATH = wheel_library("pyogrio", "libgdal*")
GEOS_LIBRARY_PATH = wheel_library("shapely", "libgeos_c*")
