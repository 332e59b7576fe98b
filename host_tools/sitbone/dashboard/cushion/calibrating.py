"""Guided calibration: the empty seat, the person's neutral sit, and the vibration strength."""

from __future__ import annotations

from typing import Any

from sitbone.analysis.events import ZONE_TITLES
from sitbone.board.live import PHASES, Row, gained_words
from sitbone.dashboard.cushion.cushion_link import Task, View, shared
from sitbone.dashboard.cushion.syncing import Progress
from sitbone.dashboard.frame import sentence
from sitbone.dashboard.widgets import block, button, card, notice, text
from sitbone.errors import SitboneError

TITLES = {"empty": "Empty seat", "seated": "Your neutral sit", "leans": "Leaning left, right and forward"}
DONE = {
    "empty": "Empty seat recorded. Now sit as you normally do.",
    "seated": "Calibrated to your own neutral sit. Now lean, to check the wires and fit the sensors.",
    "leans": "The wires are right and the sensors are fitted:",
}
FELT = "Sit on the cushion. It gives up to eleven short pulses. After each, say whether you felt it."


class Calibrating:
    """The card on the page."""

    def __init__(self) -> None:
        self._link = shared()
        self._shown: Task | None = None
        self._buttons: list[Any] = []
        with card("Calibration"):
            self._state = text("")
            with block("ol", "steps"):
                for phase, words in PHASES.items():
                    self._step(TITLES[phase], words, lambda phase=phase: self._start(phase))
                self._step("Vibration strength", FELT, self._link.feel)
            self._working = block("div", "working")
            with self._working:
                self._progress = Progress("Calibration")
                self._question = block("div", "row question").props('role=group aria-label="Did you feel it?"')
                with self._question:
                    text("Did you feel it?", "span", "lead")
                    button("Yes", lambda: self._link.answer(True), "main")
                    button("No", lambda: self._link.answer(False), "main")
                button("Stop", self._link.cancel)
            self._working.visible = False
            self._result = block("div", "result").props("role=status")

    def _step(self, title: str, words: str, start: Any) -> None:
        with block("li"):
            with block("div", "said"):
                text(title, "h3")
                text(words)
            self._buttons.append(button("Start", start, "", f"Start: {title}"))

    async def _start(self, phase: str) -> None:
        self._link.calibrate(phase)

    def show(self, view: View) -> None:
        """Whether it is calibrated, and the progress of a running step."""
        if view.live is not None:
            self._state.text = _state(view.live)
        task = view.task
        if task is None or task.kind not in (*TITLES, "haptics") or task is self._shown:
            return
        self._shown = task
        for found in self._buttons:
            found.props("disabled" if task.running else "", remove="" if task.running else "disabled")
        self._working.visible = task.running
        self._question.visible = task.asks
        if task.running:
            self._result.clear()
            self._progress.show(task, _progress_words(task))
        else:
            self._show_result(task)

    def _show_result(self, task: Task) -> None:
        self._result.clear()
        with self._result:
            if task.problem:
                notice(sentence(SitboneError(task.problem)), "bad")
            elif task.result is None:
                notice("Stopped. Nothing changed.")
            elif task.kind == "haptics":
                found = task.result
                notice(
                    f"You felt it from {found['threshold_percent']} %. It is now set to {found['strength_percent']} %.",
                    "good",
                )
            else:
                gained = task.result.get("gained")
                notice(f"{DONE[task.kind]} {gained_words(gained)}." if gained else DONE[task.kind], "good")


def _state(now: Row) -> str:
    if not now["calibrated"]:
        return "Not calibrated yet: loads assume a typical seat of 5 kPa."
    loads = ", ".join(f"{title} {pa / 1000:.1f}" for title, pa in zip(ZONE_TITLES, now["ref_pa"], strict=True))
    return f"Calibrated. Your neutral sit, in kPa: {loads}."


def _progress_words(task: Task) -> str:
    if task.kind == "haptics":
        return f"Pulse {task.done} of at most {task.total}"
    left_s = task.total - task.done
    words = f"Now {task.said}." if task.said else PHASES[task.kind]
    return f"{TITLES[task.kind]}: {left_s} s left. {words}" if task.total else words
