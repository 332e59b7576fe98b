"""Rehab: the exercise log, and which published criteria the stage meets. It never changes the stage by itself."""

from __future__ import annotations

from functools import partial
from typing import Any

from sitbone.dashboard.frame import Page, announce
from sitbone.dashboard.platform.elements import Element, number_field, text_field
from sitbone.dashboard.widgets import (
    SIDE_MARKS,
    block,
    button,
    card,
    details,
    emptied,
    empty,
    link,
    notice,
    simulated,
    text,
)
from sitbone.dashboard.work import now, with_store
from sitbone.dates import unix_ms
from sitbone.diary.diary_store import DiaryStore, Row
from sitbone.diary.entries import RED_FLAGS, URGENT
from sitbone.diary.rehab import STAGES, amounts, care_of_exercise, new_exercise, pains
from sitbone.diary.stages import CARE_FIRST, STAY, skipped, stage_lines
from sitbone.errors import UsageError
from sitbone.store.store import Store

SHOWN = 60
STAGE_WORDS = {
    "isometric": ("Isometric", "held still, little compression"),
    "heavy-slow": ("Heavy and slow", "slowly, through the full movement"),
    "energy-storage": ("Energy storage", "quick and springy: running, jumping"),
    "maintenance": ("Maintenance", "keeping the strength, twice a week"),
}
KINDS = {STAY: "info", CARE_FIRST: "bad"}  # of the verdict
SIDE_WORDS = {"both": "Both legs", "left": "Left leg", "right": "Right leg"}
# name, label, most, whole numbers only
AMOUNTS = (
    ("sets", "Sets", 100, True),
    ("reps", "Repetitions", 1000, True),
    ("load_kg", "Load, kg", 1000, False),
    ("hold_s", "Hold, s", 1000, True),
    ("pain_during", "Pain during, 0 to 10", 10, True),
    ("pain_next", "Pain next morning, 0 to 10", 10, True),
)
STRENGTHS = (
    ("left_kg", "Left leg, kg", 1000, False),
    ("right_kg", "Right leg, kg", 1000, False),
    ("left_reps", "Left leg, times until tired", 1000, True),
    ("right_reps", "Right leg, times until tired", 1000, True),
    ("run_km", "Run, km", 1000, False),
)


async def build() -> None:
    """Fills the page."""
    if await with_store(Store.any_simulated):
        simulated()
    rows = await with_store(_rows)
    page = _Rehab(rows[-1]["stage"] if rows else STAGES[0])
    await page.flags()
    with block("div", "columns"):
        with card("Add an exercise"):
            page.form()
        page.stage = card()
    page.list = card()
    await page.show()


