"""What the web plane learns of the compute plane: ``python -m workers.manifest`` prints it.

Importing this module imports no science; building the manifest does.
"""

import ast
import hashlib
import importlib.util
import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import ModuleType
from typing import Any

from workers import registry
from workers.contracts.base import canonical_json
from workers.contracts.manifest import Manifest

ROOT = Path(__file__).resolve().parent
PACKAGES = ("numpy", "scipy", "scikit-learn", "numba", "rasterio")
# Plugins a kernel reaches by name through the registry, so that no import statement shows them.
_BY_REGISTRY = ("sensors", "features", "classifiers")


def manifest_build() -> Manifest:
    """Return all plugins with their schemas, code hashes and library versions.

    Raises:
        PluginError: a plugin is broken.
    """
    kinds = {kind: registry.all_of(kind) for kind in registry.KINDS}
    return Manifest(
        sensors=_specs(kinds["sensors"]),
        indices=_specs(kinds["features"]),
        classifiers=_specs(kinds["classifiers"]),
        kernels=_specs(kinds["kernels"]),
        workflows=_specs(kinds["workflows"]),
        products=_specs(kinds["products"]),
        code_sha={module.SPEC.slug: code_sha(module.__name__) for module in kinds["kernels"]},
        versions=library_versions(),
        parameters={
            kind: {
                module.SPEC.slug: module.Parameters.model_json_schema()
                for module in kinds[kind]
                if hasattr(module, "Parameters")
            }
            for kind in ("kernels", "workflows", "classifiers")
        },
    )


@cache
def library_versions() -> dict[str, str]:
    """Return the versions that enter a fingerprint, GDAL and PROJ as rasterio has them."""
    import rasterio

    versions = {"GDAL": rasterio.__gdal_version__, "PROJ": rasterio.__proj_version__}
    for package in PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            versions[package] = ""
    return versions


@cache
def code_sha(module: str) -> str:
    """Return the SHA-256 over the sources in a module's import closure inside ``workers``."""
    digest = hashlib.sha256()
    for path in import_closure(module):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0")
        digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()


def import_closure(module: str) -> tuple[Path, ...]:
    """Return the source files a module needs, found by reading import statements only.

    A module that imports the registry also depends on every sensor, feature and classifier.
    """
    found: set[Path] = set()
    todo = list(_sources(module))
    while todo:
        path = todo.pop()
        if path in found:
            continue
        found.add(path)
        for name in _imported(path):
            todo.extend(_sources(name))
            if name == "workers.registry":
                todo.extend(p for kind in _BY_REGISTRY for p in (ROOT / kind).rglob("*.py"))
    return tuple(sorted(found))


def _sources(name: str) -> list[Path]:
    """Return the file of a module, all files of a plugin package, and the ``__init__`` above."""
    if name != "workers" and not name.startswith("workers."):
        return []
    base = ROOT.joinpath(*name.split(".")[1:])
    files = [base.with_suffix(".py")] if name != "workers" else []
    if base.parent.name == "kernels" and base.is_dir():
        files.extend(sorted(base.rglob("*.py")))
    files.append(base / "__init__.py")
    while base != ROOT:
        base = base.parent
        files.append(base / "__init__.py")
    return [file for file in files if file.is_file()]


@cache
def _imported(path: Path) -> tuple[str, ...]:
    package = ".".join(("workers", *path.relative_to(ROOT).parent.parts))
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.extend(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                base = importlib.util.resolve_name("." * node.level + base, package)
            names.append(base)
            names.extend(f"{base}.{alias.name}" for alias in node.names)
    return tuple(name for name in names if name == "workers" or name.startswith("workers."))


def _specs(modules: tuple[ModuleType, ...]) -> tuple[Any, ...]:
    return tuple(module.SPEC for module in modules)


def main() -> None:
    """Print the manifest as canonical JSON."""
    sys.stdout.write(canonical_json(manifest_build()) + "\n")


if __name__ == "__main__":
    main()
