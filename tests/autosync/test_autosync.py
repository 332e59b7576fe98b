"""`sitbone autosync run` in a process of its own, over virtual cushions that are plugged in and out."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sitbone.autosync.lent_cushion import LentCushion
from sitbone.board import port_requests
from sitbone.board.device import Cushion
from sitbone.errors import CushionGone
from sitbone.store.store import Store
from tests.dashboard.cushions import PATIENCE_S, SITTING, copied, plugged_in, sitbone, unplug, until, write_seat

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("SITBONE_HOME", str(tmp_path / "home"))


@pytest.fixture
def seat(tmp_path: Path) -> Path:
    return write_seat(tmp_path / "seat.csv", (5, (0, 0, 0, 0)), (600, SITTING))


@pytest.fixture
def flash(tmp_path: Path, installed_of) -> Path:
    return copied(installed_of(None) / "flash.img", tmp_path / "flash.img")


@contextmanager
def autosync(*ports: Path) -> Iterator[subprocess.Popen[str]]:
    named = [word for port in ports for word in ("--port", str(port))]
    command = [sys.executable, "-m", "sitbone.cli", "autosync", "run", *named]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGCONT)
            process.terminate()
        _, err = process.communicate(timeout=PATIENCE_S)
    assert err == ""


def syncs(home: Path) -> list[str]:
    """The cushion of each sync in the store."""
    if not (home / "sitbone.sqlite").exists():
        return []
    with Store(home / "sitbone.sqlite") as store:
        return [row[0] for row in store.rows("SELECT json_extract(result, '$.cushion') FROM sync ORDER BY id")]


def cpu_s(process: subprocess.Popen[str]) -> float:
    """Of all its threads."""
    return sum(int(path.read_text().split()[0]) for path in Path(f"/proc/{process.pid}/task").glob("*/schedstat")) / 1e9


def test_two_cushions_are_synced_as_they_come_and_no_command_is_refused(flash, tmp_path, seat, capsys):
    home, one, two = tmp_path / "home", tmp_path / "one", tmp_path / "two"
    other = copied(flash, tmp_path / "other.img")
    with autosync(one, two) as process:
        with plugged_in(flash, one, "--trace", seat) as cushion:
            until(lambda: len(syncs(home)) == 1, "the first cushion was never synced")
            for _ in range(5):
                done = sitbone(home, "status", "--port", one)
                assert (done.returncode, done.stderr) == (0, "")
            process.send_signal(signal.SIGSTOP)  # the laptop sleeps
            with plugged_in(other, two, "--trace", seat):
                time.sleep(1)
                process.send_signal(signal.SIGCONT)
                until(lambda: len(syncs(home)) >= 2, "the second was never synced")
            unplug(cushion)
        with plugged_in(flash, one, "--trace", seat):
            count = len(syncs(home))
            until(lambda: len(syncs(home)) > count, "plugged in again it was not synced")
        before, begun_s = cpu_s(process), time.monotonic()
        time.sleep(5)
        used = (cpu_s(process) - before) / (time.monotonic() - begun_s)
        with capsys.disabled():
            sys.stdout.write(f"\n  with nothing plugged in: {used * 3600:.1f} s of CPU an hour, from 5 s\n")
        process.kill()
    with autosync(one) as process, plugged_in(flash, one, "--trace", seat):
        count = len(syncs(home))
        until(lambda: len(syncs(home)) > count, "after a kill it was not synced")
        assert str(one) in sitbone(home, "autosync", "status").stdout


def test_a_port_is_given_up_within_a_second_in_the_middle_of_a_transfer(flash, tmp_path, seat, capsys):
    port = tmp_path / "cushion"
    with plugged_in(flash, port, "--trace", seat, "--baud", 9600):
        with LentCushion(str(port)) as lent:
            log = iter(lent.read_log(0))
            begun_s = time.monotonic()
            asking = subprocess.Popen(
                [sys.executable, "-m", "sitbone.cli", "status", "--port", port],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            until(lambda: port_requests.is_wanted(str(port)))
            asked_s = time.monotonic()
            until(lambda: lent.is_yielded)
            until(lambda: not port_requests.is_wanted(str(port)))
            given_s = time.monotonic() - asked_s
            with pytest.raises(CushionGone):
                list(log)
            _, err = asking.communicate(timeout=PATIENCE_S)
        with capsys.disabled():
            sys.stdout.write(f"\n  given up in {given_s:.2f} s, answered after {time.monotonic() - begun_s:.1f} s\n")
        assert (asking.returncode, err) == (0, "")
        assert given_s < 1
        with Cushion(str(port)) as cushion:
            assert cushion.call("status")["firmware"]
