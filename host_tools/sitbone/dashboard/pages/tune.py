"""Tune: what the rules propose for each side and why, what would have been different, and the button to apply it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sitbone.dashboard.charts import Axis, Series, chart
from sitbone.dashboard.cushion import cushion_link
from sitbone.dashboard.cushion.cushion_link import Connect
from sitbone.dashboard.cushion.settings_work import changes_of, list_changes, undone_last, undone_words
from sitbone.dashboard.frame import Page, announce
from sitbone.dashboard.platform.elements import Element, text_field
from sitbone.dashboard.widgets import (
    SIDE_MARKS,
    awaited,
    block,
    button,
    card,
    come_first,
    details,
    notice,
    simulated,
    table,
    text,
    unsynced,
)
from sitbone.dashboard.work import computed, now, with_store
from sitbone.diary.entries import SIDES
from sitbone.home import store_path
from sitbone.settings.limits import SettingChange
from sitbone.store.store import Store
from sitbone.store.sync import Sync
from sitbone.tuning.last_known import limit_name
from sitbone.tuning.proposal import PREDICTED, WORDS, apply, number_or_dash, proposal, resume
from sitbone.tuning.rules import minutes

ACTIONS = {"up": "Raise", "down": "Lower", "hold": "Keep", "stop": "Tuning stopped; keep"}
MOVES = ("up", "down")


async def build() -> None:
    """Fills the page: first the frame, then the proposal once it is computed."""
    if await with_store(Store.any_simulated):
        simulated()
    page = _Tune()
    with block("div", "tune") as page.content:
        await awaited(page.compute(), "Replaying your last weeks …")
    page.draw()


class _Tune:
    """One visitor's page: the proposal as it was read."""

    content: Element

    def __init__(self) -> None:
        self._document: dict[str, Any] = {}
        self._changes: list[SettingChange] = []
        self._buttons: list[Element] = []

    async def show(self) -> None:
        """Computes the proposal and shows it."""
        await self.compute()
        self.draw()

    async def compute(self) -> None:
        """What the page shows: the proposal and past changes."""
        self._document = await computed(_proposed)
        self._changes = await with_store(changes_of)

    def draw(self) -> None:
        """Puts it on the page."""
        document, changes = self._document, self._changes
        self.content.clear()
        self._buttons.clear()
        with self.content:
            come_first(document)
            with block("div", "columns"):
                for side in SIDES:
                    _side(side, document[side])
            if any(document[side]["action"] == "stop" for side in SIDES):
                self._resuming()
            if document["together"]["text"]:
                notice(document["together"]["text"])
            self._deciding(document, changes)
            _believed(document)
            _replayed(document["predicted"])
            with card("Past changes"):
                list_changes(changes)
            text(document["says"], classes="muted small")

    # --- the decision

    def _deciding(self, document: dict[str, Any], changes: list[SettingChange]) -> None:
        with card("Your decision"):
            moves = any(document[side]["action"] in MOVES for side in SIDES)
            if moves:
                text("Nothing changes unless you apply it, and you can undo it.")
            else:
                text("No change to apply today.")
            if (moves or changes) and cushion_link.shared().view.state != "connected":
                text("To apply or undo a change, connect the cushion by USB: it stores the limits.", classes="muted")
            with block("div", "row"):
                if moves:
                    self._buttons.append(button("Apply", self._apply, "main"))
                if changes:
                    self._buttons.append(button("Undo last change", self._undo))

    async def _apply(self) -> None:
        agreed = {side: self._document[side]["to_s"] for side in SIDES}
        document = await self._with_cushion(lambda connect: _applied(connect, agreed))
        said = [
            f"{SIDE_MARKS[side]} {side} {minutes(document['applied'][limit_name(side)])}"
            for side in SIDES
            if limit_name(side) in document["applied"]
        ]
        if said:
            announce(f"Applied and confirmed by the cushion: {', '.join(said)}.", "good", undo=self._undo)
        else:
            announce("Nothing changed: the cushion allows no higher limit yet.", "warn")
        await self.show()

    async def _undo(self) -> None:
        answer = await self._with_cushion(undone_last)
        announce(undone_words(answer), "warn" if answer["clamped"] else "good")
        await self.show()

    async def _with_cushion(self, work: Callable[[Connect], dict[str, Any]]) -> dict[str, Any]:
        """Does it with the cushion, with the buttons disabled meanwhile. Raises SitboneError."""
        announce("Talking to the cushion …")
        for found in self._buttons:
            found.props("disabled")
        try:
            return await cushion_link.shared().run(work)
        finally:
            for found in self._buttons:
                found.props(remove="disabled")

    # --- after a stop

    def _resuming(self) -> None:
        with card("Resume tuning"):
            text("Tuning has stopped. Discuss it with a doctor or physiotherapist, then enter the outcome.")
            reason = text_field("What you discussed, and with whom").props("outlined dense").classes("field")
            button("Resume tuning", lambda: self._resume(str(reason.value or "")))

    async def _resume(self, reason: str) -> None:
        await with_store(_resumed, reason)
        announce("Tuning resumed.", "good")
        await self.show()


