"""Installs or updates the firmware: the steps of `sitbone install`, in the page."""

from __future__ import annotations

from functools import partial

from cushion import VERSION
from sitbone.board.firmware_files import can_compile
from sitbone.board.install import install
from sitbone.board.live import Row
from sitbone.dashboard.cushion.cushion_link import Task, View, shared
from sitbone.dashboard.cushion.syncing import Progress
from sitbone.dashboard.cushion.watching import watch
from sitbone.dashboard.frame import sentence
from sitbone.dashboard.widgets import block, button, card, notice, text
from sitbone.errors import SitboneError


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
        watch(self.show)

    def _start(self) -> None:
        self._link.with_port("install", partial(_installed))

    def show(self, view: View) -> None:
        """The progress, then what came of it."""
        task = view.task
        if task is None or task.kind != "install" or task is self._shown:
            return
        self._shown = task
        self._button.props("disabled" if task.running else "", remove="" if task.running else "disabled")
        self._progress.whole.visible = task.running
        self._result.clear()
        if task.running:
            self._progress.show(task, f"{task.done / 1000:.0f} of {task.total / 1000:.0f} kB; keep it plugged in")
            return
        with self._result:
            if task.problem:
                notice(sentence(SitboneError(task.problem)), "bad")
            elif task.result is not None:
                notice(f"Firmware {task.result['firmware']} runs, {task.result['files']} files written.", "good")


def _installed(port: str, progress: object) -> Row:
    return install(port, progress, compile_it=can_compile())  # type: ignore[arg-type]
