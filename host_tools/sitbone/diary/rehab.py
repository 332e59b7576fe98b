"""The exercise log: what was done, checked when it is entered, and in words. What it says of a stage: `stages.py`."""

from __future__ import annotations

from datetime import date, datetime

from sitbone.dates import counted, unix_ms
from sitbone.diary.diary_store import Row
from sitbone.diary.entries import EARLIEST, RED_PAIN
from sitbone.errors import UsageError

STAGES = ("isometric", "heavy-slow", "energy-storage", "maintenance")
PAINS = ("pain_during", "pain_next")
AMOUNTS = ("sets", "reps", "load_kg", "hold_s", "left_kg", "right_kg", "left_reps", "right_reps", "run_km")
VALUES = (*AMOUNTS, *PAINS)


def new_exercise(now: datetime, stage: str, exercise: str, **values: float | str | None) -> Row:
    """A line of the log, checked. Raises UsageError."""
    return exercise_on(now, now, stage, exercise, **values)


def exercise_on(done: datetime, now: datetime, stage: str, exercise: str, **values: float | str | None) -> Row:
    """The same of an exercise that was done earlier."""
    if done > now:
        raise UsageError(f"{done:%Y-%m-%d %H:%M} is in the future; give the time when you did it")
    if done.date() < EARLIEST:
        raise UsageError(f"{done.date()} is too long ago; give a day from {EARLIEST} on")
    if stage not in STAGES:
        raise UsageError(f"no stage is called {stage}; choose from {', '.join(STAGES)}")
    check_values(values)
    row: Row = {"day": done.date().isoformat(), "entered_ms": unix_ms(now), "stage": stage, "exercise": exercise}
    return row | {"side": values.pop("side", None) or "both", "note": values.pop("note", None) or ""} | values


def check_values(values: dict[str, float | str | None]) -> None:
    """Raises UsageError for what no exercise can have."""
    for names, most in ((PAINS, 10), (AMOUNTS, 1000)):
        for name in names:
            value = values.get(name)
            if isinstance(value, (int, float)) and not 0 <= value <= most:
                raise UsageError(f"{name.replace('_', ' ')} {value:g} is out of range; give 0 to {most}")


def repeated(row: Row, now: datetime) -> Row:
    """The same exercise, done now; its pain is not known yet, nor is its strength measured again."""
    kept = {name: row[name] for name in ("sets", "reps", "load_kg", "hold_s", "run_km", "side")}
    return new_exercise(now, row["stage"], row["exercise"], **kept)


def care_of_exercise(row: Row) -> str:
    """What to say at once about such an exercise; "" for most."""
    worst = max(row.get(name) or 0 for name in PAINS)
    if worst < RED_PAIN:
        return ""
    return (
        f"pain of {worst} is a reason to see a doctor or physiotherapist before you exercise again;"
        " no limit is raised for now"
    )


def amounts(row: Row) -> list[str]:
    """The amounts of an exercise, part by part: '4 × 8', '50 kg'."""
    often = f"{row['sets']} × " if row["sets"] else ""
    parts = []
    if often and (row["reps"] or row["hold_s"]):
        parts.append(f"{often}{row['reps']}" if row["reps"] else f"{often}{row['hold_s']} s held")
    else:
        parts += [counted(row["sets"], "set")] if often else []
        parts += [counted(row["reps"], "repetition")] if row["reps"] else []
    if row["load_kg"]:
        parts.append(f"{row['load_kg']:g} kg")
    if row["hold_s"] and (row["reps"] or not often):
        parts.append(f"{row['hold_s']} s held")
    if row.get("run_km"):
        parts.append(f"{row['run_km']:g} km")
    return parts


def pains(row: Row) -> list[str]:
    """How it hurt: 'pain 2 during', '1 next morning'."""
    during = [] if row["pain_during"] is None else [f"pain {row['pain_during']} during"]
    after = [] if row["pain_next"] is None else [f"{'' if during else 'pain '}{row['pain_next']} next morning"]
    return [*during, *after]


def day_of(row: Row) -> date:
    """When it was done."""
    return date.fromisoformat(row["day"])
