"""Installs or updates the firmware by the steps of `sitbone install`; flashes MicroPython by esptool-js."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import sitbone_page
from pyodide.ffi import run_sync

from cushion import VERSION
from sitbone.board.firmware_files import can_compile
from sitbone.board.flashing import chip_of
from sitbone.board.install import install
from sitbone.board.live import Row
from sitbone.dashboard.cushion.cushion_link import Task, View, shared
from sitbone.dashboard.cushion.syncing import Progress
from sitbone.dashboard.cushion.watching import watch
from sitbone.dashboard.frame import sentence
from sitbone.dashboard.platform.elements import on_file
from sitbone.dashboard.widgets import block, button, card, details, notice, on_page, text
from sitbone.errors import Refused, SitboneError

DONE = {
    "install": "Firmware {firmware} runs; {files} files were written.",
    "flash": "MicroPython for the {chip} is on the board. Now install the firmware.",
}


class Installing:
    """The card on the page."""

    def __init__(self) -> None:
        self._link = shared()
        self._shown: Task | None = None

    def place(self) -> None:
        """Puts the card here."""
        with card("Firmware"):
            text(f"This page brings firmware {VERSION}. The cushion keeps its old one until the new one has started.")
            self._progress = Progress("Installing")
            self._progress.whole.visible = False
            self._result = block("div", "result").props("role=status")
            with block("div", "row"):
                self._button = button("Install the firmware", self._start, "main")
            with details("A new board: flash MicroPython first (untested on a board)"):
                text(
                    "Nobody has tried this on a board yet; on a computer, sitbone flash does the same. It writes a"
                    " MicroPython image for the ESP32 or ESP32-S3 that you have downloaded, and keeps the log."
                )
                with block("label", "button file"):
                    text("Choose an image and flash it", "span")
                    chooser = block("input", "hidden").props("type=file accept=.bin")
                    on_file(chooser, on_page(self._flash))
        watch(self.show)

    def _start(self) -> None:
        self._link.with_port("install", _installed)

    def _flash(self, image: bytes) -> None:
        self._link.with_port("flash", partial(_flashed, image))

    def show(self, view: View) -> None:
        """The progress, then what came of it."""
        task = view.task
        if task is None or task.kind not in DONE or task is self._shown:
            return
        self._shown = task
        self._button.props("disabled" if task.running else "", remove="" if task.running else "disabled")
        self._progress.whole.visible = task.running
        self._result.clear()
        if task.running:
            done = f"{task.done / 1000:.0f} of {task.total / 1000:.0f} kB; " if task.total else ""
            self._progress.show(task, f"{done}keep it plugged in …")
            return
        with self._result:
            if task.problem:
                notice(sentence(SitboneError(task.problem)), "bad")
            elif task.result is not None:
                notice(DONE[task.kind].format(**task.result), "good")


def _installed(port: str, progress: Callable[[int, int], None]) -> Row:
    return install(port, progress, compile_it=can_compile())


def _flashed(image: bytes, port: str, _: Callable[[int, int], None]) -> Row:
    path = Path("/tmp/image.bin")
    path.write_bytes(image)
    chip, address = chip_of(path)
    if problem := run_sync(sitbone_page.ask("flash", port, image, int(address, 16))):
        raise Refused(f"flashing failed ({problem}); hold the board's BOOT button while it connects, then try again")
    return {"chip": chip}
