"""Who may import whom. The layers are contracts in pyproject.toml; finer rules are here."""

import subprocess
import sys
from pathlib import Path

import grimp
import pytest

from tests.architecture.sources import ROOT, Source, sources

OPEN_TO_OTHER_APPS = {"services", "selectors", "domain", "enums"}
WORKERS_FOR_EVERY_APP = ("workers.contracts",)
WORKERS_FOR_ONE_APP = {
    "workers.accuracy": {"quality", "modelling", "samples"},
    "workers.errors": {"jobs", "orchestration"},  # the one table of what is tried again
    "workers.manifest": {"products"},
}
APPS = sorted(path.parent.name for path in (ROOT / "apps").glob("*/apps.py"))


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(
        "controlcenter", "apps", "workers", exclude_type_checking_imports=True, cache_dir=None
    )


def edges(graph: grimp.ImportGraph) -> list[tuple[str, str]]:
    return [
        (importer, imported)
        for importer in sorted(graph.modules)
        for imported in sorted(graph.find_modules_directly_imported_by(importer))
    ]


def is_open_to_apps(importer: str, imported: str) -> bool:
    """Whether an app may import this module of another app."""
    own, other = importer.split(".")[1], imported.split(".")
    if len(other) < 3 or other[1] in {own, "core"}:
        return other[1] in {own, "core"}
    return other[2] in OPEN_TO_OTHER_APPS


def foreign_models_used(source: Source) -> list[str]:
    """Models of other apps that a module does more with than naming them as types."""
    own = source.path.split("/")[1]
    used = source.used_beyond_types()
    return [
        f"{source.path}: {name} of apps.{app}.models"
        for app in APPS
        if app not in {own, "core"}
        for name in sorted(source.names_from(f"apps.{app}.models") & used)
    ]


def is_open_worker(importer: str, imported: str) -> bool:
    """Whether an app may import this module of the compute plane."""
    if imported.startswith(WORKERS_FOR_EVERY_APP):
        return True
    return any(
        imported.startswith(package) and importer.split(".")[1] in allowed
        for package, allowed in WORKERS_FOR_ONE_APP.items()
    )


def test_import_contracts_are_kept() -> None:
    command = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([command, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_apps_meet_only_through_services_selectors_domain_and_enums(
    graph: grimp.ImportGraph,
) -> None:
    wrong = [
        f"{importer} → {imported}"
        for importer, imported in edges(graph)
        if importer.startswith("apps.")
        and imported.startswith("apps.")
        and not is_open_to_apps(importer, imported)
        and imported.split(".")[2:3] != ["models"]  # see the next test
    ]
    assert not wrong, "\n".join(wrong)


def test_models_of_another_app_are_named_as_types_only() -> None:
    wrong = [line for source in sources("apps") for line in foreign_models_used(source)]
    assert not wrong, "\n".join(wrong)


def test_rule_about_foreign_models_can_fail() -> None:
    head = "from apps.projects.models import Project\n"
    typed = Source.of("apps/jobs/x.py", f"{head}def f(p: Project) -> list[Project]: return [p]\n")
    queried = Source.of("apps/jobs/x.py", f"{head}def f(): return Project.objects.all()\n")
    assert foreign_models_used(typed) == []
    assert foreign_models_used(queried) == ["apps/jobs/x.py: Project of apps.projects.models"]


def test_apps_use_only_the_open_part_of_the_workers(graph: grimp.ImportGraph) -> None:
    wrong = [
        f"{importer} → {imported}"
        for importer, imported in edges(graph)
        if importer.startswith("apps.")
        and imported.startswith("workers.")
        and not is_open_worker(importer, imported)
    ]
    assert not wrong, "\n".join(wrong)


def test_plugins_of_one_package_never_import_each_other(graph: grimp.ImportGraph) -> None:
    packages = ("sensors", "features", "classifiers", "products", "workflows", "kernels")
    wrong = [
        f"{importer} → {imported}"
        for importer, imported in edges(graph)
        for package in packages
        if importer.startswith(f"workers.{package}.")
        and imported.startswith(f"workers.{package}.")
        and importer.split(".")[2] != imported.split(".")[2]
        and not imported.split(".")[2].startswith("_")  # a part shared by plugins is no plugin
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("importer", "imported", "allowed"),
    [
        ("apps.jobs.services", "apps.projects.selectors", True),
        ("apps.jobs.services", "apps.core.errors", True),
        ("apps.jobs.services", "apps.jobs.models", True),
        ("apps.jobs.services", "apps.projects.models", False),
        ("apps.jobs.services", "apps.projects", False),
    ],
)
def test_rule_between_apps(importer: str, imported: str, allowed: bool) -> None:
    assert is_open_to_apps(importer, imported) is allowed


@pytest.mark.parametrize(
    ("importer", "imported", "allowed"),
    [
        ("apps.jobs.services", "workers.contracts.grid", True),
        ("apps.quality.services", "workers.accuracy.matrix", True),
        ("apps.jobs.services", "workers.accuracy.matrix", False),
        ("apps.products.services", "workers.manifest", True),
        ("apps.layers.services", "workers.raster.reader", False),
    ],
)
def test_rule_between_planes(importer: str, imported: str, allowed: bool) -> None:
    assert is_open_worker(importer, imported) is allowed
