"""Installing on a blank chip, on a running cushion, and a firmware that does not start: on the virtual cushion."""

import hashlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cushion.drivers.profiles import PROFILES
from sitbone.board import install as install_module
from sitbone.board.device import Board, Cushion
from sitbone.board.doctor import advice_for
from sitbone.board.firmware_files import PACK, FirmwareFile, firmware_files, packed, version_id
from sitbone.board.install import BOARD_FILE, install, use_builtin
from sitbone.cli.render import status_lines
from sitbone.errors import CushionGone, Refused, UsageError
from sitbone.replay.trace import read_trace
from sitbone.virtual import EmptySeat, TraceSeat, VirtualCushion
from tests.end_to_end.conftest import live_until, write_trace

pytestmark = pytest.mark.slow
VERSION = version_id(firmware_files())


@pytest.fixture
def cushion(installed: Path, tmp_path: Path) -> Iterator[VirtualCushion]:
    copy = tmp_path / "flash.img"
    shutil.copyfile(installed / "flash.img", copy)
    with VirtualCushion(EmptySeat(), flash=copy) as running:
        yield running


def changed(source: str) -> list[FirmwareFile]:
    """The firmware with another ``app.py``."""
    return [
        replace(file, data=source.encode(), sha256=_sha256(source)) if file.name == "cushion/app.py" else file
        for file in firmware_files()
    ]


def _sha256(source: str) -> str:
    return hashlib.sha256(source.encode()).hexdigest()


def versions(port: str) -> tuple[str | None, list[str]]:
    with Board(port) as board:
        return board.read_text("/fw/current"), board.listdir("/fw")


def test_a_blank_chip_gets_all_modules_in_one_file_and_what_starts_them(installed: Path) -> None:
    result = json.loads((installed / "result.json").read_text())
    assert (result["version"], result["previous"]) == (VERSION, None)
    assert result["files"] == 3
    assert result["bytes"] == sum(len(file.data) for file in packed(firmware_files()))


def test_the_same_version_again_copies_nothing_and_restarts_nothing(cushion: VirtualCushion) -> None:
    with Cushion(cushion.port) as link:
        session = link.call("status")["session"]
    assert install(cushion.port)["files"] == 0
    with Cushion(cushion.port) as link:
        assert link.call("status")["session"] == session


def test_a_new_version_keeps_the_old_one(cushion: VirtualCushion, monkeypatch: pytest.MonkeyPatch) -> None:
    app = next(file for file in firmware_files() if file.name == "cushion/app.py")
    files = changed(app.data.decode() + "\n# another version\n")
    monkeypatch.setattr(install_module, "firmware_files", lambda: files)
    result = install(cushion.port)
    assert (result["previous"], result["files"]) == (VERSION, 1)
    current, names = versions(cushion.port)
    assert current == f"{result['version']}\n{VERSION}\n"
    assert sorted(names) == sorted([result["version"], VERSION, "current"])
    monkeypatch.undo()  # and back again: its file is still there
    back = install(cushion.port)
    assert (back["version"], back["previous"], back["files"]) == (VERSION, result["version"], 0)
    assert versions(cushion.port)[0] == f"{VERSION}\n{result['version']}\n"


