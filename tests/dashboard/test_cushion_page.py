"""The Cushion page in a real browser: sync, calibrate, change settings and undo it, beside other programs."""

import json
import os
import re
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from sitbone.board.port_holder import holder_of
from tests.dashboard.conftest import PHONE, WIDE, running
from tests.dashboard.cushions import PATIENCE_S, SITTING, copied, plugged_in, sitbone, unplug, until, write_seat

pytestmark = pytest.mark.slow
WEIGHTY = ("serious", "critical")
WORKED_MIN = 90
RATE = re.compile(r"of [0-9.]+ kB, [0-9.]+ kB/s, about .+ left")
FEW = re.compile(r"^(No new records|1 new record|[0-9] new records) in the cushion\.$")
LEFT = re.compile(r"[0-9]+ s left\. Sit down as you normally do")


@pytest.fixture(scope="module")
def worked_flash(installed_flash, tmp_path_factory):
    """A flash with the records of some hours of sitting and standing."""
    from sitbone.virtual import SitterSeat, VirtualCushion

    image = copied(installed_flash, tmp_path_factory.mktemp("worked") / "flash.img")
    with VirtualCushion(SitterSeat("office", seed=3), flash=image, speed=None, duration_s=WORKED_MIN * 60) as cushion:
        cushion.run()
    return image


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Where the cushion is plugged in, and where its flash lies."""
    return tmp_path_factory.mktemp("place")


@pytest.fixture(scope="module")
def dashboard(home, place):
    with running(home, "--port", str(place / "cushion")) as found:
        yield found


@contextmanager
def plugged(place, worked_flash, *options, levels_mv=SITTING):
    """A cushion with the records of some hours, on which somebody sits."""
    copied(worked_flash, place / "flash.img")
    write_seat(place / "seat.csv", (5, SITTING), (3600, levels_mv))
    with plugged_in(place / "flash.img", place / "cushion", "--trace", place / "seat.csv", *options) as process:
        yield process


@pytest.fixture
def cushion(place, worked_flash):
    with plugged(place, worked_flash) as process:
        yield process


def at_cushion(dashboard, page: Page) -> Page:
    page.goto(dashboard.at("/cushion"))
    expect(page.locator(".connection")).to_contain_text("Connected to cushion", timeout=60_000)
    return page


def synced(home):
    """What is stored: (records, lost in any sync)."""
    from sitbone.store.store import Store

    with Store(home / "sitbone.sqlite") as store:
        ((count,),) = store.rows("SELECT count(*) FROM record")
        lost = [json.loads(result)["lost"] for (result,) in store.rows("SELECT result FROM sync")]
    return count, [runs for runs in lost if runs]


def test_sync_with_progress_then_live_goes_on(dashboard, place, worked_flash, page):
    with plugged(place, worked_flash, "--baud", 9600):
        at_cushion(dashboard, page)
        expect(page.get_by_text("Not synced yet.")).to_be_visible()
        expect(page.get_by_text("new records in the cushion. Time to sync.")).to_be_visible()
        page.get_by_role("button", name="Sync now").click()
        expect(page.get_by_role("progressbar", name="Sync")).to_have_attribute("aria-valuetext", RATE)
        expect(page.locator(".result .good")).to_contain_text("new record", timeout=120_000)
        expect(page.get_by_text("Last sync: ")).to_be_visible()
        expect(page.get_by_text(FEW)).to_be_visible()
        count, lost = synced(dashboard.home)
        assert count > WORKED_MIN
        assert lost == []
        page.get_by_role("link", name="Live").click()
        expect(page.locator(".seat-card .lead")).to_contain_text("You are sitting")


def test_the_status_and_all_checks(dashboard, cushion, page):
    at_cushion(dashboard, page)
    stats = page.locator(".stats")
    expect(stats).to_contain_text("Battery")
    expect(stats).to_contain_text("Calibration")
    page.get_by_role("button", name="Run all checks").click()
    expect(page.get_by_role("list", name="Needs attention")).to_contain_text("Calibration: not done")
    page.get_by_text("checks passed").click()
    expect(page.get_by_role("list", name="Passed")).to_contain_text("Log: intact")


def test_a_fault_says_what_to_do(dashboard, place, worked_flash, page):
    with plugged(place, worked_flash, levels_mv=(3290, *SITTING[1:])):
        at_cushion(dashboard, page)
        expect(page.locator(".faults")).to_contain_text(
            "Left sitting bone short: unplug the cushion and look for a crushed wire.", timeout=60_000
        )


def test_settings_are_saved_undone_kept_in_a_file_and_loaded_from_it(dashboard, cushion, page, tmp_path):
    at_cushion(dashboard, page)
    seated = page.get_by_label("seated_limit_s")
    expect(seated).to_have_value("1800")
    seated.fill("1500")
    page.get_by_label("Reason").fill("long meetings")
    page.get_by_role("button", name="Save changes").click()
    said = page.locator(".status")
    expect(said).to_contain_text("Saved and confirmed by the cushion: seated_limit_s = 1500.")
    page.get_by_text("Past changes").click()
    expect(page.get_by_role("list", name="Newest changes first")).to_contain_text("long meetings")

    with page.expect_download() as kept:
        page.get_by_role("button", name="Save to a file").click()
    file = tmp_path / "mine.json"
    kept.value.save_as(file)
    assert json.loads(file.read_text())["seated_limit_s"] == 1500

    page.get_by_role("button", name="Undo last change").click()
    expect(said).to_contain_text("Undone: seated limit is now 30.0 min.")
    expect(seated).to_have_value("1800")

    page.locator("input[type=file]").set_input_files(file)
    expect(said).to_contain_text("Saved and confirmed by the cushion: seated_limit_s = 1500.")
    expect(seated).to_have_value("1500")

    page.get_by_label("left_dose_limit_s").fill("2700")
    page.get_by_role("button", name="Save changes").click()
    expect(said).to_contain_text("left_dose_limit_s: you asked for 2700, the cushion allows less for now.")
    expect(page.get_by_label("left_dose_limit_s")).to_have_value("1320")

    page.get_by_label("settling_s").fill("7")
    page.get_by_role("button", name="Save changes").click()
    expect(said).to_contain_text("ettling_s = 7 is out of range")
    expect(said).to_contain_text("20 to 60")

    (tmp_path / "bad.json").write_text("[]")
    page.locator("input[type=file]").set_input_files(tmp_path / "bad.json")
    expect(said).to_contain_text("The file is not a JSON object; give one of setting names and whole numbers.")


def test_calibration_is_guided_stopped_and_refused_with_its_reason(dashboard, cushion, page):
    at_cushion(dashboard, page)
    page.get_by_role("button", name="Start: Your neutral sit").click()
    expect(page.get_by_role("progressbar", name="Calibration")).to_have_attribute("aria-valuetext", LEFT)
    page.reload()
    expect(page.get_by_role("progressbar", name="Calibration")).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Stopped. Nothing changed.")).to_be_visible()
    page.get_by_role("button", name="Start: Empty seat").click()
    expect(page.locator(".result .bad")).to_contain_text("Empty seat: ", timeout=60_000)


def test_the_strength_that_is_felt_is_found_and_set(dashboard, installed_flash, place, page):
    """A cushion that has not vibrated yet, so that no prompt has used up the motors' limit."""
    with plugged(place, installed_flash):
        at_cushion(dashboard, page)
        page.get_by_role("button", name="Start: Vibration strength").click()
        ended = page.get_by_text("You felt it from")
        pulse = 0

        def answered() -> bool:
            nonlocal pulse
            pulse += 1
            words = page.get_by_text(f"Pulse {pulse} of at most 11")
            expect(words.or_(ended)).to_be_visible()
            if ended.is_visible():
                return True
            page.get_by_role("button", name="Yes" if pulse % 2 else "No", exact=True).click()
            return False

        until(answered)
        expect(page.locator(".result .good")).to_contain_text("It is now set to")
        values = json.loads(_settings(dashboard, place, page))["values"]
        assert 30 <= values["strength_percent"] <= 100


