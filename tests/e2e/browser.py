"""Headless Chromium as the tests use it."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NOT_FOUND = "no Chromium: set CHROMIUM to its path, or apt-get install chromium fonts-dejavu-core"


def chromium_path() -> str | None:
    given = os.environ.get("CHROMIUM")
    return given or next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the system's Chromium; absent, the test fails in CI and is skipped elsewhere."""
    path = chromium_path()
    if path is None:
        if os.environ.get("CI"):
            pytest.fail(NOT_FOUND, pytrace=False)
        pytest.skip(NOT_FOUND)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


class Visitor:
    """A person at a browser; remembers what the console complained about."""

    def __init__(self, browser: Browser, base: str, **context: Any) -> None:
        self.base = base
        self.context: BrowserContext = browser.new_context(**context)
        self.page: Page = self.context.new_page()
        self.refused: list[str] = []
        self.broken: list[str] = []
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.broken.append(str(error)))

    def _heard(self, message: Any) -> None:
        if "Content Security Policy" in message.text or "Refused to" in message.text:
            self.refused.append(message.text)

    def goto(self, path: str) -> Page:
        self.page.goto(self.base + path)
        return self.page

    def log_in(self, username: str, password: str, *, then: str = "/") -> Page:
        page = self.goto(f"/login/?next={then}")
        page.fill("#id_username", username)
        page.fill("#id_password", password)
        # Its scripts have run when the next page is loaded, so that it hears keys.
        with page.expect_navigation():
            page.click("button[type=submit]")
        return page

    def assert_no_complaints(self) -> None:
        assert self.refused == []
        assert self.broken == []

    def overflow(self) -> int:
        """Return by how many pixels the page is wider than its window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))
