"""Settings: typed values of the environment, and a production that refuses open doors."""

import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.exceptions import ImproperlyConfigured

from apps.accounts.models import Organisation, User
from controlcenter import checks
from controlcenter.logging import cut_secrets
from controlcenter.settings import env

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("DATABASE_URL", "REDIS_URL", "TILER_SOCKET", "SECRET_KEY", "TILE_TOKEN_KEYS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    return tmp_path


def test_database_url_with_password_host_and_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://me:p%40ss@db.example:6543/maps")
    found = env.database()
    names = ("USER", "PASSWORD", "HOST", "PORT", "NAME")
    assert [found[name] for name in names] == ["me", "p@ss", "db.example", "6543", "maps"]


def test_database_sessions_cannot_hang(var: Path) -> None:
    assert "idle_in_transaction_session_timeout=10s" in env.database()["OPTIONS"]["options"]


def test_command_in_another_terminal_finds_the_private_services(var: Path) -> None:
    addresses = {"DATABASE_URL": "postgresql://cc@/cc?host=/run/short/pg&port=5432"}
    (var / "services.json").write_text(json.dumps(addresses))
    assert env.database()["HOST"] == "/run/short/pg"
    assert env.redis(1) == f"unix://{var}/run/redis.sock?db=1"


@pytest.mark.parametrize(
    ("given", "plain", "for_celery"),
    [
        ("redis://r:6379", "redis://r:6379/1", "redis://r:6379/1"),
        ("redis://r:6379/0", "redis://r:6379/1", "redis://r:6379/1"),
        ("unix:///r.sock?db=4", "unix:///r.sock?db=1", "redis+socket:///r.sock?virtual_host=1"),
    ],
)
def test_redis_address_in_both_spellings(
    given: str, plain: str, for_celery: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_URL", given)
    assert env.redis(1) == plain
    assert env.redis_for_celery(1) == for_celery


def test_secret_key_is_made_once_and_readable_by_its_owner_only(var: Path) -> None:
    first = env.secret_key()
    assert env.secret_key() == first
    assert len(first) >= 50
    assert (var / "secret_key").stat().st_mode & 0o777 == 0o600


def test_value_can_come_from_a_file(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (var / "given").write_text("from the file\n")
    monkeypatch.setenv("SECRET_KEY_FILE", str(var / "given"))
    assert env.secret_key() == "from the file"


def test_tile_keys_are_shared_by_a_json_object(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TILE_TOKEN_KEYS", '{"k2": "00ff", "k1": "01"}')
    assert env.token_keys() == {"k2": b"\x00\xff", "k1": b"\x01"}
    assert next(iter(env.token_keys())) == "k2"


def deploy_check(**variables: str) -> subprocess.CompletedProcess[str]:
    kept = {k: v for k, v in os.environ.items() if k not in {"DEMO", "FAILPOINTS"}}
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env={
            **kept,
            "DJANGO_SETTINGS_MODULE": "controlcenter.settings.production",
            "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
            **variables,
        },
        capture_output=True,
        text=True,
    )


def test_production_passes_the_deployment_checks() -> None:
    given = urlsplit(os.environ.get("DATABASE_URL") or env.service("DATABASE_URL", ""))
    empty = given._replace(path="/postgres").geturl()  # a database where nobody can log in
    done = deploy_check(DATABASE_URL=empty)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("variables", "finding"),
    [
        ({"FAILPOINTS": "link.before=kill9"}, "controlcenter.E001"),
        ({"DEMO": "1"}, "controlcenter.E002"),
        ({"SECRET_KEY": ""}, "controlcenter.W001"),
    ],
)
def test_production_refuses(variables: dict[str, str], finding: str) -> None:
    done = deploy_check(**variables)
    assert done.returncode != 0
    assert finding in done.stderr


@pytest.mark.django_db
def test_production_does_not_start_while_demo_log_ins_exist(settings: object) -> None:
    settings.DEMO = False  # type: ignore[attr-defined]
    settings.REFUSE_UNSAFE = True  # type: ignore[attr-defined]
    demo = Organisation.objects.create(slug="demo", name="Demo")
    User.objects.create(username="producer", organisation=demo)
    assert [found.id for found in checks.no_demo_log_ins()] == ["controlcenter.E003"]
    with pytest.raises(ImproperlyConfigured, match="producer"):
        checks.refuse_unsafe_production()


def test_log_lines_hold_no_tile_token_and_no_password() -> None:
    event = {"event": "GET /tiles/eyJ2.abc-_/3/1/2.png 200", "password": "x", "n": 1}
    cut = cut_secrets(None, "info", event)
    assert cut == {"event": "GET /tiles/***/3/1/2.png 200", "password": "***", "n": 1}
