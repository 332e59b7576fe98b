"""The serial side against a real MicroPython console, over a pty."""

import hashlib
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest
import serial

from sitbone.board import serial_line
from sitbone.board.device import Board, Cushion, probe
from sitbone.errors import CushionGone, DamagedData, NoCushion, Refused, TransferDamaged, UsageError
from tests.host.console import Line, console

LOG = bytes(range(256)) * 10 + b"\x04\x04>raw REPL; CTRL-B to exit\r\n>"


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    (tmp_path / "log.bin").write_bytes(LOG)
    with console(tmp_path) as opened:
        yield opened


def test_a_call_is_answered(line: Line) -> None:
    with Cushion(line.port) as cushion:
        assert cushion.call("status")["cushion"] == "246f28000001"
        assert cushion.call("status")["state"] == "vacant"
    with Cushion(line.port) as cushion:
        assert cushion.call("status")["firmware"] == "0.1.0"


class Lines(serial.Serial):
    """Writes down what a port's lines are told, in order."""

    told: ClassVar[list[tuple[str, bool]]] = []

    def _update_dtr_state(self) -> None:
        self.told.append(("dtr", self._dtr_state))

    def _update_rts_state(self) -> None:
        self.told.append(("rts", self._rts_state))


@pytest.mark.parametrize(("setting", "ever_raised"), [("", True), ("low", False)])
def test_both_lines_stay_low_where_the_setting_says_so(
    line: Line, monkeypatch: pytest.MonkeyPatch, setting: str, ever_raised: bool
) -> None:
    monkeypatch.setattr(serial, "Serial", Lines)
    monkeypatch.setenv("SITBONE_LINES", setting)
    Lines.told.clear()
    with Cushion(line.port) as cushion:
        assert cushion.call("status")["state"] == "vacant"
    assert {name for name, _ in Lines.told} == {"dtr", "rts"}
    assert any(level for _, level in Lines.told) == ever_raised


