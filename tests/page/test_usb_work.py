"""What else the page does with a cushion on USB: settings, calibration, the firmware, and a plug that is pulled."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.dashboard.cushions import SITTING, plugged_in, write_seat
from tests.page.conftest import STARTS_MS, Served
from tests.page.usb import Usb, allowed, need_usb, plugged_into

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def cushion(tmp_path_factory: pytest.TempPathFactory, installed_of) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A cushion that somebody sits on: its pseudo-terminal, and its process."""
    need_usb()
    folder = tmp_path_factory.mktemp("cushion")
    flash = folder / "flash.img"
    flash.write_bytes((installed_of(None) / "flash.img").read_bytes())
    trace = write_seat(folder / "seat.csv", (3000, SITTING))
    with plugged_in(flash, folder / "link", "--trace", trace) as process:
        yield os.path.realpath(folder / "link"), process


@pytest.fixture(scope="module")
def page(served: Served, cushion, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with allowed(served), plugged_into(served, cushion[0], tmp_path_factory.mktemp("usb")) as usb:
        _connect(usb)
        yield usb.page


def _connect(usb: Usb) -> None:
    usb.open("/cushion")
    expect(usb.page.locator(".connection")).to_contain_text("Connected to cushion", timeout=STARTS_MS)


def test_a_setting_is_set_and_confirmed(page: Page) -> None:
    field = page.locator("input[aria-label^='seated_limit_s']")
    expect(field).not_to_have_value("", timeout=STARTS_MS)
    field.fill("1500")
    page.get_by_role("button", name="Save changes").click()
    expect(page.locator(".status")).to_contain_text("confirmed by the cushion: seated_limit_s = 1500")


def test_an_empty_seat_that_is_not_empty_is_refused(page: Page) -> None:
    page.get_by_role("button", name="Start: Empty seat").click()
    expect(page.locator("section.card", has_text="Calibration").locator(".notice.bad")).to_be_visible(timeout=STARTS_MS)


def test_the_seat_is_drawn_live(page: Page) -> None:
    page.locator("nav.pages a", has_text="Live").click()
    expect(page.locator(".live")).to_contain_text("You are sitting", timeout=STARTS_MS)
    number = page.locator("svg.seat").get_attribute("data-number")
    expect(page.locator("svg.seat")).not_to_have_attribute("data-number", number or "")
    page.locator("nav.pages a", has_text="Cushion").click()


def test_the_firmware_is_installed_and_runs(page: Page, cushion: tuple[str, subprocess.Popen[str]]) -> None:
    expect(page.locator(".connection")).to_contain_text("Connected to cushion", timeout=STARTS_MS)
    page.get_by_role("button", name="Install the firmware").click()
    done = page.locator("section.card", has_text="This page brings firmware").locator(".notice")
    expect(done).to_contain_text("runs", timeout=2 * STARTS_MS)
    page.get_by_role("button", name="Disconnect").click()
    expect(page.locator(".connection")).to_contain_text("Disconnected", timeout=STARTS_MS)
    command = [sys.executable, "-m", "sitbone.cli", "status", "--port", cushion[0], "--json"]
    status = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    assert not status["safe_mode"]
    page.get_by_role("button", name="Connect", exact=True).click()
    expect(page.locator(".connection")).to_contain_text("Connected to cushion", timeout=STARTS_MS)


def test_a_plug_that_is_pulled_is_said(page: Page, cushion: tuple[str, subprocess.Popen[str]]) -> None:
    """The last of these: the cushion is gone afterwards."""
    cushion[1].kill()
    expect(page.locator(".connection .notice.bad")).to_contain_text("Connection lost", timeout=STARTS_MS)


def test_a_store_goes_to_the_command_line_and_back(served: Served, page: Page, tmp_path: Path) -> None:
    home = tmp_path / "home"
    environment = os.environ | {"SITBONE_HOME": str(home)}

    def sitbone(*words: object) -> str:
        command = [sys.executable, "-m", "sitbone.cli", *map(str, words)]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout

    served.open(page, "/diary")
    page.get_by_role("button", name="Pain 4").click()
    page.get_by_role("button", name="While sitting").click()
    expect(page.locator(".status")).to_contain_text("Saved: pain 4")
    served.open(page, "/cushion")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export everything").click()
    download.value.save_as(tmp_path / "page.sqlite")
    sitbone("restore", tmp_path / "page.sqlite")
    assert [row["pain"] for row in json.loads(sitbone("pain", "list", "--json"))["entries"]] == [4]
    sitbone("pain", "add", 2, "--morning")
    sitbone("backup", tmp_path / "command.sqlite")
    page.locator("input[type=file][accept='.sqlite']").set_input_files(tmp_path / "command.sqlite")
    expect(page.locator(".status")).to_contain_text("Imported", timeout=STARTS_MS)
    served.open(page, "/diary")
    expect(page.locator(".diary li")).to_have_count(2, timeout=STARTS_MS)
