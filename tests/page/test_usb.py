"""The page and the shipped firmware on the virtual cushion, through Chromium's own ``navigator.serial``."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.dashboard.cushions import SITTING, plugged_in, write_seat
from tests.page.conftest import STARTS_MS, Served
from tests.page.usb import Usb, allowed, need_usb, plugged_into

pytestmark = pytest.mark.slow
RECORDS = "SELECT seq, session, mono_ms, ago_ms, kind, payload FROM record ORDER BY seq"


@pytest.fixture(scope="module")
def cushion(tmp_path_factory: pytest.TempPathFactory, installed_of) -> Iterator[str]:
    """A cushion that somebody sits on; its pseudo-terminal."""
    need_usb()
    folder = tmp_path_factory.mktemp("cushion")
    flash = folder / "flash.img"
    flash.write_bytes((installed_of(None) / "flash.img").read_bytes())
    trace = write_seat(folder / "seat.csv", (1500, SITTING), (200, (0, 0, 0, 0)), (1500, SITTING))
    with plugged_in(flash, folder / "link", "--trace", trace, "--speed", 60):
        yield os.path.realpath(folder / "link")


@pytest.fixture(scope="module")
def usb(served: Served, cushion: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Usb]:
    with allowed(served), plugged_into(served, cushion, tmp_path_factory.mktemp("usb")) as found:
        yield found


def test_a_sync_in_the_page_stores_what_the_command_stores(usb: Usb, cushion: str, tmp_path: Path) -> None:
    page = usb.open("/cushion")
    expect(page.locator(".connection")).to_contain_text("Connected to cushion", timeout=STARTS_MS)
    page.get_by_role("button", name="Sync now").click()
    expect(page.locator(".result .notice").first).to_contain_text("new records", timeout=STARTS_MS)
    exported = tmp_path / "page.sqlite"
    with page.expect_download() as download:
        page.get_by_role("button", name="Export everything").click()
    download.value.save_as(exported)
    page.get_by_role("button", name="Disconnect").click()
    expect(page.locator(".connection")).to_contain_text("Disconnected")

    home = tmp_path / "home"
    command = [sys.executable, "-m", "sitbone.cli", "sync", "--port", cushion, "--json"]
    done = subprocess.run(command, env=os.environ | {"SITBONE_HOME": str(home)}, capture_output=True, check=True)
    of_page, of_command = _records(exported), _records(home / "sitbone.sqlite")
    assert len(of_page) > 20
    assert of_command[: len(of_page)] == of_page
    assert json.loads(done.stdout)["records"] == len(of_command)


def _records(path: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as db:
        return db.execute(RECORDS).fetchall()
