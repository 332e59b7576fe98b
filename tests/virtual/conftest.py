"""Small throw-away firmware on the virtual cushion, and what it left behind."""

import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from sitbone.virtual import EmptySeat, Seat, VirtualCushion

# Firmware says what it has seen into a file: output without a client on the port is lost, as on a chip.
SAY = """
def say(*what):
    with open("/out.txt", "a") as file:
        print(*what, file=file)
"""


@pytest.fixture
def micropython() -> None:
    """Asked for by every test that starts a chip."""
    if importlib.util.find_spec("micropython_unix") is None:
        shown = "no MicroPython Unix port for this platform"
        pytest.fail(shown) if os.environ.get("CI") == "true" else pytest.skip(shown)


@pytest.fixture(name="mpremote")
def mpremote_fixture() -> Callable[..., str]:
    return mpremote


def mpremote(port: str, *arguments: str, timeout_s: float = 30) -> str:
    """Stock mpremote, as a user runs it; its output."""
    command = [sys.executable, "-m", "mpremote", "connect", port, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=timeout_s, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@dataclass
class Run:
    """What is left when the cushion is off."""

    flash: Path
    journal: list[dict[str, Any]] = field(default_factory=list)

    def read(self, name: str) -> bytes:
        # littlefs-python is an implementation of the format that shares no code with the chip's driver.
        from littlefs import LittleFS

        fs = LittleFS(block_size=4096, block_count=512, mount=False)
        fs.context.buffer = bytearray(self.flash.read_bytes()[: 4096 * 512])
        fs.mount()
        with fs.open(name, "rb") as file:
            return bytes(file.read())

    def said(self) -> list[str]:
        assert not self.happened("fault"), self.journal
        return self.read("/out.txt").decode().splitlines()

    def happened(self, kind: str) -> list[dict[str, Any]]:
        return [entry for entry in self.journal if entry["kind"] == kind]


@pytest.fixture
def firmware(tmp_path: Path) -> Callable[..., Callable[[str], None]]:
    """Makes an installer for main.py (and more files by name, "cushion/drivers/zones" with its folders) out of source
    text."""

    def make(main: str, **others: str) -> Callable[[str], None]:
        def install(port: str) -> None:
            sources = {"main": SAY + main, **others}
            files = tmp_path / "files"
            for name, source in sources.items():
                path = files / f"{name}.py"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(source)
            copies: list[str] = []
            for path in sorted(files.iterdir()):
                copies += ["+", "fs", "cp", "-r", str(path), ":"]
            mpremote(port, "resume", *copies[1:])

        return install

    return make


@pytest.fixture
def cushion(micropython: None, tmp_path: Path, firmware: Callable[..., Any]) -> Callable[..., VirtualCushion]:
    """A cushion with this main.py, not yet started; its journal in ``cushion.run_record``."""

    def make(
        main: str | None = None, *, seat: Seat | None = None, others: dict[str, str] | None = None, **kw: Any
    ) -> Any:
        record = Run(kw.pop("flash", None) or tmp_path / "flash.img")
        install = None if main is None else firmware(main, **(others or {}))
        made = VirtualCushion(
            seat or EmptySeat(), flash=record.flash, journal=record.journal.append, install=install, **kw
        )
        made.run_record = record  # type: ignore[attr-defined]
        return made

    return make


@pytest.fixture
def run_firmware(cushion: Callable[..., Any]) -> Callable[..., Run]:
    """Runs main.py for so many seconds of world time, as fast as possible, and returns what is left.

    When main.py is through, the chip sleeps: the plain REPL, which would follow, runs in real time.
    """

    def run(main: str, seconds: float, **kw: Any) -> Run:
        with cushion(
            main + "\nimport machine\nmachine.deepsleep()", duration_s=seconds, speed=kw.pop("speed", None), **kw
        ) as chip:
            chip.run()
        record: Run = chip.run_record
        return record

    return run