def test_a_version_that_does_not_start_gives_way_to_the_old_one(
    cushion: VirtualCushion, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = changed("raise RuntimeError('a bad day')\n")
    monkeypatch.setattr(install_module, "firmware_files", lambda: files)
    with pytest.raises(Refused, match=f"did not start, so the cushion runs {VERSION} again"):
        install(cushion.port)
    assert versions(cushion.port)[0] == f"{VERSION}\n\n"
    with Cushion(cushion.port) as link:
        assert link.call("status")["firmware"]


def test_a_cut_leaves_the_old_version_and_the_next_install_makes_it_whole(
    cushion: VirtualCushion, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = next(file for file in firmware_files() if file.name == "cushion/app.py")
    files = changed(app.data.decode() + "\n# one more version\n")
    monkeypatch.setattr(install_module, "firmware_files", lambda: files)

    def cut(done: int, total: int) -> None:
        if done * 2 > total:
            raise CushionGone("cut here")

    with pytest.raises(CushionGone):
        install(cushion.port, cut)
    assert versions(cushion.port)[0] == f"{VERSION}\n\n"
    with Board(cushion.port) as board:
        board.write(f"/fw/{version_id(files)}/{PACK}", b"000001\n")
    assert install(cushion.port)["files"] == 1
    assert install(cushion.port)["files"] == 0


def test_a_board_without_the_memory_is_refused_before_anything_is_written(
    cushion: VirtualCushion, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = versions(cushion.port)
    monkeypatch.setattr(install_module, "firmware_files", lambda: changed("pass\n"))
    monkeypatch.setattr(install_module, "SOURCE_HEAP_BYTES", 2 << 20)  # twice what this one has
    with pytest.raises(
        Refused, match=r"has \d+ kB of memory, the firmware needs 2048 .*xiao-s3.*; or flash a MicroPython"
    ):
        install(cushion.port)
    assert versions(cushion.port) == before


def test_where_nothing_is_built_in_what_is_installed_stays(cushion: VirtualCushion) -> None:
    before = versions(cushion.port)
    with pytest.raises(Refused, match="no sitbone firmware built in; run sitbone install without --builtin"):
        use_builtin(cushion.port)
    assert versions(cushion.port) == before
    with Cushion(cushion.port) as link:
        assert link.call("status")["crashes"] == 0


class Told:
    """What `_board_text` reads from a board: its file, None without one, an error for one that is not text."""

    def __init__(self, said: str | Refused | None) -> None:
        self.said = said

    def read_text(self, path: str) -> str | None:
        assert path == BOARD_FILE
        if isinstance(self.said, Refused):
            raise self.said
        return self.said


FOUR = "3267,3290,3311,3333"


@pytest.mark.parametrize(
    ("said", "name", "ohms", "text"),
    [
        (None, None, None, None),
        (None, "devkit", None, "devkit\n"),
        ("devkit", "devkit", None, None),
        (None, None, FOUR, f"devkit\n{FOUR}\n"),
        ("s3-devkit\n", None, FOUR, f"s3-devkit\n{FOUR}\n"),
        ("devkit\n3300,3300,3300,3300\n", None, FOUR, f"devkit\n{FOUR}\n"),
        ("devkit\n", None, "3320", "devkit\n3320,3320,3320,3320\n"),
        (f"devkit\n{FOUR}\n", None, FOUR, None),
        (f"devkit\n{FOUR}\n", "devkit", None, None),
        (f"devkit\n{FOUR}\n", "firebeetle", None, "firebeetle\n"),
        (f"devkit\n{FOUR}\n", "firebeetle", "3300", "firebeetle\n3300,3300,3300,3300\n"),
        (Refused("UnicodeError: "), "devkit", None, "devkit\n"),
    ],
)
def test_the_board_is_told_what_is_new_and_keeps_the_rest(
    said: str | Refused | None, name: str | None, ohms: str | None, text: str | None
) -> None:
    shown = install_module._board_text(Told(said), name, ohms)  # type: ignore[arg-type]
    assert shown == (None if text is None else text.encode())


@pytest.mark.parametrize(
    ("name", "ohms", "line"),
    [
        (None, "3000", "3000 ohm at left_it is not a 3300 ohm resistor; measure it on its own, out of the circuit"),
        ("devkit", "3.3k", "3.3k is not a list of ohms; give four whole numbers, or one for all"),
        ("devkitt", FOUR, f"no board is called devkitt; choose from {', '.join(sorted(PROFILES))}"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_written(
    cushion: VirtualCushion, name: str | None, ohms: str, line: str
) -> None:
    with pytest.raises(UsageError, match=f"^{line}"):
        install(cushion.port, board_name=name, divider_ohm=ohms)
    with Board(cushion.port) as board:
        assert board.read_text(BOARD_FILE) is None


def test_resistors_once_told_are_what_loads_are_read_by(installed: Path, tmp_path: Path) -> None:
    """Four equal voltages: pressures in inverse proportion to the resistors."""
    flash = tmp_path / "flash.img"
    shutil.copyfile(installed / "flash.img", flash)
    seat = TraceSeat(read_trace(write_trace(tmp_path / "sit.csv", (3600, 1200, 1200, 1200))))
    with VirtualCushion(seat, flash=flash, speed=20) as cushion:
        install(cushion.port, divider_ohm="3135,3300,3465,3300")
        assert install(cushion.port)["files"] == 0
        live_until(cushion, cushion.now_ms + 5_000)
        with Cushion(cushion.port) as link:
            status, live = link.call("status"), link.call("live")
    assert status["divider_ohm"] == [3135, 3300, 3465, 3300]
    assert status["faults"] == []
    assert "dividers     3135, 3300, 3465, 3300 ohm" in status_lines(status, 0)
    pressures = live["pa"]
    assert [pa / pressures[1] for pa in pressures] == pytest.approx([100 / 95, 1, 100 / 105, 1], rel=0.002)


def restarted_with(cushion: VirtualCushion, file: bytes) -> dict[str, Any]:
    """The status after a power cut with this board file."""
    with Board(cushion.port) as board:
        board.make_folders("/etc")
        board.write(BOARD_FILE, file)
    cushion.power_cut()
    cushion.power_on()
    live_until(cushion, cushion.now_ms + 2_000)  # until each zone was read
    with Cushion(cushion.port) as link:
        return link.call("status")


def test_without_resistors_told_the_profile_s_hold(cushion: VirtualCushion) -> None:
    for file in (b"devkit", b"devkit\n", b"devkit\n\n"):
        status = restarted_with(cushion, file)
        assert (status["divider_ohm"], status["faults"]) == ([3300] * 4, [])
        assert "dividers     3300 ohm each" in status_lines(status, 0)


@pytest.mark.parametrize("line", [b"3267,3290", b"3267,3290,3311,9333", b"garbage"])
def test_resistors_that_cannot_be_are_a_told_fault_and_no_safe_mode(cushion: VirtualCushion, line: bytes) -> None:
    status = restarted_with(cushion, b"devkit\n" + line + b"\n")
    assert status["safe_mode"] == ""
    assert status["divider_ohm"] == [3300] * 4
    assert status["faults"] == ["resistors in the board file are unusable, 3300 ohm is used"]
    assert "install --divider-ohm" in advice_for(status["faults"][0])
    install(cushion.port, divider_ohm=FOUR)
    with Cushion(cushion.port) as link:
        status = link.call("status")
    assert (status["divider_ohm"], status["faults"]) == ([3267, 3290, 3311, 3333], [])


def test_a_board_file_that_is_no_text_is_safe_mode_until_it_is_told_anew(cushion: VirtualCushion) -> None:
    status = restarted_with(cushion, b"devkit\n\xff\xfe")
    assert status["safe_mode"] == "the board file can't be read; run sitbone install --board NAME"
    install(cushion.port, board_name="devkit")
    with Cushion(cushion.port) as link:
        assert link.call("status")["safe_mode"] == ""


@pytest.mark.parametrize(
    ("micropython", "line"),
    [
        ([1, 25, 0], ""),
        ([1, 29, 3], ""),
        (
            [1, 24, 1],
            "sitbone was tried on MicroPython 1.25 to 1.29, not on 1.24.1; if it fails, flash one of those",
        ),
        (
            [1, 30, 0],
            "sitbone was tried on MicroPython 1.25 to 1.29, not on 1.30.0; if it fails, flash one of those",
        ),
    ],
)
def test_a_micropython_that_nobody_has_tried_is_named(micropython: list[int], line: str) -> None:
    assert install_module.tried_text(micropython) == line


def test_each_board_with_room_is_a_profile() -> None:
    named = {part.split(")")[0] for part in install_module.ROOMY_BOARDS.split("--board ")[1:]}
    assert named == {"xiao-s3", "s3-devkit", "devkit"}
    assert named <= PROFILES.keys()
