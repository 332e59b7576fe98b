"""Diary: a pain rating in two clicks, the entries so far with a way to correct them, and red flags."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sitbone.dashboard.frame import Page, announce
from sitbone.dashboard.platform.elements import Element, number_field, text_field
from sitbone.dashboard.widgets import (
    OTHER_MARK,
    SIDE_MARKS,
    block,
    button,
    card,
    details,
    emptied,
    empty,
    notice,
    simulated,
    text,
)
from sitbone.dashboard.work import now, with_store
from sitbone.dates import local, unix_ms
from sitbone.diary.diary_store import DiaryStore, Row
from sitbone.diary.entries import MOMENTS, RED_FLAGS, URGENT, care_of, new_pain, symptom_marks
from sitbone.store.store import Store

SHOWN_DAYS = 14
MORE_DAYS = 28
MOMENT_WORDS = {"morning": "On waking up", "sitting": "While sitting", "other": "At another time"}
SIDE_WORDS = {"both": "Both or unsure", "left": "Left", "right": "Right"}
FLARE_WORDS = {"": "No change", "start": "Flare begins", "end": "Flare ends"}
EDITED = ("pain", "moment", "side", "onset_min", "sleep", "stress", "flare", "note")


async def build() -> None:
    """Fills the page."""
    if await with_store(Store.any_simulated):
        simulated()
    page = _Diary()
    with card("How much does it hurt?"):
        page.question()
    with card("Your entries", classes="entries") as page.list:
        await page.show()
    with card("Red flags") as page.flags:
        await page.show_flags()


class _Diary:
    """One visitor's page: what is chosen so far, and the two lists that change."""

    list: Element
    flags: Element

    def __init__(self) -> None:
        self._days = SHOWN_DAYS
        self._pain: int | None = None
        self._numbers: list[Any] = []

    # --- two clicks

    def question(self) -> None:
        """The eleven numbers, then the moments."""
        text("0 is no pain, 10 is the worst you can imagine.", classes="muted")
        with block("div", "numbers").props('role=group aria-label="Pain from 0 to 10"'):
            for value in range(11):
                number = button(str(value), lambda value=value: self._choose(value), "number", f"Pain {value}")
                self._numbers.append(number.props("aria-pressed=false"))
        self._moments = block("div", "moments").props('role=group aria-label="When was that?"')
        self._moments.visible = False
        with self._moments:
            text("When was that? One click saves it.")
            with block("div", "row"):
                for moment in MOMENTS:
                    button(MOMENT_WORDS[moment], lambda moment=moment: self._add(moment), "main")
            text("To add a side, sleep, a note or another day, edit the entry afterwards.", classes="muted small")

    def _choose(self, value: int) -> None:
        self._pain = value
        for index, number in enumerate(self._numbers):
            number.props(f"aria-pressed={str(index == value).lower()}")
        self._moments.visible = True

    async def _add(self, moment: str) -> None:
        assert self._pain is not None
        row = new_pain(self._pain, now(), now(), moment)
        number = await with_store(_add, row)
        self._forget_choice()
        announce(_saved(row), "warn" if care_of(row) else "good", undo=lambda: self._remove(number, "Entry removed."))
        await self.show()

    def _forget_choice(self) -> None:
        self._pain = None
        self._moments.visible = False
        for number in self._numbers:
            number.props("aria-pressed=false")

    # --- the list

    async def show(self, edited: int | None = None) -> None:
        """The days, newest first; one entry open for corrections."""
        first = now().date() - timedelta(days=self._days - 1)
        rows, marks, older = await with_store(_entries, first)
        with emptied(self.list, "Your entries"):
            if not rows and not marks:
                empty("No entries yet.", ["Choose a number above. Morning ratings matter most: tuning relies on them."])
            by_day = {mark["day"] for mark in marks} | {row["day"] for row in rows}
            for day in sorted(by_day, reverse=True):
                with block("div", "day"):
                    text(_day(day), "h3")
                    with block("ul", "diary"):
                        for row in (row for row in rows if row["day"] == day):
                            with block("li"):
                                show = self._form if row["id"] == edited else self._entry
                                show(row)
                        for mark in (mark for mark in marks if mark["day"] == day):
                            _mark(mark)
            if older:
                button(f"Show older entries ({older})", self._show_older)

    async def _show_older(self) -> None:
        self._days += MORE_DAYS
        await self.show()

    def _entry(self, row: Row) -> None:
        text(str(row["pain"]), "span", "pain").props["aria-label"] = f"pain {row['pain']}"
        with block("div", "said"):
            text(f"{MOMENT_WORDS[row['moment']]}{_side(row)}", "span")
            if more := _more(row):
                text(more, "span", "muted small")
            if row["note"]:
                text(row["note"], "span", "own-words")
        what = f"the entry from {_day(row['day'])}, {MOMENT_WORDS[row['moment']].lower()}, pain {row['pain']}"
        with block("div", "row"):
            button("Edit", lambda: self.show(row["id"]), "quiet", f"Edit {what}")
            button("Remove", lambda: self._remove(row["id"], "Entry removed.", row), "quiet", f"Remove {what}")

    async def _remove(self, number: int, words: str, row: Row | None = None) -> None:
        await with_store(_remove, number)
        announce(words, undo=None if row is None else lambda: self._put_back(number))
        await self.show()

    async def _put_back(self, number: int) -> None:
        await with_store(_put_back, number)
        announce("Entry restored.", "good")
        await self.show()

    def _form(self, row: Row) -> None:
        """One entry with all its fields."""
        form: dict[str, Any] = {}
        with block("div", "form"):
            text(f"Edit the entry from {_day(row['day'])}", "h3")
            with block("div", "fields"):
                form["when"] = _field(text_field("Day and time", f"{local(row['unix_ms']):%Y-%m-%dT%H:%M}"))
                form["when"].props("type=datetime-local stack-label")
                form["pain"] = _number("Pain, 0 to 10", row["pain"], 10)
                form["onset_min"] = _number("Minutes of sitting until it began", row["onset_min"], 600)
                form["sleep"] = _number("Sleep, 0 (bad) to 10 (good)", row["sleep"], 10)
                form["stress"] = _number("Stress, 0 to 10", row["stress"], 10)
            form["moment"] = _choice("When", MOMENT_WORDS, row["moment"])
            form["side"] = _choice("Side", SIDE_WORDS, row["side"])
            form["flare"] = _choice("Flare", FLARE_WORDS, row["flare"] or "")
            form["note"] = _field(text_field("In your own words", row["note"]))
            with block("div", "row"):
                button("Save", lambda: self._save(row, form), "main")
                button("Cancel", lambda: self.show(), "")

    async def _save(self, row: Row, form: dict[str, Any]) -> None:
        wanted = _read(form, row)
        changes = {name: wanted[name] for name in wanted if wanted[name] != row[name]}
        if changes:
            await with_store(_edit, row["id"], changes)
            before = {name: row[name] for name in changes}
            announce(_saved(wanted), "good", undo=lambda: self._unsave(row["id"], before))
        await self.show()

    async def _unsave(self, number: int, before: Row) -> None:
        await with_store(_edit, number, before)
        announce("Change undone.", "good")
        await self.show()

    # --- red flags

    async def show_flags(self) -> None:
        """The open flags, and the way to add one."""
        rows = await with_store(_open_flags)
        with emptied(self.flags, "Red flags"):
            text("These need a doctor. While one is open, no limit goes up. Pain of 7 or more counts as one.")
            for row in rows:
                care = URGENT.get(row["what"], "seek care")
                what = RED_FLAGS.get(row["what"], row["what"])
                notice(f"Since {_day(row['day'])}: {what}. {care.capitalize()}.", "bad")
            if rows:
                self._clearing()
            with details("Report a red flag"), block("div", "row"):
                for what, words in RED_FLAGS.items():
                    button(words[:1].upper() + words[1:], lambda what=what: self._flag(what))

    def _clearing(self) -> None:
        with details("Cleared by a clinician"):
            who = _field(text_field("Who cleared it, and what they said"))
            button("Clear open flags", lambda: self._clear(str(who.value or "")))

    async def _flag(self, what: str) -> None:
        await with_store(_add_flag, what)
        announce(f"Reported: {RED_FLAGS[what]}. {URGENT.get(what, 'seek care').capitalize()}.", "bad")
        await self.show_flags()

    async def _clear(self, note: str) -> None:
        if not note.strip():
            announce("Enter who cleared it and what they said, then clear the flags.", "warn")
            return
        await with_store(_clear_flags, note)
        announce("Cleared. The rules may raise limits again.", "good")
        await self.show_flags()


