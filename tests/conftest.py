"""What every test may ask for."""

import json
import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tests.core.interpreters import require

ROOT = Path(__file__).resolve().parents[1]


# A shell that starts the tests in the background has them ignore Ctrl-C, and all programs that they start, too.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# CI judges a change, not luck: there each property sees the same examples at every run.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")


@pytest.fixture(scope="session")
def project_root() -> Path:
    return ROOT


@pytest.fixture
def zone_of(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Moves this computer to a time zone until the test ends."""

    def move(name: str) -> None:
        monkeypatch.setenv("TZ", name)
        time.tzset()

    yield move
    monkeypatch.undo()
    time.tzset()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Recorded and semi-synthetic data that is not part of the project; a test that needs it is skipped without it."""
    folder = Path(os.environ.get("SITBONE_SHARED_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip("no shared data here; name its folder in SITBONE_SHARED_DATA")
    return folder


@pytest.fixture(scope="session")
def installed_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str | None], Path]:
    """By a board's profile (None: not given), a folder with ``flash.img``, on which the firmware was installed once for
    all tests, as `sitbone install` leaves it, and ``result.json``: what install said."""
    require("unix")
    from cushion.drivers.profiles import DEFAULT_PROFILE
    from sitbone.board.install import install
    from sitbone.virtual import EmptySeat, VirtualCushion

    folders: dict[str | None, Path] = {}

    def folder_of(board: str | None) -> Path:
        if board not in folders:
            folder = tmp_path_factory.mktemp(f"installed-{board}")
            shown: list[dict[str, Any]] = []
            with VirtualCushion(
                EmptySeat(),
                flash=folder / "flash.img",
                board=board or DEFAULT_PROFILE,
                install=lambda port: shown.append(install(port, board_name=board)),
            ):
                pass
            (folder / "result.json").write_text(json.dumps(shown[0]))
            folders[board] = folder
        return folders[board]

    return folder_of


@pytest.fixture(scope="session")
def installed(installed_of: Callable[[str | None], Path]) -> Path:
    """The folder of a board without a board file."""
    return installed_of(None)


@pytest.fixture(scope="session")
def installed_flash(installed: Path) -> Path:
    """Its image: to be copied, not run."""
    return installed / "flash.img"


@pytest.fixture
def flash_of(installed_of: Callable[[str | None], Path], tmp_path: Path) -> Callable[[str | None], Path]:
    """Flashes of the test's own, by board."""

    def copy_of(board: str | None) -> Path:
        source = installed_of(board)
        for path in source.glob("flash.img*"):
            shutil.copy(path, tmp_path / path.name.replace("flash", board or "flash", 1))
        return tmp_path / f"{board or 'flash'}.img"

    return copy_of


@pytest.fixture
def flash(flash_of: Callable[[str | None], Path]) -> Path:
    """A flash of the test's own."""
    return flash_of(None)
