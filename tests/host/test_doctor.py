"""What the doctor finds: on this computer, on a healthy cushion, and on one that crashed or is in safe mode."""

import json
import shutil
import time

import pytest

from sitbone import cli
from sitbone.board.device import Board, Cushion
from sitbone.board.doctor import BAD, NOTE, OK, advice_for, examine
from sitbone.store.store import Store
from sitbone.virtual import EmptySeat, VirtualCushion

NOW_MS = 1_790_000_000_000


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("SITBONE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def levels(found):
    return {finding.about: finding.level for finding in found}


def test_a_computer_without_data_is_fine(capsys):
    found = levels(examine(None, NOW_MS))
    assert found["python"] == found["data folder"] == found["data"] == OK
    assert cli.run(["doctor"]) == 0
    assert "nothing stored yet" in capsys.readouterr().out


def test_a_damaged_database_and_an_absent_port_are_bad(home, capsys):
    home.mkdir()
    (home / "sitbone.sqlite").write_bytes(b"SQLite format 3\0" + bytes(range(256)) * 40)
    found = levels(examine("/dev/there-is-none", NOW_MS))
    assert (found["data"], found["port"]) == (BAD, BAD)
    assert cli.run(["doctor", "--port", "/dev/there-is-none", "--json"]) == 1
    shown = capsys.readouterr()
    assert {"about", "level", "text"} == json.loads(shown.out)[0].keys()
    assert shown.err.startswith("sitbone: ")
    assert "found 2 problems; see the lines that begin with bad" in shown.err


def test_a_database_that_is_sound_is_counted(home):
    home.mkdir()
    Store(home / "sitbone.sqlite").close()
    assert "0 records" in [finding.text for finding in examine(None, NOW_MS)]


@pytest.fixture
def cushion(installed, tmp_path):
    copy = tmp_path / "flash.img"
    shutil.copyfile(installed / "flash.img", copy)
    with VirtualCushion(EmptySeat(), flash=copy) as running:
        yield running


@pytest.mark.slow
def test_a_cushion_that_crashed_tells_why(cushion):
    with Cushion(cushion.port) as device:
        device.run("from cushion.link import calls\ncalls._app._survive(ValueError('planted'))")
    found = examine(cushion.port, NOW_MS)
    assert levels(found)["log"] == levels(found)["firmware"] == OK
    assert levels(found)["clock"] == NOTE
    crashes = [finding.text for finding in found if finding.about == "crash"]
    assert len(crashes) == 1
    assert "ValueError: planted" in crashes[0]


@pytest.mark.slow
def test_safe_mode_is_bad_and_says_what_to_do(cushion):
    with Board(cushion.port) as board:
        board.make_folders("/etc")
        board.write("/etc/board", b"unheard-of\n")
    cushion.power_cut()
    cushion.power_on()
    time.sleep(0.5)
    (found,) = [finding for finding in examine(cushion.port, NOW_MS) if finding.about == "safe mode"]
    assert found.level == BAD
    assert "unheard-of is unknown" in found.text
    assert "install" in found.text


def test_each_fault_that_the_firmware_can_name_comes_with_what_to_do() -> None:
    assert advice_for("left_it short") == "unplug the cushion and look for a crushed wire"
    assert advice_for("calibration drifted") == advice_for("right_it drifting")
    assert advice_for("log refused 3 writes").startswith("run sitbone sync now")
    assert advice_for("left_thigh open") == "check the sensor's wire and plug"
