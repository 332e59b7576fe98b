"""The answer to "why did it vibrate?": what was measured, the limits, and everything that could have held it back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sitbone.analysis.events import OUTCOME_NAMES
from sitbone.dashboard.cushion.settings_work import title_of, value_of
from sitbone.dashboard.widgets import SIDE_MARKS, block, details, listed, table, text
from sitbone.dates import duration_text
from sitbone.diary.entries import SIDES


def show_reasons(document: dict[str, Any]) -> None:
    """Shows a decision, as `analysis.why` gives it."""
    inputs = document["inputs"]
    with block("div", "notice reasons"):
        text(f"Why did it vibrate at {document['at'][11:16]}?", "h3")
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
        seated = (
            "seated time",
            _minutes(inputs["seated_s"]),
            _minutes(inputs["seated_limit_s"]),
            "",
        )
        table("Measured; load in % of your neutral sit", ("", "value", "limit", "load"), [*rows, seated])
        text("; ".join(_before(inputs)) + ".")
        text(f"Outcome: {outcome_words(document['outcome'])}{_after(document)}.")
        with details("What could have held it back, and the limits at that time"):
            words = {True: "held back", False: "passed"}
            gates = [(gate["name"], gate["text"], words[gate["held"]]) for gate in document["gates"]]
            table("Checks before a prompt", ("check", "at that time", "result"), gates)
            listed("Limits", [_limit_words(item) for item in document["thresholds"]])


def outcome_words(outcome: str | None) -> str:
    """How a prompt ended: 'short break'."""
    return "unknown" if outcome is None else OUTCOME_NAMES.get(outcome, outcome)


def _before(inputs: dict[str, Any]) -> Iterator[str]:
    if inputs["sat_since"]:
        yield f"You had been sitting since {inputs['sat_since'][11:16]} ({duration_text(inputs['sat_s'])})"
    if inputs["last_break"]:
        until, length = inputs["last_break"]["end"][11:16], duration_text(inputs["last_break"]["length_s"])
        yield f"the last verified break ended at {until} after {length}"
    else:
        yield "there was no verified break in the 24 hours before"


def _after(document: dict[str, Any]) -> str:
    return f", after {duration_text(document['response_s'])}" if document["response_s"] else ""


def _limit_words(item: dict[str, Any]) -> tuple[str, str]:
    since = f"since {item['since'][:10]}" if item["since"] else "never changed"
    return (
        f"{title_of(item['name']).capitalize()}: {value_of(item['name'], item['value'])}",
        f"{since}: {item['reason']}" if item["reason"] else since,
    )


def _minutes(seconds: float | None) -> str:
    return "unknown" if seconds is None else f"{seconds / 60:.1f}\u00a0min"


def _load(permille: int | None) -> str:
    return "unknown" if permille is None else f"{permille / 10:.0f}\u00a0%"