def test_a_setting_of_the_lines_that_means_nothing_is_refused(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITBONE_LINES", "high")
    with pytest.raises(UsageError, match=r"^SITBONE_LINES is high, which means nothing; set it to low, or unset it$"):
        Cushion(line.port).__enter__()


def test_a_refusal_is_the_cushions_own_line(line: Line) -> None:
    with Cushion(line.port) as cushion, pytest.raises(Refused, match=r"^the battery is low; charge it$"):
        cushion.call("refuse")


def test_a_failing_call_is_told_in_one_line(line: Line) -> None:
    with Cushion(line.port) as cushion:
        with pytest.raises(Refused, match="failed \\(RuntimeError: oops\\); run sitbone install"):
            cushion.call("broken")
        with pytest.raises(CushionGone, match=r"sent a damaged answer \(b'hello"):
            cushion.call("chatter")
        assert cushion.call("status")


@pytest.mark.parametrize("name", ["long_line", "endless"])
def test_an_answer_without_end_ends(line: Line, name: str) -> None:
    begun_s = time.process_time()
    with Cushion(line.port) as cushion, pytest.raises(CushionGone, match="sends without end; unplug it"):
        cushion.call(name)
    assert time.process_time() - begun_s < 10


@pytest.mark.parametrize(("name", "part"), [("deep", "no JSON"), ("live", "live: state")])
def test_an_answer_that_cannot_be_right_is_named(line: Line, name: str, part: str) -> None:
    with Cushion(line.port) as cushion:
        with pytest.raises(DamagedData, match=rf"sent an answer that can't be right \({part}\); run sitbone install"):
            cushion.call(name)
        assert cushion.call("status")


def test_the_log_comes_whole_whatever_bytes_it_holds(line: Line) -> None:
    with Cushion(line.port) as cushion:
        stream = cushion.read_log(0)
        assert b"".join(stream) == LOG
        assert (stream.size_bytes, stream.last_seq, stream.kept_first_seq) == (len(LOG), 9, 1)
        assert cushion.call("status")


def test_another_hash_or_a_traceback_is_no_whole_transfer(line: Line) -> None:
    with Cushion(line.port) as cushion:
        with pytest.raises(TransferDamaged, match="was damaged on the way"):
            list(cushion.read_log(8))
        with pytest.raises(Refused, match="EIO"):
            list(cushion.read_log(7))


def test_a_cut_gives_what_came_before_it(line: Line) -> None:
    got: list[bytes] = []
    with Cushion(line.port) as cushion:
        line.let_through = 2000
        with pytest.raises(CushionGone, match="stopped answering; check the cable"):
            got.extend(cushion.read_log(0))
    assert b"".join(got) == LOG[: len(b"".join(got))]
    assert len(b"".join(got)) > 1800


def test_silence_ends(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serial_line, "ANSWER_S", 0.5)
    begun_s = time.monotonic()
    with Cushion(line.port) as cushion, pytest.raises(CushionGone):
        cushion.run("while True:pass", timeout_s=0.5)
    assert time.monotonic() - begun_s < 5


def test_a_console_left_in_the_middle_of_a_snippet_is_recovered(line: Line) -> None:
    with serial.Serial(line.port) as left:
        left.write(b"\r\x01import json\nwhile Tr")
        time.sleep(0.2)
    with Cushion(line.port) as cushion:
        assert cushion.call("status")


def test_a_board_without_our_firmware_is_told_from_a_cushion(tmp_path: Path) -> None:
    with console(tmp_path, calls=None) as line:
        with Cushion(line.port) as cushion, pytest.raises(NoCushion, match="has no sitbone firmware; run sitbone inst"):
            cushion.call("status")
        with Cushion(line.port) as cushion, pytest.raises(NoCushion, match="has no sitbone firmware"):
            cushion.read_log(0)
        assert probe(line.port) is None


def test_a_probe_does_not_stop_another_boards_program(tmp_path: Path) -> None:
    with console(tmp_path, calls=None) as line:
        with Board(line.port) as board:
            board.start("import time\nfor i in range(20):\n open('beat','w').write(str(i))\n time.sleep(.1)")
        assert probe(line.port) is None
        time.sleep(2)
        assert (tmp_path / "beat").read_text() == "19"


def test_something_that_does_not_answer_is_no_cushion(monkeypatch: pytest.MonkeyPatch) -> None:
    outer, slave = os.openpty()
    monkeypatch.setattr(serial_line, "PROBE_S", 0.1)
    monkeypatch.setattr(serial_line, "START_S", 0.3)
    with pytest.raises(NoCushion, match=r"no cushion answers on .*; check the cable"), Cushion(os.ttyname(slave)):
        pass
    os.close(outer)
    os.close(slave)


def test_a_port_in_use_says_so(line: Line) -> None:
    with (
        serial.Serial(line.port, exclusive=True),
        pytest.raises(NoCushion, match=rf"is in use by .+ \(process {os.getpid()}\); close it"),
        Cushion(line.port),
    ):
        pass


@pytest.mark.parametrize("port", ["/dev/nonesuch", "/dev/null", "/", "COM99", "nonsense"])
def test_a_port_that_is_none_says_so(port: str) -> None:
    with pytest.raises(NoCushion, match=port.strip("/") or "/"), Cushion(port):
        pass


def test_files_on_the_board(tmp_path: Path) -> None:
    with console(tmp_path, calls=None) as line, Board(line.port) as board:
        root = str(tmp_path)
        data = bytes(range(256)) * 5
        board.make_folders(f"{root}/a/b")
        board.write(f"{root}/a/b/c.new", data)
        board.rename(f"{root}/a/b/c.new", f"{root}/a/b/c")
        assert (tmp_path / "a/b/c").read_bytes() == data
        assert board.sha256(f"{root}/a/b/c") == hashlib.sha256(data).hexdigest()
        assert board.sha256(f"{root}/a/b/d") is None
        assert board.read_text(f"{root}/a/none") is None
        assert board.listdir(f"{root}/a") == ["b"]
        assert board.listdir(f"{root}/none") == []
        board.remove_tree(f"{root}/a")
        board.remove_tree(f"{root}/a")
        assert not (tmp_path / "a").exists()
        assert board.bytes_free() > 0
