"""The exercise log, and which published criteria a stage has met. The stage never moves on by itself."""

from __future__ import annotations

from datetime import datetime, timedelta

from sitbone.dates import counted, unix_ms
from sitbone.diary.diary_store import Row
from sitbone.errors import UsageError

STAGES = ("isometric", "heavy-slow", "energy-storage")
DISCUSS = "criteria met: discuss the next stage with your physiotherapist"
WEEKS = 2
SESSIONS = 4
MOST_PAIN = 3  # during and on the next morning (pain monitoring, Silbernagel 2007)
LEAST_SYMMETRY = 0.9


def new_exercise(now: datetime, stage: str, exercise: str, **values: float | str | None) -> Row:
    """A line of the log, checked. Raises UsageError."""
    if stage not in STAGES:
        raise UsageError(f"no stage is called {stage}; choose from {', '.join(STAGES)}")
    for name in ("pain_during", "pain_next"):
        pain = values.get(name)
        if isinstance(pain, (int, float)) and not 0 <= pain <= 10:
            raise UsageError(f"{name.replace('_', ' ')} {pain} is out of range; give 0 to 10")
    for name in ("sets", "reps", "load_kg", "hold_s", "left_kg", "right_kg"):
        amount = values.get(name)
        if isinstance(amount, (int, float)) and not 0 <= amount <= 1000:
            raise UsageError(f"{name.replace('_', ' ')} {amount:g} is out of range; give 0 to 1000")
    row: Row = {"day": now.date().isoformat(), "entered_ms": unix_ms(now), "stage": stage, "exercise": exercise}
    return row | {"side": values.pop("side", None) or "both", "note": values.pop("note", None) or ""} | values


def criteria(rows: list[Row], now: datetime) -> list[str]:
    """What the last two weeks of the current stage show, line by line; the last line is the verdict."""
    if not rows:
        return ["no exercises yet; add one with sitbone rehab add"]
    stage = rows[-1]["stage"]
    since = (now.date() - timedelta(days=7 * WEEKS)).isoformat()
    recent = [row for row in rows if row["stage"] == stage and row["day"] > since]
    rated = [row for row in recent if row["pain_during"] is not None and row["pain_next"] is not None]
    calm = [row for row in rated if max(row["pain_during"], row["pain_next"]) <= MOST_PAIN]
    days = len({row["day"] for row in rated})
    rated_days = f"{counted(days, 'day')} in {WEEKS} weeks rated during and next morning"
    found = [f"{stage}: {rated_days}; {SESSIONS} are needed"]
    found.append(
        f"pain at most {MOST_PAIN} during and next morning: {len(calm)} of {counted(len(rated), 'rated exercise')}"
    )
    ratio = symmetry(rows)
    weaker = "not measured" if ratio is None else f"weaker leg at {100 * ratio:.0f} % of the stronger"
    needed = "" if stage == "isometric" else f"; {100 * LEAST_SYMMETRY:.0f} % is needed"
    found.append(f"left/right strength: {weaker}{needed}")
    strong = stage == "isometric" or (ratio is not None and ratio >= LEAST_SYMMETRY)
    met = days >= SESSIONS and len(calm) == len(rated) and strong
    found.append(DISCUSS if met else "criteria not met yet; stay at this stage, or ask your physiotherapist")
    return found


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
    return parts


def pains(row: Row) -> list[str]:
    """How it hurt: 'pain 2 during', '1 next morning'."""
    during = [] if row["pain_during"] is None else [f"pain {row['pain_during']} during"]
    after = [] if row["pain_next"] is None else [f"{'' if during else 'pain '}{row['pain_next']} next morning"]
    return [*during, *after]


def symmetry(rows: list[Row]) -> float | None:
    """The weaker leg's strength as a share of the stronger's, the last time both were measured."""
    both = [row for row in rows if row["left_kg"] and row["right_kg"]]
    if not both:
        return None
    pair = (both[-1]["left_kg"], both[-1]["right_kg"])
    return float(min(pair) / max(pair))
