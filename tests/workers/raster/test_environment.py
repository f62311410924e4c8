"""Each process of the compute plane has only the GDAL drivers it needs."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.builders.rasters import raster_asset
from workers.raster.environment import ALLOWED, ProcessClass, gdal_environment

ROOT = Path(__file__).resolve().parents[3]
DISGUISED = """<VRTDataset rasterXSize="96" rasterYSize="96">
<VRTRasterBand dataType="Byte" band="1"><SimpleSource>
<SourceFilename relativeToVRT="0">{path}</SourceFilename><SourceBand>1</SourceBand>
</SimpleSource></VRTRasterBand></VRTDataset>"""


def run_python(code: str, **variables: str) -> subprocess.CompletedProcess[str]:
    kept = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-c", code],
        env=kept | variables,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("process_class", sorted(ALLOWED))
def test_drivers_are_the_allow_list_and_nothing_is_printed(process_class: ProcessClass) -> None:
    result = run_python(
        "from workers.raster.environment import apply_environment, assert_drivers\n"
        f"apply_environment({process_class!r}); assert_drivers({process_class!r})\n"
        "from rasterio.env import Env\n"
        "with Env() as env: print(','.join(sorted(env.drivers())))"
    )
    assert result.returncode == 0, result.stderr
    assert set(result.stdout.strip().split(",")) <= ALLOWED[process_class]
    assert result.stderr == ""


def test_environment_given_by_the_parent_is_enough() -> None:
    result = run_python(
        "import rasterio\n"
        "from workers.raster.environment import assert_drivers\n"
        "assert_drivers('raster'); print('fine')",
        **gdal_environment("raster"),
    )
    assert result.stdout.strip() == "fine", result.stderr


def test_process_without_the_environment_refuses_to_run() -> None:
    result = run_python(
        "from workers.raster.environment import assert_drivers\nassert_drivers('raster')"
    )
    assert result.returncode != 0
    assert "VRT" in result.stderr


def test_environment_cannot_be_applied_too_late() -> None:
    result = run_python(
        "import rasterio\nfrom workers.raster.environment import apply_environment\n"
        "apply_environment('raster')"
    )
    assert "call apply_environment first" in result.stderr


def test_credentials_and_proxies_are_removed() -> None:
    result = run_python(
        "import os\nfrom workers.raster.environment import apply_environment\n"
        "apply_environment('raster')\n"
        "print([n for n in os.environ if n.startswith('AWS_') or n.lower().endswith('_proxy')])",
        AWS_SECRET_ACCESS_KEY="x",
        HTTPS_PROXY="http://127.0.0.1:1",
        https_proxy="http://127.0.0.1:1",
    )
    assert result.stdout.strip() == "[]", result.stderr


def test_disguised_vrt_reads_nothing_even_without_a_named_driver(tmp_path: Path) -> None:
    """A text saved as scene.tif that points at another project's raster."""
    raster_asset(tmp_path / "foreign.tif", np.full((96, 96), 42, np.uint8))
    scene = tmp_path / "scene.tif"
    scene.write_text(DISGUISED.format(path=tmp_path / "foreign.tif"))
    code = f"import rasterio\nprint(rasterio.open({str(scene)!r}).read(1).max())"
    unlocked = run_python(code)
    assert unlocked.stdout.strip() == "42"  # the attack works where nothing stops it
    locked = run_python(code, **gdal_environment("raster"))
    assert locked.returncode != 0
    assert "not recognized" in locked.stderr
