"""The form of the deployment files (images are not built here)."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT

BIN = Path(sys.executable).parent
DOCKERFILES = sorted((ROOT / "controlcenter" / "deploy" / "docker").glob("*Dockerfile"))
SCRIPTS = sorted([*(ROOT / "controlcenter" / "deploy").rglob("*.sh"), ROOT / ".ci" / "run"])


def run(*command: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(part) for part in command], capture_output=True, text=True)


def test_compose_file_fits_the_compose_schema() -> None:
    done = run(
        BIN / "check-jsonschema",
        "--builtin-schema",
        "vendor.compose-spec",
        ROOT / "docker-compose.yml",
    )
    assert done.returncode == 0, done.stdout


def test_compose_schema_finds_a_misspelt_key(tmp_path: Path) -> None:
    wrong = tmp_path / "docker-compose.yml"
    wrong.write_text("services:\n  web:\n    imaeg: x\n")
    done = run(BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", wrong)
    assert done.returncode != 0


@pytest.mark.parametrize("path", DOCKERFILES, ids=lambda path: path.name)
def test_dockerfile_passes_hadolint(path: Path) -> None:
    done = run(BIN / "hadolint", path)
    assert done.returncode == 0, done.stdout


def test_there_is_a_dockerfile_to_check() -> None:
    assert len(DOCKERFILES) >= 2


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_shell_script_parses(path: Path) -> None:
    assert run("bash", "-n", path).returncode == 0


def test_ci_runs_exactly_the_command_a_person_types() -> None:
    assert (ROOT / ".ci" / "run").read_text().splitlines()[-1] == "exec make test"


def test_every_target_is_listed_by_make_help() -> None:
    shown = run("make", "-s", "-C", ROOT, "help").stdout
    for target in ("run", "test", "lint", "lock", "bench", "docs", "clean", "stop"):
        assert f"make {target}" in shown
