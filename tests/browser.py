"""Debian's Chromium, driven by Playwright: pages are tested in the browser that people have, without a network."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

from stock_programs import needed


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the browser, or skip the test where there is none (see `needed`)."""
    path = needed("chromium")
    with sync_playwright() as playwright:
        # A container has no user namespaces for Chromium's own sandbox; the pages are ours.
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"])
        try:
            yield browser
        finally:
            browser.close()
