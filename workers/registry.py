"""Finds plugins by walking their packages; a broken or doubled plugin stops everything.

Each module of a plugin package has exactly one ``SPEC`` of the kind of its package. Third parties
register modules through the entry-point group ``controlcenter.plugins``. Functions return the
module: ``registry.kernel("train_model").run``, ``registry.sensor("generic").SPEC``.
"""

import importlib
import importlib.util
import pkgutil
from functools import cache
from importlib.metadata import entry_points
from types import ModuleType

from pydantic import BaseModel

from workers.contracts.plugins import (
    ClassifierSpec,
    IndexSpec,
    KernelSpec,
    ProductSpec,
    SensorSpec,
    WorkflowSpec,
)
from workers.errors import ParameterError, WorkerError

KINDS: dict[str, type[BaseModel]] = {
    "sensors": SensorSpec,
    "features": IndexSpec,
    "classifiers": ClassifierSpec,
    "products": ProductSpec,
    "workflows": WorkflowSpec,
    "kernels": KernelSpec,
}
ENTRY_POINT_GROUP = "controlcenter.plugins"
NEEDED = {
    "kernels": ("Parameters", "run"),
    "workflows": ("Parameters",),
    "sensors": ("mask_keys", "valid_mask", "spread_mask"),
}


class PluginError(WorkerError):
    """A plugin module is broken: it names the module and what is wrong."""


def kernel(slug: str) -> ModuleType:
    """Return the module of a kernel (``SPEC``, ``Parameters``, ``run``)."""
    return _lookup("kernels", slug)


def sensor(slug: str) -> ModuleType:
    """Return the module of a sensor (``SPEC``, ``mask_keys``, ``valid_mask``, ``spread_mask``)."""
    return _lookup("sensors", slug)


def classifier(slug: str) -> ModuleType:
    """Return the module of a classifier."""
    return _lookup("classifiers", slug)


def index(slug: str) -> ModuleType:
    """Return the module of a spectral index."""
    return _lookup("features", slug)


def workflow(slug: str) -> ModuleType:
    """Return the module of a workflow."""
    return _lookup("workflows", slug)


def product(slug: str) -> ModuleType:
    """Return the module of a product."""
    return _lookup("products", slug)


def _lookup(kind: str, slug: str) -> ModuleType:
    """Import the module named like the slug, else walk the package.

    Raises:
        ParameterError: no such plugin; names those that exist.
    """
    name = f"workers.{kind}.{slug.lower()}"
    if slug.isidentifier() and _module_exists(name):
        module = _load(kind, name)
        if module.SPEC.slug == slug:
            return module
    for module in all_of(kind):
        if module.SPEC.slug == slug:
            return module
    known = ", ".join(module.SPEC.slug for module in all_of(kind))
    raise ParameterError(f"There is no {kind.removesuffix('s')} {slug!r}; known: {known}.")


@cache
def all_of(kind: str) -> tuple[ModuleType, ...]:
    """Return all plugin modules of a kind ("sensors", "kernels", …), ordered by slug.

    Raises:
        PluginError: a module does not import, has no ``SPEC`` or one of another kind, or two
            modules share a slug.
    """
    package = importlib.import_module(f"workers.{kind}")
    names = [
        f"workers.{kind}.{info.name}"
        for info in pkgutil.iter_modules(package.__path__)
        if not info.name.startswith("_")
    ]
    modules = [_load(kind, name) for name in [*names, *_foreign(kind)]]
    found: dict[str, str] = {}
    for module in modules:
        slug = module.SPEC.slug
        if slug in found:
            raise PluginError(f"{module.__name__} and {found[slug]} share the slug {slug!r}.")
        found[slug] = module.__name__
    return tuple(sorted(modules, key=lambda module: str(module.SPEC.slug)))


def _foreign(kind: str) -> list[str]:
    return [
        point.value
        for point in entry_points(group=ENTRY_POINT_GROUP)
        if point.name.split(".", 1)[0] == kind
    ]


def _load(kind: str, name: str) -> ModuleType:
    try:
        module = importlib.import_module(name)
    except Exception as error:
        raise PluginError(f"{name} cannot be imported: {error!r}.") from error
    specs = [value for key, value in vars(module).items() if key == "SPEC"]
    if not specs or not isinstance(specs[0], KINDS[kind]):
        raise PluginError(f"{name} needs exactly one SPEC = {KINDS[kind].__name__}(…).")
    missing = [item for item in NEEDED.get(kind, ()) if not hasattr(module, item)]
    if missing:
        raise PluginError(f"{name} lacks {', '.join(missing)}.")
    return module


def _module_exists(name: str) -> bool:
    return importlib.util.find_spec(name) is not None
