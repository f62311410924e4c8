"""Pictures of every page, wide and narrow, light and dark: ``python -m tests.e2e.screenshots``.

Against a system that runs already with ``--base``, else against a fresh one with the demo project.
"""

import argparse
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from playwright.sync_api import Browser

from tests.e2e.browser import Visitor, chromium
from tests.e2e.png import with_palette
from tests.e2e.system import ROOT, DemoSystem

if TYPE_CHECKING:
    from tests.e2e.walk import Stop

SIZES = {1440: 900, 390: 844}
THEMES = ("light", "dark")
FOLDER = ROOT / "docs" / "screenshots"


def main() -> None:
    given = arguments()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "controlcenter.settings.dev")
    import django

    django.setup()
    from tests.e2e.walk import found_in, walk  # the URL map needs Django

    given.folder.mkdir(parents=True, exist_ok=True)
    with running(given.base) as base, chromium() as browser:
        stops = [s for s in walk(found_in(asker(base), "demo")) if given.only in s.name]
        for width in SIZES:
            for theme in THEMES:
                shoot(browser, base, stops, width=width, theme=theme, folder=given.folder)
    total = sum(file.stat().st_size for file in given.folder.glob("*.png"))
    print(f"{len(stops)} pages, {total / 1e6:.1f} MB in {given.folder}")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", default="", help="address of a running system with the demo")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--only", default="", help="pages whose name holds this")
    return parser.parse_args()


@contextmanager
def running(base: str) -> Iterator[str]:
    if base:
        yield base
        return
    folder = Path(tempfile.mkdtemp(prefix="screenshots-"))
    system = DemoSystem(folder=folder / "var", data_root=folder)
    system.start()
    try:
        yield system.base
    finally:
        system.stop()
        shutil.rmtree(folder, ignore_errors=True)


def asker(base: str) -> Any:
    """Return ``get(path, **query)`` of the API for the demo's manager, who knows the tour."""
    client = httpx.Client(base_url=f"{base}/api/v1/", timeout=60)
    body = {"username": "manager", "password": "demo"}
    key = client.post("auth/token/", json=body).raise_for_status().json()["token"]
    client.headers["Authorization"] = f"Token {key}"
    client.patch("users/me/", json={"preferences": {"tour": "seen"}}).raise_for_status()
    return lambda path, **query: client.get(path, params=query).raise_for_status().json()


def shoot(
    browser: Browser, base: str, stops: "list[Stop]", *, width: int, theme: Any, folder: Path
) -> None:
    size = {"width": width, "height": SIZES[width]}
    person = Visitor(
        browser, base, viewport=size, color_scheme=theme, reduced_motion="reduce", locale="en-GB"
    )
    person.log_in("manager", "demo")
    person.page.evaluate("sessionStorage.clear()")
    for stop in stops:
        page = person.goto(stop.address)
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(400)  # tiles fade in
        file = folder / f"{stop.name}-{width}-{theme}.png"
        file.write_bytes(with_palette(page.screenshot()))
    person.context.close()


if __name__ == "__main__":
    main()
