"""The only reader of the environment in the web plane: typed values with their defaults."""

import hashlib
import json
import os
import secrets
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

BASE_DIR = Path(__file__).resolve().parent.parent.parent


def text(name: str, default: str = "") -> str:
    """Return a variable, or the content of the file that ``<name>_FILE`` names."""
    file_name = os.environ.get(f"{name}_FILE")
    if file_name:
        return Path(file_name).read_text().strip()
    return os.environ.get(name, default)


def is_given(name: str) -> bool:
    """Return whether a variable or its ``_FILE`` form is set to something."""
    return bool(os.environ.get(name) or os.environ.get(f"{name}_FILE"))


def service(name: str, default: str) -> str:
    """Return the address of a service: given, or written by the supervisor, or the default.

    So a command typed in another terminal finds the private services wherever they had to be put.
    """
    if is_given(name):
        return text(name)
    try:
        written = json.loads((var_dir() / "services.json").read_text())
    except (OSError, ValueError):
        return default
    return str(written.get(name) or default)


def flag(name: str, *, default: bool) -> bool:
    value = os.environ.get(name, "").strip().lower()
    return default if not value else value not in {"0", "false", "no", "off"}


def number(name: str, default: int) -> int:
    return int(os.environ.get(name) or default)


def paths(name: str) -> list[Path]:
    """Return the real paths of a colon-separated list of folders."""
    return [Path(part).resolve() for part in os.environ.get(name, "").split(":") if part]


def var_dir() -> Path:
    return (BASE_DIR / os.environ.get("VAR_DIR", "var")).resolve()


def secret_key() -> str:
    """Return SECRET_KEY, or a generated one kept in VAR_DIR with mode 0600."""
    given = text("SECRET_KEY")
    if given:
        return given
    keep = var_dir() / "secret_key"
    if keep.exists():
        return keep.read_text().strip()
    keep.parent.mkdir(parents=True, exist_ok=True)
    fresh = secrets.token_urlsafe(48)
    with tempfile.NamedTemporaryFile("w", dir=keep.parent, delete=False) as draft:
        draft.write(fresh)
    os.chmod(draft.name, 0o600)
    try:
        os.link(draft.name, keep)  # whoever links first wins; everybody reads the same key
    except FileExistsError:
        pass
    finally:
        os.unlink(draft.name)
    return keep.read_text().strip()


def key_for(purpose: str) -> bytes:
    """Derive a purpose-bound key, so that one leaked use does not open another."""
    return hashlib.sha256(f"{purpose}:{secret_key()}".encode()).digest()


def token_keys() -> dict[str, bytes]:
    """Return the keys of tile tokens by key id, the signing one first.

    TILE_TOKEN_KEYS is a JSON object of id → hexadecimal key, so that web and tiler can share a
    file and keys can be rotated; without it one key is derived from the secret key.
    """
    given = text("TILE_TOKEN_KEYS")
    if not given:
        return {"k1": key_for("tiles")}
    return {name: bytes.fromhex(key) for name, key in json.loads(given).items()}


# Sessions that hang must not hold others; dead peers are found within half a minute.
SESSION_SETTINGS = {
    "idle_in_transaction_session_timeout": "10s",
    "lock_timeout": "5s",
    "statement_timeout": "60s",
    "client_connection_check_interval": "10s",
}
KEEPALIVE = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}


def database(name: str = "DATABASE_URL") -> dict[str, Any]:
    """Return Django's database settings of a postgresql:// URL; ``?host=`` is a socket folder."""
    default = f"postgresql://cc@/cc?host={var_dir()}/run/pg&port=5432"
    parts = urlsplit(service(name, default))
    query = dict(item.split("=", 1) for item in parts.query.split("&") if "=" in item)
    session = " ".join(f"-c {key}={value}" for key, value in SESSION_SETTINGS.items())
    options: dict[str, Any] = {
        "pool": {"min_size": 1, "max_size": 8, "timeout": 10},
        "options": session,
    }
    if "sslmode" in query:
        options["sslmode"] = query["sslmode"]
    return {
        "ENGINE": "django.contrib.gis.db.backends.postgis",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(query.get("host", parts.hostname or "")),
        "PORT": str(query.get("port", parts.port or "")),
        "CONN_MAX_AGE": 0,
        "OPTIONS": {**options, **KEEPALIVE},
    }


def redis(database_number: int) -> str:
    """Return the Redis URL (unix:// or redis://) of one of its numbered databases."""
    base = service("REDIS_URL", f"unix://{var_dir()}/run/redis.sock").split("?")[0]
    if base.startswith("unix://"):
        return f"{base}?db={database_number}"
    scheme, _, rest = base.partition("://")
    return f"{scheme}://{rest.split('/')[0]}/{database_number}"


def redis_for_celery(database_number: int) -> str:
    """Return the same address in kombu's spelling."""
    url = redis(database_number)
    if url.startswith("unix://"):
        return f"redis+socket://{url[7:].split('?')[0]}?virtual_host={database_number}"
    return url