# --- words


def _day(day: str) -> str:
    """'today', 'yesterday', or 'Mon 3 Mar'."""
    gone = (now().date() - date.fromisoformat(day)).days
    if gone in (0, 1):
        return ("today", "yesterday")[gone]
    found = date.fromisoformat(day)
    return f"{found:%a} {found.day} {found:%b}"


def _side(row: Row) -> str:
    return "" if row["side"] == "both" else f", {SIDE_MARKS.get(row['side'], OTHER_MARK)} {row['side']}"


def _more(row: Row) -> str:
    parts = (
        ("onset_min", "began after {} min of sitting"),
        ("sleep", "sleep {}"),
        ("stress", "stress {}"),
    )
    said = [words.format(row[name]) for name, words in parts if row[name] is not None]
    return "; ".join([*said, *([FLARE_WORDS[row["flare"]].lower()] if row["flare"] else [])])


def _saved(row: Row) -> str:
    said = f"Saved: pain {row['pain']}, {MOMENT_WORDS[row['moment']].lower()}."
    care = care_of(row)
    return f"{said} {care[:1].upper()}{care[1:]}." if care else said


def _mark(mark: Row) -> None:
    with block("li", "mark"):
        text("●", "span", "pain").props("aria-hidden=true")
        with block("div", "said"):
            text(f"{local(mark['at_ms']):%H:%M}, “hurts now”, marked with the button", "span")
            dose = f"dose {mark['left_s'] / 60:.1f} min left, {mark['right_s'] / 60:.1f} min right"
            text(dose, "span", "muted small")


