"""Live: the load on the seat now, its balance, the doses, the next prompt, and a wedge before and after."""

from __future__ import annotations

import time
from typing import Any

from sitbone.analysis.events import ZONE_TITLES
from sitbone.board.live import Row, figures, steady
from sitbone.dashboard.cushion.cushion_link import View, shared
from sitbone.dashboard.cushion.watching import Connection, watch
from sitbone.dashboard.frame import Page, announce
from sitbone.dashboard.seat_picture import Balance, SeatPicture
from sitbone.dashboard.widgets import block, button, card, dose_meter, empty, link, notice, table, text
from sitbone.errors import Refused

READ_ALOUD_EVERY_S = 5.0
STATES = {
    "occupied": "You are sitting",
    "vacant": "The seat is empty",
    "object": "Something is lying on the seat",
    "unknown": "The cushion can't tell whether anyone is sitting",
}


async def build() -> None:
    """Fills the page."""
    connection = Connection()
    page = _Live()
    watch(connection.show, page.show)


class _Live:
    """One visitor's page; the marks are shared by all."""

    def __init__(self) -> None:
        self._link = shared()
        self._number = -1
        self._drawn: dict[str, Any] = {}
        self._spoken_s = 0.0
        self._nothing = block("div")
        with self._nothing, card():
            empty("No cushion yet.", ["Plug in the cushion by USB. This page finds it and shows how you sit."])
        self._whole = block("div", "live")
        self._whole.visible = False
        with self._whole:
            with card("How you sit", classes="seat-card"):
                self._state = text("", "p", "lead")
                self._warning = block("div", "warning")
                self._picture = SeatPicture()
                text("Seat load in kPa-equivalent, not pressure on the tendon.", "p", "muted small")
            with block("div", "beside"):
                with card("Balance"):
                    self._balance = Balance("Left share of the load", "◀ Left {}", "{} Right ▶", "sides")
                    text("of the load on both sitting bones", "p", "muted small")
                    self._bones = Balance(
                        "Share on the sitting bones", "{} on the sitting bones", "{} on the thighs", "bones"
                    )
                with card("Compare a wedge or cut-out"):
                    self._wedge()
                with card("Dose and next prompt"):
                    self._doses = block("div", "doses")
                    self._next = text("")
            self._aloud = text("", "p", "hidden").props("role=status aria-label=Summary")

    # --- the picture

    def show(self, view: View) -> None:
        """Redraws what changed."""
        self._nothing.visible = view.live is None
        self._whole.visible = view.live is not None
        is_old = view.state != "connected"
        self._picture.fade(is_old)
        if view.live is None:
            return
        self._state.text = f"Last seen: {_state(view.live)}" if is_old else _state(view.live)
        if view.number == self._number:
            return
        self._number = view.number
        now = view.live
        marks = self._link.marks
        self._picture.show(view.number, now, marks.get("before"))
        moving = figures(now | {"pa": now["sample_pa"]})
        self._balance.show(now["left_share"], moving["left_share"])
        self._bones.show(now["sitting_bone_share"], moving["sitting_bone_share"])
        self._show_words(view, now)
        self._show_comparison(now)
        self._say_aloud(now)

    def _show_words(self, view: View, now: Row) -> None:
        self._next.text = _next(now, view.status)
        if self._is_new("warning", (now["calibrated"],)):
            self._warning.clear()
            with self._warning:
                if not now["calibrated"]:
                    with notice("Not calibrated yet: loads assume a typical seat.", "warn"):
                        link("Calibrate", "/cushion")
        if self._is_new("doses", (tuple(now["dose_s"]), tuple(now["limit_s"]))):
            self._doses.clear()
            with self._doses:
                for side, dose_s, limit_s in zip(("left", "right"), now["dose_s"], now["limit_s"], strict=True):
                    dose_meter(side, dose_s, limit_s)

    def _say_aloud(self, now: Row) -> None:
        """The same for a screen reader, but not four times a second."""
        if time.monotonic() - self._spoken_s < READ_ALOUD_EVERY_S:
            return
        self._spoken_s = time.monotonic()
        self._aloud.text = _aloud(now)

    def _is_new(self, what: str, drawn: Any) -> bool:
        is_new = bool(self._drawn.get(what) != drawn)
        self._drawn[what] = drawn
        return is_new

    # --- the wedge

    def _wedge(self) -> None:
        text("Sit as usual and press “Mark before”. Put the wedge or cut-out in place, sit again, and compare.")
        with block("div", "row"):
            button("Mark before", lambda: self._mark("before"), "main")
            button("Mark after", lambda: self._mark("after"), "", "Mark after, to keep it when you get up")
            button("Clear both", self._clear_marks, "quiet")
        self._table = block("div")

    def _mark(self, which: str) -> None:
        try:
            self._link.marks[which] = steady(self._link.recent())
        except Refused as error:
            announce(f"{str(error)[:1].upper()}{str(error)[1:]}.", "warn")
            return
        announce(f"Marked “{which}”: mean of the last five seconds.", "good")

    def _clear_marks(self) -> None:
        self._link.marks.clear()
        announce("Both marks cleared.")

    def _show_comparison(self, now: Row) -> None:
        before, after = self._link.marks.get("before"), self._link.marks.get("after")
        rows = _comparison(before, after or now)
        head = ("", "Before", "After" if after else "Now", "Change")
        if self._is_new("table", (head, rows)):
            self._table.clear()
            with self._table:
                table("Before and after", head, rows)


