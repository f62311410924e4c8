"""Compiled kernels of the tests live in a folder named after their sources.

numba looks only at the file of the function it loads, so a change in a function that was inlined
into it would go unseen.
"""

import hashlib
import os
import tempfile
from pathlib import Path

WORKERS = Path(__file__).resolve().parents[2] / "workers"
COMPILED = [*sorted(WORKERS.glob("numerics/**/*.py")), WORKERS / "contracts" / "expression.py"]


def compiled_sha() -> str:
    """Hash of every source that numba compiles or takes constants from."""
    return hashlib.sha256(b"".join(path.read_bytes() for path in COMPILED)).hexdigest()


os.environ.setdefault(
    "NUMBA_CACHE_DIR", str(Path(tempfile.gettempdir()) / f"cc-numba-{compiled_sha()[:16]}")
)
