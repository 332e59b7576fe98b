"""The real `sitbone dashboard` in a process of its own, and a real Chromium to look at it with."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

CHROMIUM = os.environ.get("SITBONE_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
# Runs as root, and sends no requests of its own.
CHROMIUM_ARGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-gpu"]
PATIENCE_MS = 20_000  # this machine may be busy
expect.set_options(timeout=PATIENCE_MS)
WIDE: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}


@dataclass(frozen=True)
class Dashboard:
    """A running dashboard: its address with the slash at the end, the user's data, and the process."""

    url: str
    home: Path
    process: subprocess.Popen[str]

    def at(self, path: str) -> str:
        return self.url.rstrip("/") + path


@contextmanager
def running(home: Path, *options: str, listen: str = "127.0.0.1:0") -> Iterator[Dashboard]:
    """`sitbone dashboard` on a free port with this data; Ctrl-C ends it."""
    command = [sys.executable, "-m", "sitbone.cli", "dashboard", "--listen", listen, *options]
    env = os.environ | {"SITBONE_HOME": str(home)}
    process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert line.startswith("sitbone dashboard: http"), process.communicate(timeout=30)
        yield Dashboard(line.split()[2], home, process)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            errors = process.communicate(timeout=30)[1]
        except subprocess.TimeoutExpired:
            process.kill()
            errors = process.communicate()[1]
        # Whatever the pages showed, nothing unforeseen happened.
        assert errors == ""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The user's data: none yet. A module that needs some has its own fixture of this name."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def dashboard(home: Path) -> Iterator[Dashboard]:
    with running(home) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("no Chromium found; install it, or name it in SITBONE_CHROMIUM")
        pytest.skip("no Chromium found; install it, or name it in SITBONE_CHROMIUM")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGS)
        yield found
        found.close()


@pytest.fixture
def new_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Makes pages in a browser profile of their own, by Playwright's own options; an error in one fails the test."""
    contexts, errors = [], []

    def make(**options: Any) -> Page:
        context = browser.new_context(**({"viewport": WIDE, **options}))
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    yield make
    for context in contexts:
        context.close()
    assert not errors


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    return new_page()
