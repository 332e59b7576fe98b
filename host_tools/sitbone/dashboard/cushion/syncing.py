"""Sync: how many records wait in the cushion, the progress, and the result."""

from __future__ import annotations

import time
from functools import partial

from sitbone.board.live import Row
from sitbone.dashboard.cushion.cushion_link import Task, View, shared
from sitbone.dashboard.cushion.settings_work import changed, title_of, value_of
from sitbone.dashboard.frame import announce, sentence
from sitbone.dashboard.widgets import block, button, card, notice, text
from sitbone.dashboard.work import with_store
from sitbone.dates import counted, duration_text, local
from sitbone.errors import SitboneError
from sitbone.store.store import Store
from sitbone.store.sync import sync_lines

LONG_RECORDS = 200


class Progress:
    """A progress bar with words beside it."""

    def __init__(self, label: str) -> None:
        self.whole = block("div", "working")
        with self.whole:
            self._bar = block("div", "progress").props("role=progressbar aria-valuemin=0 aria-valuemax=100")
            self._bar.props["aria-label"] = label
            with self._bar:
                self._fill = block("span", "fill")
            self._words = text("", "p", "small")

    def show(self, task: Task, words: str) -> None:
        """Moves the bar."""
        percent = round(100 * task.done / task.total) if task.total else 0
        self._bar.props["aria-valuenow"] = str(percent)
        self._bar.props["aria-valuetext"] = words
        self._bar.update()
        self._fill.style(f"width: {percent}%")
        self._words.text = words


class Syncing:
    """The card on the page. ``await load()`` once it stands."""

    def __init__(self) -> None:
        self._link = shared()
        self._shown: Task | None = None
        self._waiting: Row | None = None
        with card("Sync"):
            self._last = text("")
            self._waits = text("", "p", "muted")
            self._progress = Progress("Sync")
            self._progress.whole.visible = False
            self._result = block("div", "result").props("role=status")
            with block("div", "row"):
                self._button = button("Sync now", self._sync, "main")

    async def load(self) -> None:
        """Shows when the last sync was."""
        self._last.text = await with_store(_last_sync)

    async def _sync(self) -> None:
        self._link.sync()

    async def _set_limits(self, yours: dict[str, int]) -> None:
        announce("Talking to the cushion …")
        answer = await self._link.run(partial(changed, asked=yours, reason="as on your other cushion"))
        said = "; ".join(f"{title_of(name)} {value_of(name, value)}" for name, value in answer["applied"].items())
        less = " A limit may rise by at most 10 % in 7 days." if answer["clamped"] else ""
        announce(f"Set and confirmed by the cushion: {said}.{less}", "warn" if less else "good")

    async def show(self, view: View) -> None:
        """How many records wait in the cushion, and the progress of a sync."""
        self._show_waiting(view)
        task = view.task
        if task is None or task.kind != "sync" or task is self._shown:
            return
        self._shown = task
        self._button.props("disabled" if task.running else "", remove="" if task.running else "disabled")
        self._progress.whole.visible = task.running
        if task.running:
            self._result.clear()
            self._progress.show(task, _progress_words(task))
            return
        self._show_result(task)
        await self.load()

    def _show_waiting(self, view: View) -> None:
        log = None if view.status is None else view.status["journal"]
        if log == self._waiting:
            return
        self._waiting = log
        self._waits.text = "" if log is None else _waiting_words(log.get("unacked"))

    def _show_result(self, task: Task) -> None:
        self._result.clear()
        with self._result:
            if task.problem:
                notice(sentence(SitboneError(task.problem)), "bad")
            if task.result is not None:
                kind = "warn" if task.result["lost"] or task.result["damaged"] or task.problem else "good"
                notice("; ".join(sync_lines(task.result)) + ".", kind)
                if task.result.get("limits_notice"):
                    notice(sentence(SitboneError(task.result["limits_notice"][0])), "warn")
                    button("Set my limits on this cushion", partial(self._set_limits, task.result["your_limits"]))


def _waiting_words(unacked: int | None) -> str:
    if unacked is None:
        return ""
    if not unacked:
        return "No new records in the cushion."
    return f"{counted(unacked, 'new record')} in the cushion." + (" Time to sync." if unacked > LONG_RECORDS else "")


def _progress_words(task: Task) -> str:
    if not task.total:
        return "Asking the cushion …"
    seconds = max(0.001, time.monotonic() - task.begun_s)
    rate = task.done / seconds
    said = f"{task.done / 1000:.1f} of {task.total / 1000:.1f} kB, {rate / 1000:.1f} kB/s"
    if task.done >= task.total:
        return f"{said}, storing"
    return said + (f", about {duration_text((task.total - task.done) / rate)} left" if task.done else "")


def _last_sync(store: Store) -> str:
    rows = store.rows("SELECT unix_ms, json_extract(result, '$.records') FROM sync ORDER BY id DESC LIMIT 1")
    if not rows:
        return "Not synced yet. The cushion keeps its records until you sync."
    unix_ms, records = rows[0]
    return f"Last sync: {local(unix_ms):%Y-%m-%d %H:%M}, {counted(records, 'new record')}."
