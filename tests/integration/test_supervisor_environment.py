"""What each process is told: the tiler little, Django nothing that opens GDAL's doors."""

from pathlib import Path

import pytest

from controlcenter.supervisor import environment
from controlcenter.supervisor.layout import layout_of
from controlcenter.supervisor.prepared import code_mark
from controlcenter.supervisor.services import Services


@pytest.fixture
def services(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Services:
    monkeypatch.setenv("DATABASE_URL", "postgresql://me:hidden@db/cc")
    monkeypatch.setenv("REDIS_URL", "redis://r:6379")
    for name in ("CATALOG", "CATALOG_ROOTS", "STORAGE_URL"):
        monkeypatch.delenv(name, raising=False)
    return Services.of(layout_of(tmp_path / "var"))


def test_tiler_is_told_no_credential(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "do-not-tell")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "do-not-tell")
    told = environment.for_tiler(services)
    assert not {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "AWS_SECRET_ACCESS_KEY"} & set(told)
    assert not any("do-not-tell" in value or "hidden" in value for value in told.values())
    assert told["STORAGE_URL"].startswith("file:///")
    assert "VRT" in told["GDAL_SKIP"].split(",")


def test_django_gets_addresses_but_no_foreign_gdal_settings(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROJ_LIB", "/usr/share/proj")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    told = environment.for_django(services, port=8001)
    assert told["DATABASE_URL"] == "postgresql://me:hidden@db/cc"
    assert told["PORT"] == "8001"
    assert not {"PROJ_LIB", "AWS_ACCESS_KEY_ID"} & set(told)


def test_folder_of_the_named_catalogue_may_be_read(
    services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "scenes"
    folder.mkdir()
    (folder / "catalog.json").write_text("{}")
    monkeypatch.setenv("CATALOG_ROOTS", "/srv/a")
    monkeypatch.setenv("CATALOG", str(folder / "catalog.json"))
    assert environment.for_django(services, port=1)["CATALOG_ROOTS"] == f"/srv/a:{folder}"
    monkeypatch.setenv("CATALOG", "https://stac.example/v1")
    assert environment.for_django(services, port=1)["CATALOG_ROOTS"] == "/srv/a"


def test_any_change_of_the_sources_or_of_the_demo_asks_for_a_new_preparation(
    tmp_path: Path,
) -> None:
    source = tmp_path / "apps" / "x.py"
    source.parent.mkdir()
    source.write_text("a = 1\n")
    first = code_mark(tmp_path, demo=True)
    assert code_mark(tmp_path, demo=True) == first
    assert code_mark(tmp_path, demo=False) != first
    source.write_text("a = 2\n")
    assert code_mark(tmp_path, demo=True) != first
