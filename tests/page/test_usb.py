"""The page and the shipped firmware on the virtual cushion, through Chromium's own ``navigator.serial``."""

import itertools
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.dashboard.cushions import SITTING, plugged_in, write_seat
from tests.page.conftest import STARTS_MS, Served
from tests.page.usb import Usb, allowed, need_usb, plugged_into

pytestmark = pytest.mark.slow
RECORDS = "SELECT seq, session, mono_ms, ago_ms, kind, payload FROM record ORDER BY seq"
DAYS = 3
CUTS = 50
CLOSED_EVERY = 3
# A reader of the port fails after each `cutEvery` bytes: as when the plug is pulled.
CUT_JS = """
window.carried = 0;
window.cuts = 0;
window.cutEvery = Infinity;
const read = ReadableStreamDefaultReader.prototype.read;
ReadableStreamDefaultReader.prototype.read = async function () {
  const found = await read.call(this);
  window.carried += found.value?.length ?? 0;
  if (window.carried <= window.cutEvery) return found;
  window.carried = 0;
  window.cuts += 1;
  throw new DOMException("cut", "NetworkError");
};
"""


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A flash on which three virtual office days have been logged."""
    need_usb()
    return Path("/tmp/h/webpage/days.img")
    folder = tmp_path_factory.mktemp("days")
    command = [sys.executable, "-m", "sitbone.cli", "virtual", "--sitter", "office", "--speed", "max", "--seed", 3]
    command += ["--start", "2026-11-24T00:00", "--for", f"{DAYS * 24}h", "--flash", folder / "flash.img"]
    subprocess.run(list(map(str, [*command, "--link", folder / "link"])), check=True, capture_output=True)
    return folder / "flash.img"


@pytest.fixture
def cushion(days: Path, tmp_path: Path) -> Iterator[str]:
    """A cushion with these days, on which somebody sits; its pseudo-terminal."""
    flash = Path(shutil.copy(days, tmp_path / "flash.img"))
    trace = write_seat(tmp_path / "seat.csv", (3000, SITTING))
    with plugged_in(flash, tmp_path / "link", "--trace", trace):
        yield os.path.realpath(tmp_path / "link")


@pytest.fixture
def usb(served: Served, cushion: str, tmp_path: Path) -> Iterator[Usb]:
    with allowed(served), plugged_into(served, cushion, tmp_path) as found:
        yield found


def test_three_days_synced_in_the_page_are_those_of_the_command(usb: Usb, cushion: str, tmp_path: Path) -> None:
    _connect(usb)
    _sync(usb.page, "new records")
    of_page = _exported(usb.page, tmp_path / "page.sqlite")
    _disconnect(usb.page)
    of_command = _synced_by_command(cushion, tmp_path)
    assert len(of_page) > 1000 * DAYS
    assert of_command[: len(of_page)] == of_page


def test_a_sync_cut_at_fifty_points_is_complete_and_single_after_the_next(
    usb: Usb, cushion: str, tmp_path: Path
) -> None:
    """A sync gives up after its fourth attempt, and the next one goes on. Some times the page is closed instead."""
    page = usb.page
    page.add_init_script(CUT_JS)
    _connect(usb)
    cuts = 0
    for number in itertools.count(1):
        page.evaluate(f"cuts = carried = 0; cutEvery = {3300 + 23 * number}")
        page.get_by_role("button", name="Sync now").click()
        _until(lambda: page.evaluate("cuts"))
        if number % CLOSED_EVERY:
            expect(page.locator(".result .notice.bad").first).to_contain_text("that arrived are stored")
        cuts += page.evaluate("cuts")
        if number % CLOSED_EVERY == 0:
            page.reload()
            _connect(usb)
        page.evaluate("cutEvery = Infinity")
        if cuts >= CUTS:
            break
    _sync(page, "new record")
    of_page = _exported(page, tmp_path / "page.sqlite")
    _disconnect(page)
    assert _synced_by_command(cushion, tmp_path)[: len(of_page)] == of_page
    assert len(of_page) > 1000 * DAYS


def _until(is_so: Callable[[], object]) -> None:
    deadline_s = time.monotonic() + STARTS_MS / 1000
    while not is_so():
        assert time.monotonic() < deadline_s
        time.sleep(0.02)


def _connect(usb: Usb) -> None:
    page = usb.open("/cushion")
    expect(page.locator(".connection")).to_contain_text("Connected to cushion", timeout=STARTS_MS)


def _disconnect(page: Page) -> None:
    page.get_by_role("button", name="Disconnect").click()
    expect(page.locator(".connection")).to_contain_text("Disconnected")


def _sync(page: Page, says: str) -> None:
    page.get_by_role("button", name="Sync now").click()
    expect(page.locator("section.card .result .notice.good").first).to_contain_text(says, timeout=STARTS_MS)


def _exported(page: Page, path: Path) -> list[tuple[object, ...]]:
    with page.expect_download() as download:
        page.get_by_role("button", name="Export everything").click()
    download.value.save_as(path)
    return _records(path)


def _synced_by_command(cushion: str, folder: Path) -> list[tuple[object, ...]]:
    command = [sys.executable, "-m", "sitbone.cli", "sync", "--port", cushion, "--json"]
    done = subprocess.run(command, env=os.environ | {"SITBONE_HOME": str(folder)}, capture_output=True, check=True)
    found = _records(folder / "sitbone.sqlite")
    assert json.loads(done.stdout)["records"] == len(found)
    return found


def _records(path: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as db:
        return db.execute(RECORDS).fetchall()