# --- fields


def _field(field: Any) -> Any:
    return field.props("outlined dense").classes("field")


def _number(label: str, value: int | None, most: int) -> Any:
    return _field(number_field(label, value, 0, most))


def _choice(label: str, words: dict[str, str], value: str) -> dict[str, str]:
    """Buttons of which one is pressed; the choice is kept under "value"."""
    chosen = {"value": value}
    buttons: dict[str, Any] = {}

    def choose(name: str) -> None:
        chosen["value"] = name
        for other, found in buttons.items():
            found.props(f"aria-pressed={str(other == name).lower()}")

    with block("div", "choice").props("role=group") as group:
        group.props["aria-label"] = label
        text(label, "span", "muted small")
        for name, said in words.items():
            buttons[name] = button(said, lambda name=name: choose(name))
    choose(value)
    return chosen


def _read(form: dict[str, Any], row: Row) -> Row:
    """The form as a checked row. Raises UsageError."""
    felt = _felt(str(form["when"].value), row)
    numbers = {name: _whole(form[name].value) for name in ("onset_min", "sleep", "stress")}
    return new_pain(
        _whole(form["pain"].value) if form["pain"].value is not None else row["pain"],
        felt,
        now(),
        form["moment"]["value"],
        form["side"]["value"],
        flare=form["flare"]["value"] or None,
        note=str(form["note"].value or ""),
        **numbers,
    )


def _felt(said: str, row: Row) -> datetime:
    """When it was felt: as before, unless another minute was entered."""
    before = local(row["unix_ms"])
    try:
        felt = datetime.fromisoformat(said).astimezone()
    except ValueError:
        return before
    return before if felt == before.replace(second=0, microsecond=0) else felt


def _whole(value: float | None) -> Any:
    return None if value is None else int(value)


# --- the store's side, in a thread


def _entries(store: Store, first: date) -> tuple[list[Row], list[Row], int]:
    rows = DiaryStore(store).pains()
    marks = [mark | {"day": local(mark["at_ms"]).date().isoformat()} for mark in symptom_marks(store)]
    marks = [mark for mark in marks if mark["day"] >= first.isoformat()]
    shown = [row for row in rows if row["day"] >= first.isoformat()]
    return shown[::-1], marks[::-1], len(rows) - len(shown)


def _add(store: Store, row: Row) -> int:
    diary = DiaryStore(store)
    row["side"] = diary.usual_side()
    return diary.add("pain", row)


def _edit(store: Store, number: int, changes: Row) -> Row:
    return DiaryStore(store).edit("pain", number, changes, unix_ms(now()))


def _remove(store: Store, number: int) -> Row:
    return DiaryStore(store).remove("pain", number, unix_ms(now()))


def _put_back(store: Store, number: int) -> None:
    DiaryStore(store).put_back("pain", number)


def _open_flags(store: Store) -> list[Row]:
    return DiaryStore(store).open_flags()


def _add_flag(store: Store, what: str) -> int:
    at = now()
    row = {"day": at.date().isoformat(), "entered_ms": unix_ms(at), "what": what, "note": ""}
    return DiaryStore(store).add("red_flag", row)


def _clear_flags(store: Store, note: str) -> int:
    return DiaryStore(store).clear_flags(note, unix_ms(now()))


PAGE = Page("/diary", "Diary", "M6 3h12v18H6zM9 8h6M9 12h6M9 16h3", build)