def _side(side: str, found: dict[str, Any]) -> None:
    before, after = minutes(found["from_s"]), minutes(found["to_s"])
    with card(f"{SIDE_MARKS[side]} {side.capitalize()}", classes=f"proposal {side}"):
        words = ACTIONS[found["action"]]
        moved = f"{words} from {before} to {after}" if after != before else f"{words} {before}"
        text(moved, "p", "decision")
        text(f"{found['rule'][:1].upper()}{found['rule'][1:]}.")
        with details("Evidence"), block("ul", "evidence"):
            for line in found["evidence"]:
                text(line, "li")
        if found["advice"]:
            with details("What your own days show"), block("ul", "evidence"):
                for line in found["advice"]:
                    text(line, "li")


def _believed(document: dict[str, Any]) -> None:
    """How likely each tolerance is, for the sides of which enough days are known."""
    known = {side: document[side]["tolerance"] for side in SIDES if document[side]["tolerance"]}
    if not known:
        return
    rows = next(iter(known.values()))["chances"]
    names = [f"{row['from_min']} to {row['to_min']}" for row in rows]
    series = [
        Series(f"{SIDE_MARKS[side]} {side}", [100 * row["share"] for row in found["chances"]], side, "bar")
        for side, found in known.items()
    ]
    limits = ", ".join(
        f"{side} {minutes(document[side]['from_s'])} now, {minutes(document[side]['to_s'])} proposed" for side in known
    )
    chart(
        "What you probably tolerate",
        Axis("minutes of sitting at your usual load", names, [True] * len(names)),
        series,
        ("% likely",),
        f"From the doses that your days reached and the pain that followed. Limits: {limits}.",
    )


def _replayed(predicted: dict[str, Any] | None) -> None:
    with card("Your last weeks, replayed"):
        if predicted is None:
            unsynced("No recorded days to replay yet.")
            return
        text(
            f"{predicted['days']} recorded days from {predicted['from']} to {predicted['to']}, as they happened, and"
            " replayed through the firmware's own rules with the current and the proposed limits. Daily means.",
            classes="muted small",
        )
        rows = [
            (
                WORDS[name],
                number_or_dash(predicted["happened"][name]),
                f"{predicted['old'][name]:.1f}",
                f"{predicted['new'][name]:.1f}",
                _interval(predicted["difference"][name]),
            )
            for name in PREDICTED
        ]
        table(
            "Current and proposed limits; change as a 90\u00a0% interval",
            ("", "happened", "now", "proposed", "change"),
            rows,
        )
        answered = predicted["answered"]
        text(f"A break began within 5 min of {answered['within_5_min']} of the {answered['prompts']} replayed prompts.")
        text(f"This assumes that {predicted['assumes']}.", classes="muted small")


def _interval(difference: dict[str, float]) -> str:
    low, high = difference["low"], difference["high"]
    return "none" if (low, high) == (0, 0) else f"{low:+.1f} to {high:+.1f}"


# --- the store's side


def _proposed(store: Store) -> dict[str, Any]:
    return proposal(store, now())


def _resumed(store: Store, reason: str) -> None:
    resume(store, now(), reason)


# --- the cushion's side, in its thread


def _applied(connect: Connect, agreed: dict[str, int]) -> dict[str, Any]:
    with Store(store_path()) as store:
        with connect() as cushion:
            document = apply(cushion, store, now(), agreed)
        Sync(store, connect, now).run()  # so that the stored log has it, too
        return document


PAGE = Page("/tune", "Tune", "M5 4v10M5 18v2M12 4v2M12 10v10M19 4v8M19 16v4M3 16h4M10 8h4M17 14h4", build)
