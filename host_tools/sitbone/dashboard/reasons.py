"""The answer to "why did it vibrate?": what was measured then, against what, and what might have held it back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sitbone.dashboard.cushion.settings_work import title_of, value_of
from sitbone.dashboard.widgets import SIDE_MARKS, block, details, table, text
from sitbone.dates import duration_text
from sitbone.diary.entries import SIDES

OUTCOME_WORDS = {
    "break": "a verified break",
    "partial": "a short break",
    "shift": "a weight shift only",
    "missed": "nobody got up",
    "snoozed": "snoozed",
    "suppressed": "ended by a mute or the like",
}


def show_reasons(document: dict[str, Any]) -> None:
    """A decision, by `analysis.why`."""
    inputs = document["inputs"]
    with block("div", "notice reasons"):
        text(f"Why at {document['at'][11:16]}?", "h3")
        text(document["text"][:1].upper() + document["text"][1:] + ".")
        rows = [
            (
                f"{SIDE_MARKS[side]} dose, {side}",
                _minutes(inputs["dose_s"][side]),
                _minutes(inputs["limit_s"][side]),
                _load(inputs["load_permille"][side]),
            )
            for side in SIDES
        ]
        seated = ("seated since a verified break", _minutes(inputs["seated_s"]), _minutes(inputs["seated_limit_s"]), "")
        table("What it went by", ("", "then", "limit", "load, of your neutral sit"), [*rows, seated])
        text("; ".join(_before(inputs)) + ".")
        text(f"What came of it: {OUTCOME_WORDS.get(document['outcome'] or '', 'not known')}{_after(document)}.")
        with details("What could have held it back, and since when the limits are as they are"):
            said = {True: "held it back", False: "let it through"}
            gates = [(gate["name"], gate["text"], said[gate["held"]]) for gate in document["gates"]]
            table("Gates", ("", "then", "so it"), gates)
            limits = [
                (title_of(i["name"]), value_of(i["name"], i["value"]), _since(i), i["reason"] or "–")
                for i in document["thresholds"]
            ]
            table("Limits", ("setting", "value", "since", "reason"), limits)


def _before(inputs: dict[str, Any]) -> Iterator[str]:
    if inputs["sat_since"]:
        yield f"You had sat since {inputs['sat_since'][11:16]}, {duration_text(inputs['sat_s'])}"
    if inputs["last_break"]:
        until, length = inputs["last_break"]["end"][11:16], duration_text(inputs["last_break"]["length_s"])
        yield f"the last verified break ended at {until} after {length}"
    else:
        yield "no verified break in the day before"


def _after(document: dict[str, Any]) -> str:
    return f", after {duration_text(document['response_s'])}" if document["response_s"] else ""


def _since(item: dict[str, Any]) -> str:
    return item["since"][:10] if item["since"] else "ever"


def _minutes(seconds: float | None) -> str:
    return "not known" if seconds is None else f"{seconds / 60:.1f} min"


def _load(permille: int | None) -> str:
    return "not known" if permille is None else f"{permille / 10:.0f} %"
