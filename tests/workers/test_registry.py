"""Plugins are found by walking; what is broken or doubled stops everything."""

import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from workers import manifest, registry
from workers.errors import ParameterError

SENSOR = """
from workers.contracts.plugins import SensorSpec
SPEC = SensorSpec(slug={slug!r}, title="x")
def mask_keys(scene, options): return ()
def valid_mask(arrays, scene, options): return None
def spread_mask(arrays, scene, options): return None
"""


@pytest.fixture
def sensors_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that counts as part of ``workers.sensors`` for one test."""
    import workers.sensors

    monkeypatch.setattr(workers.sensors, "__path__", [*workers.sensors.__path__, str(tmp_path)])
    registry.all_of.cache_clear()
    yield tmp_path
    registry.all_of.cache_clear()
    for name in [name for name in sys.modules if name.startswith("workers.sensors.extra")]:
        del sys.modules[name]


def put(folder: Path, name: str, source: str) -> None:
    (folder / f"{name}.py").write_text(textwrap.dedent(source))


def test_new_file_is_a_new_plugin(sensors_folder: Path) -> None:
    put(sensors_folder, "extra_sensor", SENSOR.format(slug="extra_sensor"))
    assert registry.sensor("extra_sensor").SPEC.title == "x"
    assert "extra_sensor" in [module.SPEC.slug for module in registry.all_of("sensors")]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("raise RuntimeError('boom')", "extra_bad cannot be imported"),
        ("VALUE = 1", "needs exactly one SPEC"),
        ("SPEC = 'text'", "needs exactly one SPEC"),
        (
            "from workers.contracts.plugins import SensorSpec as S\nSPEC = S(slug='e', title='')",
            "lacks mask_keys",
        ),
        (SENSOR.format(slug="generic"), "share the slug 'generic'"),
    ],
)
def test_broken_or_doubled_plugin_stops_everything(
    sensors_folder: Path, source: str, message: str
) -> None:
    put(sensors_folder, "extra_bad", source)
    with pytest.raises(registry.PluginError, match=message):
        registry.all_of("sensors")


def test_unknown_slug_names_those_that_exist() -> None:
    with pytest.raises(ParameterError, match=r"no sensor 'landsat'; known: generic, .*synthetic"):
        registry.sensor("landsat")
    with pytest.raises(ParameterError, match="no kernel"):
        registry.kernel("../../etc")


def test_manifest_lists_every_plugin_and_repeats() -> None:
    built = manifest.manifest_build()
    assert {spec.slug for spec in built.sensors} >= {"sentinel2_l2a", "generic", "synthetic"}
    assert set(built.code_sha) == {spec.slug for spec in built.kernels}
    assert all(len(sha) == 64 for sha in built.code_sha.values())
    assert set(built.parameters["kernels"]) == {spec.slug for spec in built.kernels}
    assert built.versions["GDAL"].count(".") == 2
    assert built == manifest.manifest_build()
    assert type(built).model_validate_json(built.model_dump_json()) == built


def names(module: str) -> set[str]:
    return {path.relative_to(manifest.ROOT).as_posix() for path in manifest.import_closure(module)}


def test_closure_follows_imports_and_the_registry() -> None:
    assemble = names("workers.kernels.assemble_layer")
    assert {"raster/cog.py", "raster/reader.py", "contracts/grid.py", "storage.py"} <= assemble
    assert "kernels/probe_rasters.py" not in assemble
    assert "sensors/generic.py" not in assemble
    predict = names("workers.kernels.predict_block")
    assert {"sensors/sentinel2_l2a.py", "pipeline/evaluate.py", "registry.py"} <= predict


def test_package_kernel_includes_all_its_files() -> None:
    assert {"kernels/make_country/weather.py", "kernels/make_country/__init__.py"} <= names(
        "workers.kernels.make_country"
    )
