"""Work that must be done while the ASGI module is imported, inside a running event loop."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor


def run_outside_loop(work: Callable[[], None]) -> None:
    """Run synchronous work (it may use the database) in a thread and wait; errors come through."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        pool.submit(work).result()
