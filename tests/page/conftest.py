"""The page, made and served by the real command, in a real Chromium."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.dashboard.conftest import browser, new_page, page  # noqa: F401  fixtures

ROOT = Path(__file__).resolve().parents[2]
NODE = ROOT / "host_tools" / "sitbone" / "page" / "node"
SLOWEST_S = 300
STARTS_MS = 60_000  # Python, on a busy machine


def need(program: str, why: str) -> None:
    """Skips without a program; fails in CI, which installs it."""
    if shutil.which(program) is None:
        what = f"{program} is not installed: {why}"
        if os.environ.get("CI"):
            pytest.fail(what)
        pytest.skip(what)


@pytest.fixture(scope="session")
def brought() -> Path:
    """What npm brings for the page."""
    if not (NODE / "node_modules" / "pyodide").is_dir():
        need("npm", "it brings Python for browsers")
        subprocess.run(["npm", "ci", "--silent"], cwd=NODE, check=True, timeout=SLOWEST_S)
    return NODE / "node_modules"


@dataclass(frozen=True)
class Served:
    """The page: its address, and the folder that it is in."""

    url: str
    folder: Path

    def open(self, tab: Page, address: str = "/") -> None:
        """Opens an address of the page, and waits until Python has drawn it."""
        tab.goto(f"{self.url}#{address}")
        tab.wait_for_selector("#drawn h1", timeout=STARTS_MS)


@contextmanager
def serving(folder: Path) -> Iterator[Served]:
    command = [sys.executable, "-m", "sitbone.cli", "page", "--out", str(folder), "--serve", "--listen-port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        assert process.stdout.readline().startswith("page made in")
        yield Served(process.stdout.readline().split()[2], folder)
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture(scope="session")
def served(brought: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("page") / "page") as found:
        yield found
