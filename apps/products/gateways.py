"""The compute plane asked from outside: its manifest, and the hash of its sources."""

import hashlib
import subprocess
import sys
from pathlib import Path

from django.conf import settings
from pydantic import ValidationError

from apps.core.errors import Unavailable
from workers.contracts.manifest import Manifest

LIMIT_SECONDS = 300
LOCKS = ("requirements/base.txt",)


def manifest_read() -> Manifest:
    """Run ``python -m workers.manifest`` and return what it prints.

    A process of its own, since building the manifest imports the whole science stack.

    Raises:
        Unavailable: It failed; the message carries its last line, which names the broken plugin.
    """
    command = [sys.executable, "-m", "workers.manifest"]
    try:
        done = subprocess.run(
            command,
            cwd=settings.BASE_DIR,
            capture_output=True,
            text=True,
            timeout=LIMIT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as exc:
        raise Unavailable(f"The manifest took over {LIMIT_SECONDS} s.") from exc
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise Unavailable(
            f"The manifest of the workers cannot be built: {last}",
            advice="Run 'python -m workers.manifest' and mend the plugin it names.",
        )
    try:
        return Manifest.model_validate_json(done.stdout)
    except ValidationError as exc:
        raise Unavailable(f"The manifest of the workers is not valid: {exc}") from exc


def source_sha() -> str:
    """Return the SHA-256 over the workers' sources, the lock file and Python's version."""
    base = Path(settings.BASE_DIR)
    digest = hashlib.sha256(sys.version.encode())
    names = [base / name for name in LOCKS]
    for path in sorted([*(base / "workers").rglob("*.py"), *names]):
        if path.is_file():
            digest.update(path.relative_to(base).as_posix().encode() + b"\0")
            digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()