class _Rehab:
    """One visitor's page."""

    stage: Element
    list: Element

    def __init__(self, stage: str) -> None:
        self._stage, self._side = stage, "both"
        self._fields: dict[str, Any] = {}

    async def flags(self) -> None:
        """Open red flags: they come before any exercise."""
        for row in await with_store(_open_flags):
            care = URGENT.get(row["what"], "seek care")
            with notice(f"{RED_FLAGS.get(row['what'], row['what'])}: {care}, before any exercise.".capitalize(), "bad"):
                link("See the diary", "/diary")

    # --- adding

    def form(self) -> None:
        """The fields; only the exercise is required."""
        self._choice("Stage", {name: words for name, (words, _) in STAGE_WORDS.items()}, "_stage")
        self._fields["exercise"] = _field(text_field("Exercise, for example bridge or hip thrust"))
        with block("div", "amounts"):
            for amount in AMOUNTS:
                self._fields[amount[0]] = _number(*amount)
        with details("Side, strength and note"), block("div", "form"):
            self._choice("Side", SIDE_WORDS, "_side")
            with block("div", "amounts"):
                for amount in STRENGTHS:
                    self._fields[amount[0]] = _number(*amount)
            self._fields["note"] = _field(text_field("In your own words"))
        with block("div", "row"):
            button("Add exercise", self._add, "main")
        text("You can rate the next morning's pain later, in the entry.", "p", "muted small")

    def _choice(self, label: str, words: dict[str, str], attribute: str) -> None:
        buttons: dict[str, Any] = {}

        def choose(name: str) -> None:
            setattr(self, attribute, name)
            for other, found in buttons.items():
                found.props(f"aria-pressed={str(other == name).lower()}")

        with block("div", "choice").props("role=group") as group:
            group.props["aria-label"] = label
            text(label, "span", "muted small")
            for name, said in words.items():
                buttons[name] = button(said, lambda name=name: choose(name))
        choose(getattr(self, attribute))

    async def _add(self) -> None:
        exercise = str(self._fields["exercise"].value or "").strip()
        if not exercise:
            raise UsageError("the exercise needs a name; type one, for example bridge")
        values = {
            name: _amount(label, self._fields[name].value, whole) for name, label, _, whole in AMOUNTS + STRENGTHS
        }
        note = str(self._fields["note"].value or "").strip()
        row = new_exercise(now(), self._stage, exercise, side=self._side, note=note, **values)
        number, asked = await with_store(_add, row)
        for field in self._fields.values():
            field.value = None
        said = " ".join(f"{line[:1].upper()}{line[1:]}." for line in (care_of_exercise(row), asked) if line)
        undo = partial(self._remove, number, exercise, can_undo=False)
        announce(f"Added: {exercise}. {said}".strip(), "warn" if said else "good", undo=undo)
        await self.show()

    # --- the entries

    async def show(self) -> None:
        """The stage, and the entries with the newest first."""
        rows, lines = await with_store(_rows), await with_store(stage_lines, now())
        with emptied(self.stage, "Current stage"):
            _show_stage(rows, lines)
        with emptied(self.list, "Your exercises"):
            if not rows:
                empty("No exercises yet.", ["Add one above, as agreed with your physiotherapist."])
            with block("ul", "log"):
                for row in rows[: -SHOWN - 1 : -1]:
                    with block("li"):
                        self._entry(row)
            if len(rows) > SHOWN:
                text(f"{len(rows) - SHOWN} older entries; see them with sitbone rehab list.", "p", "muted small")

    def _entry(self, row: Row) -> None:
        what = f"{row['exercise']} from {row['day']}"
        with block("div", "said"):
            side = "" if row["side"] == "both" else f", {SIDE_MARKS[row['side']]} {row['side']}"
            text(f"{row['day']}, {STAGE_WORDS[row['stage']][0].lower()}: {row['exercise']}{side}", "span", "when")
            text(_amount_words(row), "span", "muted small")
            if row["note"]:
                text(row["note"], "span", "own-words")
        button("Remove", lambda: self._remove(row["id"], row["exercise"]), "quiet", f"Remove {what}")
        if row["pain_next"] is None:
            self._morning(row["id"], what)

    def _morning(self, number: int, what: str) -> None:
        with details("How was the next morning?", "morning"), block("div", "numbers").props("role=group") as group:
            group.props["aria-label"] = f"Pain on the morning after {what}, 0 to 10"
            for pain in range(11):
                button(str(pain), lambda pain=pain: self._rate(number, pain), "number", f"Pain {pain}")

    async def _rate(self, number: int, pain: int) -> None:
        await with_store(_rate, number, pain)
        announce(f"Saved: pain {pain} the next morning.", "good")
        await self.show()

    async def _remove(self, number: int, exercise: str, can_undo: bool = True) -> None:
        await with_store(_remove, number)
        announce(f"Removed: {exercise}.", undo=(lambda: self._put_back(number)) if can_undo else None)
        await self.show()

    async def _put_back(self, number: int) -> None:
        await with_store(_put_back, number)
        announce("Exercise restored.", "good")
        await self.show()


# --- words and fields


def _show_stage(rows: list[Row], lines: list[str]) -> None:
    if not rows:
        empty("No stage yet.", ["The last exercise that you add sets it."])
    else:
        words, meaning = STAGE_WORDS[rows[-1]["stage"]]
        text(f"{words}: {meaning}", "p", "lead")
        *facts, judgement = lines
        with block("ul", "evidence"):
            for fact in facts:
                text(f"{fact[:1].upper()}{fact[1:]}", "li")
        notice(f"{judgement[:1].upper()}{judgement[1:]}.", KINDS.get(judgement, "good"))
    text("This log never changes your stage: that is for you and your physiotherapist to decide.", "p", "muted small")


def _amount_words(row: Row) -> str:
    unrated = ["next morning not rated yet"] if row["pain_next"] is None else []
    return ", ".join([*amounts(row), *pains(row), *unrated])


def _field(field: Any) -> Any:
    return field.props("outlined dense").classes("field")


def _number(name: str, label: str, most: int, whole: bool) -> Any:
    del name
    return _field(number_field(label, None, 0, most, digits=0 if whole else 1))


def _amount(label: str, value: float | None, whole: bool) -> float | None:
    if value is not None and whole:
        if value != int(value):
            raise UsageError(f"{label} needs a whole number")
        return int(value)
    return value


# --- the store's side, in a thread


def _rows(store: Store) -> list[Row]:
    return DiaryStore(store).rehab()


def _add(store: Store, row: Row) -> tuple[int, str]:
    diary = DiaryStore(store)
    asked = skipped(row["stage"], diary.rehab(), now().date(), diary.plans())
    return diary.add("rehab", row), asked


def _rate(store: Store, number: int, pain: int) -> None:
    DiaryStore(store).edit("rehab", number, {"pain_next": pain}, unix_ms(now()))


def _remove(store: Store, number: int) -> Row:
    return DiaryStore(store).remove("rehab", number, unix_ms(now()))


def _put_back(store: Store, number: int) -> None:
    DiaryStore(store).put_back("rehab", number)


def _open_flags(store: Store) -> list[Row]:
    return DiaryStore(store).open_flags()


PAGE = Page("/rehab", "Rehab", "M4 9v6M7 7v10M17 7v10M20 9v6M7 12h10", build)
