"""The owner of the port against a real virtual cushion, without a browser."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sitbone.board import device, serial_line
from sitbone.dashboard.cushion.cushion_link import CushionLink
from sitbone.dashboard.work import now
from sitbone.errors import NoCushion, Refused
from sitbone.home import store_path
from sitbone.settings.changes import change
from sitbone.store.store import Store
from tests.dashboard.cushions import PATIENCE_S, SITTING, plugged_in, sitbone, unplug, until, write_seat

pytestmark = pytest.mark.slow


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SITBONE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def seat(tmp_path: Path) -> Path:
    return write_seat(tmp_path / "seat.csv", (5, (0, 0, 0, 0)), (600, SITTING))


@pytest.fixture
def port(tmp_path: Path) -> Path:
    return tmp_path / "cushion"


@pytest.fixture
def link(home: Path, port: Path) -> Iterator[CushionLink]:
    found = CushionLink(str(port))
    yield found
    found.stop()


def looking_until(link: CushionLink, is_so, what: str = "") -> None:
    """Waits, as a page that is looked at."""

    def looked() -> bool:
        link.look()
        return bool(is_so())

    until(looked, f"{what}: {link.view}")


def test_each_sample_of_the_seat_comes_and_the_port_is_free_when_nobody_looks(link, flash, port, seat, home, capsys):
    with plugged_in(flash, port, "--trace", seat):
        seen: dict[int, int] = {}

        def enough() -> bool:
            live = link.view.live
            if live is not None:
                seen[link.view.number] = live["steps"]
            return live is not None and live["state"] == "occupied" and len(link.recent()) >= 20

        looking_until(link, enough)
        steps = sorted(set(seen.values()))
        share = len(steps) / (steps[-1] - steps[0] + 1)
        with capsys.disabled():
            sys.stdout.write(f"\n  {len(steps)} samples seen of {steps[-1] - steps[0] + 1} taken, four a second\n")
        assert share > 0.9
        assert link.view.live["sample_pa"][0] > link.view.live["sample_pa"][2] > 0
        assert link.view.status["firmware"]

        until(lambda: link.view.state == "resting")
        done = sitbone(home, "status", "--port", port)
        assert (done.returncode, done.stderr) == (0, "")


def test_a_sync_goes_on_beside_live_and_a_second_task_is_refused(link, flash, port, seat, home):
    with plugged_in(flash, port, "--trace", seat, "--baud", 115200):
        looking_until(link, lambda: link.view.live)
        link.sync()
        with pytest.raises(Refused, match="wait until it is done"):
            link.calibrate("empty")
        looking_until(link, lambda: not link.view.task.running)
        task = link.view.task
        assert task.problem == ""
        assert task.result["complete"]
        assert (task.done, task.total) == (task.result["bytes"], task.result["bytes"])
        number = link.view.number
        looking_until(link, lambda: link.view.number > number)
        with Store(store_path()) as store:
            assert store.last_seq(store.cushion(task.result["cushion"], link.view.status["log"]))


def test_unplugged_in_the_middle_and_back(link, flash, port, seat):
    with plugged_in(flash, port, "--trace", seat) as cushion:
        looking_until(link, lambda: link.view.live)
        unplug(cushion)
        looking_until(link, lambda: link.view.state == "gone")
        assert link.view.live is not None
        looking_until(link, lambda: "plug in the cushion, or run sitbone devices" in link.view.problem)
        with pytest.raises(NoCushion):
            link.ask("live")
    number = link.view.number
    with plugged_in(flash, port, "--trace", seat):
        looking_until(link, lambda: link.view.state == "connected" and link.view.number > number)
        assert link.view.problem == ""


def test_unplugged_in_the_middle_of_a_sync_what_came_is_kept(link, flash, port, seat, monkeypatch):
    with plugged_in(flash, port, "--trace", seat, "--baud", 9600) as cushion:
        looking_until(link, lambda: link.view.live)
        whole = device.LogStream.__iter__

        def cut_after_the_first_bytes(stream):
            for data in whole(stream):
                yield data
                if cushion.poll() is None:
                    unplug(cushion)

        with monkeypatch.context() as patched:
            patched.setattr(device.LogStream, "__iter__", cut_after_the_first_bytes)
            link.sync()
            looking_until(link, lambda: not link.view.task.running)
        if link.view.task.result["complete"]:
            pytest.skip("all of the log had come before the cushion was unplugged: this machine was busy")
        assert "stopped answering" in link.view.task.problem
        assert "that arrived are stored" in link.view.task.problem
        assert not link.view.task.result["complete"]
    with plugged_in(flash, port, "--trace", seat):
        link.sync()
        looking_until(link, lambda: not link.view.task.running)
        assert link.view.task.result["complete"]
        assert link.view.task.result["lost"] == []


def test_another_program_that_holds_the_port_is_named_and_the_cushion_taken_when_it_ends(link, flash, port, seat, home):
    with plugged_in(flash, port, "--trace", seat):
        command = [sys.executable, "-m", "sitbone.cli", "live", "--json", "--every", "0.25", "--port", str(port)]
        other = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert other.stdout is not None
        assert other.stdout.readline()
        looking_until(link, lambda: link.view.state == "failed")
        assert link.view.problem == (
            f"{port} is in use by sitbone live (process {other.pid}); close it, then try again"
        )
        other.send_signal(signal.SIGINT)
        other.communicate(timeout=PATIENCE_S)
        looking_until(link, lambda: link.view.live)

        # The other way round: who holds it now is this process.
        done = sitbone(home, "sync", "--port", port)
        assert done.returncode == 3
        assert f"(process {os.getpid()}); close it" in done.stderr
        link.let_go()
        until(lambda: link.view.state == "resting")
        assert sitbone(home, "sync", "--port", port).returncode == 0
        with pytest.raises(NoCushion, match="press Connect first"):
            link.ask("status")
        link.take()
        looking_until(link, lambda: link.view.live)


def test_settings_and_a_calibration_that_is_stopped(link, flash, port, seat, home):
    with plugged_in(flash, port, "--trace", seat):

        def shorten(connect):
            with Store(store_path()) as store, connect() as cushion:
                return change(cushion, store, {"seated_limit_s": 1500}, "test", now())

        assert link.submit(shorten).result(PATIENCE_S)["applied"] == {"seated_limit_s": 1500}
        assert link.ask("settings_show")["values"]["seated_limit_s"] == 1500
        link.calibrate("seated")
        number = link.view.number
        looking_until(link, lambda: link.view.number > number + 3 and link.view.task.done > 0)
        asyncio.run(link.cancel())
        looking_until(link, lambda: not link.view.task.running)
        assert (link.view.task.problem, link.view.task.result) == ("", None)


def test_a_typed_path_is_taken_and_one_without_a_cushion_says_so(link, flash, port, seat, tmp_path):
    link.choose(str(tmp_path / "nothing"))
    looking_until(link, lambda: "plug in the cushion, or run sitbone devices" in link.view.problem)
    assert link.view.state == "failed"
    with plugged_in(flash, port, "--trace", seat):
        link.choose(str(port))
        looking_until(link, lambda: link.view.live)


def test_a_search_that_found_nothing_is_repeated_later_and_later_but_soon_when_a_port_comes(monkeypatch, home):
    searches, ports = [], ["/dev/other"]
    monkeypatch.setattr(serial_line, "ports", lambda: list(ports))

    def find():
        searches.append(time.monotonic())
        return []

    monkeypatch.setattr(device, "find", find)
    link = CushionLink()
    try:
        looking_until(link, lambda: len(searches) == 3)
        first, second, third = searches
        assert third - second > second - first
        assert link.view.problem == "no cushion found; plug it in, or choose its port on the Cushion page"
        assert link.view.ports == ("/dev/other",)
        ports.append("/dev/new")
        looking_until(link, lambda: len(searches) == 4)
        assert searches[3] - third < 4, "the wait that would have been next"
    finally:
        link.stop()
