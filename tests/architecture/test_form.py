"""The form of the sources: sizes, names, and what may be called where."""

import ast
import re
from collections.abc import Iterator

from tests.architecture.sources import (
    ROOT,
    FunctionNode,
    Source,
    body_lines,
    decorator_names,
    function_lines,
    sources,
)

LONGEST_FILE = 400
LONGEST_FUNCTION = 60
LONGEST_ENTRY_POINT = 15
LONGEST_TASK = 5
ENTRY_PACKAGES = ("views", "api", "consumers", "management")
HTTP_METHODS = {
    *("get", "post", "put", "patch", "delete", "head", "dispatch", "form_valid"),
    *("list", "retrieve", "create", "update", "partial_update", "destroy", "handle"),
}
RASTER_OPENERS = {"workers/raster/reader.py", "workers/raster/writer.py"}
FORBIDDEN_MODULES = ("pickle", "joblib", "cloudpickle", "dill", "shelve", "marshal")
FORBIDDEN_FILES = {"utils.py", "helpers.py", "misc.py", "common.py", "signals.py"}
PLUGIN_PACKAGES = ("sensors", "features", "classifiers", "products", "workflows", "kernels")
SAVE_OVERRIDES = {"save", "delete"}


def entry_points(source: Source) -> Iterator[tuple[str, FunctionNode]]:
    """Methods that answer a request, run a command, or are added with ``@action``."""
    parts = source.path.split("/")
    if parts[0] != "apps" or len(parts) < 3 or parts[2].removesuffix(".py") not in ENTRY_PACKAGES:
        return
    for name, function in source.functions():
        if function.name in HTTP_METHODS or "action" in decorator_names(function):
            yield name, function


def tasks(source: Source) -> Iterator[tuple[str, FunctionNode]]:
    for name, function in source.functions():
        if {"shared_task", "task"} & decorator_names(function):
            yield name, function


def uses_receiver(source: Source) -> bool:
    """Whether a module connects a Django signal (which hides who does what)."""
    decorated = any("receiver" in decorator_names(function) for _, function in source.functions())
    return decorated or any(
        name.endswith((".receiver", "signals.post_save", "signals.pre_save"))
        for name in source.imported()
    )


def opens_raster(source: Source) -> bool:
    return any(call.endswith("rasterio.open") for call in source.calls()) or (
        "rasterio.open" in source.imported()
    )


def overrides_save(source: Source) -> list[str]:
    return [
        f"{source.path}: {node.name}.{item.name}"
        for node in source.classes()
        for item in node.body
        if isinstance(item, FunctionNode)
        and item.name in SAVE_OVERRIDES
        and "/models" in source.path
    ]


def test_no_file_is_longer_than_400_lines() -> None:
    found = sources("apps", "workers", "controlcenter", "tests")
    long = [f"{s.path}: {s.line_count}" for s in found if s.line_count > LONGEST_FILE]
    assert not long, "\n".join(long)


def test_no_function_is_longer_than_60_lines() -> None:
    long = [
        f"{source.path}:{function.lineno} {name}: {function_lines(function)}"
        for source in sources()
        for name, function in source.functions()
        if function_lines(function) > LONGEST_FUNCTION
    ]
    assert not long, "\n".join(long)


def test_entry_points_are_short() -> None:
    long = [
        f"{source.path}:{function.lineno} {name}: {body_lines(function)}"
        for source in sources("apps")
        for name, function in entry_points(source)
        if body_lines(function) > LONGEST_ENTRY_POINT
    ]
    assert not long, "\n".join(long)


def test_tasks_only_call_a_service() -> None:
    long = [
        f"{source.path}:{function.lineno} {name}: {body_lines(function)}"
        for source in sources("apps")
        for name, function in tasks(source)
        if body_lines(function) > LONGEST_TASK
    ]
    assert not long, "\n".join(long)


def test_no_app_connects_a_signal() -> None:
    wrong = [source.path for source in sources("apps") if uses_receiver(source)]
    assert not wrong, "\n".join(wrong)


def test_no_model_overrides_save_or_delete() -> None:
    wrong = [name for source in sources("apps") for name in overrides_save(source)]
    assert not wrong, "\n".join(wrong)


def test_rasters_are_opened_in_one_place() -> None:
    wrong = [s.path for s in sources() if opens_raster(s) and s.path not in RASTER_OPENERS]
    assert not wrong, "\n".join(wrong)


def test_nothing_is_unpickled() -> None:
    wrong = [
        f"{source.path}: {name}"
        for source in sources("apps", "workers", "controlcenter")
        for name in sorted(source.imported())
        if name.split(".")[0] in FORBIDDEN_MODULES
    ]
    assert not wrong, "\n".join(wrong)


def test_the_web_plane_opens_no_file_of_geodata() -> None:
    forbidden = ("DataSource", "GDALRaster", "RasterField")
    wrong = [
        f"{source.path}: {name}"
        for source in sources("apps", "controlcenter")
        for name in sorted(source.imported())
        if name.rpartition(".")[2] in forbidden
    ]
    assert not wrong, "\n".join(wrong)


def test_no_module_is_a_drawer_for_odds_and_ends() -> None:
    wrong = [s.path for s in sources() if s.path.rpartition("/")[2] in FORBIDDEN_FILES]
    assert not wrong, "\n".join(wrong)


def plugins() -> list[tuple[str, str]]:
    """Package and name of every plugin: a module, or a package when it outgrew one file."""
    parts = [source.path.split("/") for source in sources("workers")]
    found = {
        (part[1], part[2].removesuffix(".py"))
        for part in parts
        if len(part) >= 3 and part[1] in PLUGIN_PACKAGES and not part[2].startswith("_")
    }
    return sorted(found)


def is_tested(package: str, name: str, tests: dict[str, str]) -> bool:
    """A test file has the plugin's name, or a test names it: as a module or by its slug."""
    if any(stem.startswith(f"test_{name}") for stem in tests):
        return True
    named = re.compile(rf"workers\.{package}(\.| import .*\b){name}\b|[\"']{name}[\"']")
    return any(named.search(text) for text in tests.values())


def test_every_plugin_has_a_test() -> None:
    tests = {path.stem: path.read_text() for path in (ROOT / "tests").rglob("test_*.py")}
    missing = [
        f"{package}/{name}" for package, name in plugins() if not is_tested(package, name, tests)
    ]
    assert not missing, "no test names: " + ", ".join(missing)


def test_rule_about_tested_plugins_can_fail() -> None:
    tests = {"test_indices": 'check("ndvi")\nfrom workers.sensors import generic\n'}
    assert is_tested("features", "ndvi", tests)
    assert is_tested("sensors", "generic", tests)
    assert not is_tested("features", "evi", tests)


def test_form_rules_can_fail() -> None:
    bad = Source.of(
        "apps/x/models.py",
        "from django.dispatch import receiver\nimport rasterio\n"
        "class A:\n    def save(self): rasterio.open('x')\n",
    )
    long = "\n".join(f"        x{n} = {n}" for n in range(LONGEST_ENTRY_POINT + 1))
    view = Source.of("apps/x/views.py", f"class V:\n    def get(self):\n{long}\n")
    assert uses_receiver(bad)
    assert opens_raster(bad)
    assert overrides_save(bad) == ["apps/x/models.py: A.save"]
    assert [body_lines(function) for _, function in entry_points(view)] == [16]
    assert isinstance(view.tree, ast.Module)