# --- words


def _state(now: Row) -> str:
    said = STATES.get(now["state"], now["state"])
    if now["state"] == "occupied":
        return f"{said}, {now['seated_s'] // 60} min since the last verified break."
    return f"{said}."


def _next(now: Row, status: Row | None) -> str:
    for name, words in (("muted_s", "Muted"), ("snoozed_s", "Snoozed")):
        left_s = 0 if status is None else status.get(name, 0)
        if left_s:
            return f"{words} for {_minutes(left_s)} more."
    due_s = now["next_prompt_s"]
    if due_s is None:
        return "No prompt while the seat is empty." if now["state"] == "vacant" else "No prompt is due."
    if due_s == 0:
        return "Limit reached: stand up for at least two minutes."
    return f"Next prompt in about {_minutes(due_s)} if you keep sitting like this."


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds >= 90 else f"{seconds:.0f} s"


def _aloud(now: Row) -> str:
    said = [_state(now)]
    if now["left_share"] is not None:
        said.append(f"Left {now['left_share']:.0%}, right {1 - now['left_share']:.0%}.")
    if now["sitting_bone_share"] is not None:
        said.append(f"{now['sitting_bone_share']:.0%} on the sitting bones.")
    return " ".join(said)


def _comparison(before: Row | None, now: Row) -> tuple[tuple[str, ...], ...]:
    rows = []
    for name, words in (("left_share", "Left share, %"), ("sitting_bone_share", "On the sitting bones, %")):
        was, found = (None if row is None or row[name] is None else 100 * row[name] for row in (before, now))
        rows.append((words, *_compared(was, found, 0)))
    for index, title in enumerate(ZONE_TITLES):
        was_kpa = None if before is None else before["pa"][index] / 1000
        rows.append((f"{title[:1].upper()}{title[1:]}, kPa", *_compared(was_kpa, now["pa"][index] / 1000, 1)))
    return tuple(rows)


def _compared(was: float | None, found: float | None, digits: int) -> tuple[str, str, str]:
    """Both as shown, and the difference between the shown figures."""
    said = ["–" if value is None else f"{value:.{digits}f}" for value in (was, found)]
    if was is None or found is None:
        return (said[0], said[1], "")
    change = round(found, digits) - round(was, digits)
    return (said[0], said[1], f"{change:+.{digits}f}" if round(change, digits) else "0")


PAGE = Page("/live", "Live", "M3 12h4l2-6 4 12 3-9 2 3h3", build)
