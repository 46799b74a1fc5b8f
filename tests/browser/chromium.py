"""Finds the browser the tests drive; ``python -m tests.browser.chromium`` prints it, or fails where there is none."""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

INSTALLED = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def find_chromium() -> str | None:
    """The path of an installed Chromium or Chrome, or of Playwright's own; None where there is none."""
    for name in INSTALLED:
        found = shutil.which(name)
        if found:
            return found
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


if __name__ == "__main__":
    browser = find_chromium()
    print(browser or "no Chromium found")
    sys.exit(browser is None)