def test_while_another_program_syncs_the_diary_is_written_and_a_killed_sync_leaves_no_lock(
    worked_flash, tmp_path, page
):
    """Sync and dashboard at once: the command holds the port, the page says so, and both write into the store."""
    home, options = tmp_path / "home", ("--port", str(tmp_path / "cushion"))
    with plugged(tmp_path, worked_flash, "--baud", 1200) as cushion, running(home, *options) as dashboard:
        command = [sys.executable, "-m", "sitbone.cli", "sync", "--port", str(tmp_path / "cushion")]
        sync = subprocess.Popen(command, env=os.environ | {"SITBONE_HOME": str(home)}, stdout=subprocess.PIPE)
        until(lambda: holder_of(str(tmp_path / "cushion")), "the command never opened the port")
        page.goto(dashboard.at("/cushion"))
        expect(page.locator(".connection")).to_contain_text(f"is in use by sitbone sync (process {sync.pid})")
        for pain in (1, 2):
            page.goto(dashboard.at("/diary"))
            page.get_by_role("button", name=f"Pain {pain}", exact=True).click()
            page.get_by_role("button", name="On waking up", exact=True).click()
            expect(page.locator(".status")).to_contain_text(f"Saved: pain {pain}")
            if pain == 1:
                sync.send_signal(signal.SIGKILL)
                sync.communicate(timeout=PATIENCE_S)
        unplug(cushion)
    with plugged(tmp_path, worked_flash), running(home, *options) as dashboard:
        at_cushion(dashboard, page)
        page.get_by_role("button", name="Sync now").click()
        expect(page.locator(".result .good")).to_contain_text("new record", timeout=120_000)
        entries = json.loads(sitbone(home, "pain", "list", "--json").stdout)["entries"]
        assert sorted(entry["pain"] for entry in entries) == [1, 2]
        count, lost = synced(home)
        assert count > WORKED_MIN
        assert lost == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_readable_to_everyone(dashboard, cushion, new_page, scheme):
    page = at_cushion(dashboard, new_page(color_scheme=scheme))
    expect(page.get_by_label("seated_limit_s")).to_have_value("1800")
    page.evaluate("document.querySelectorAll('details').forEach(item => { item.open = true; })")
    for size in (WIDE, PHONE):
        page.set_viewport_size(size)
        found = Axe().run(page).response["violations"]
        assert not [(rule["id"], [n["html"] for n in rule["nodes"]]) for rule in found if rule["impact"] in WEIGHTY]
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def _settings(dashboard, place, page):
    """As the command line reads them; the page disconnects first."""
    page.get_by_role("button", name="Disconnect").click()
    expect(page.locator(".connection")).to_contain_text("Disconnected")
    answers = []

    def shown() -> bool:
        answers.append(sitbone(dashboard.home, "settings", "show", "--json", "--port", place / "cushion"))
        return answers[-1].returncode == 0

    until(shown)
    page.get_by_role("button", name="Connect", exact=True).click()
    return answers[-1].stdout
