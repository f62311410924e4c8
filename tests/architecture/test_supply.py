"""What the project is built from: locked, hashed, and free of addresses."""

import json
import re

import pytest

from tests.architecture.sources import ROOT

REQUIREMENTS = sorted((ROOT / "requirements").glob("*.txt"))
PIN = re.compile(r"^([A-Za-z0-9_.\[\],-]+)==([^\s;]+)", re.MULTILINE)


def pins(name: str) -> dict[str, str]:
    text = (ROOT / "requirements" / name).read_text()
    return {found[1].lower(): found[2] for found in PIN.finditer(text)}


def tracked_text() -> list[tuple[str, str]]:
    """Path and text of every small file that belongs to the project."""
    skipped = {".git", ".venv", "node_modules", "var", "build", "site", "__pycache__"}
    found = []
    for path in sorted(ROOT.rglob("*")):
        relative = path.relative_to(ROOT)
        if skipped & set(relative.parts) or path.suffix not in {
            *(".py", ".sh", ".md", ".toml", ".yml", ".yaml", ".txt", ".json", ".ts", ".in"),
        }:
            continue
        found.append((relative.as_posix(), path.read_text(errors="replace")))
    return found


@pytest.mark.parametrize("path", REQUIREMENTS, ids=lambda path: path.name)
def test_requirements_name_no_address_and_hash_every_pin(path) -> None:  # type: ignore[no-untyped-def]
    text = path.read_text()
    assert "://" not in text
    assert not re.search(r"^-", text, re.MULTILINE)
    entries = re.split(r"\n(?=[A-Za-z0-9])", text.strip())
    unhashed = [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry]
    assert not unhashed


def test_development_lock_contains_the_production_lock() -> None:
    base, dev = pins("base.txt"), pins("dev.txt")
    assert {name: dev.get(name) for name in base} == base


def test_package_lock_records_no_download_address() -> None:
    text = (ROOT / "frontend" / "package-lock.json").read_text()
    assert '"resolved"' not in text
    packages = json.loads(text)["packages"]
    unhashed = [name for name, entry in packages.items() if name and "integrity" not in entry]
    assert not unhashed


def test_django_is_past_the_known_holes_and_before_the_next_major() -> None:
    version = tuple(int(part) for part in pins("base.txt")["django"].split("."))
    assert (5, 2, 19) <= version < (5, 3)


def test_no_registry_or_machine_path_is_named_anywhere() -> None:
    address = re.compile(
        r"pypi\.(org|python)|files\.(pythonhosted)|registry\.(npmjs|yarnpkg)|deb\.(debian)\.org"
        r"|/(?:work)/(main|shared)|/home/[a-z]"
    )
    own = "tests/architecture/test_supply.py"
    wrong = [
        f"{path}: {hit[0]}"
        for path, text in tracked_text()
        for hit in [address.search(text)]
        if hit
    ]
    assert [line for line in wrong if not line.startswith(own)] == []
