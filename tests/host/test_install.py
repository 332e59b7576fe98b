"""Installing on a blank chip, on a running cushion, and a firmware that does not start: on the virtual cushion."""

import hashlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sitbone import install as install_module
from sitbone.device import Board, Cushion
from sitbone.errors import CushionGone, Refused
from sitbone.firmware_files import FirmwareFile, firmware_files, version_id
from sitbone.install import install
from sitbone.virtual import EmptySeat, VirtualCushion

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


def test_a_blank_chip_gets_every_file(installed: Path) -> None:
    result = json.loads((installed / "result.json").read_text())
    assert (result["version"], result["previous"]) == (VERSION, None)
    assert result["files"] == len(firmware_files())
    assert result["bytes"] == sum(len(file.data) for file in firmware_files())


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
    assert (result["previous"], result["files"]) == (VERSION, len(files) - 2)
    current, names = versions(cushion.port)
    assert current == f"{result['version']}\n{VERSION}\n"
    assert sorted(names) == sorted([result["version"], VERSION, "current"])


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
        copied = board.listdir(f"/fw/{version_id(files)}/cushion/core")
        board.write(f"/fw/{version_id(files)}/cushion/core/{copied[0]}", b"def broken(")
    assert 0 < install(cushion.port)["files"] < len(files) - 2
    assert install(cushion.port)["files"] == 0
