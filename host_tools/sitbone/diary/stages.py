"""What the exercise log says of a stage: each criterion for leaving it, checked by itself. No stage moves on by itself.

The stages and their criteria are those of the treatment advice (Goom 2016): isometric, heavy and slow, energy storage,
and then maintenance. The numbers that it leaves open are judgement.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import fmean

from sitbone.dates import counted, on_day, unix_ms
from sitbone.diary.care import SEEK_CARE, first_of_all
from sitbone.diary.diary_store import DiaryStore, Row
from sitbone.diary.rehab import STAGES, day_of
from sitbone.errors import UsageError
from sitbone.store.store import Store

WEEK = timedelta(days=7)
FEW_WEEKS, MAINTENANCE_WEEKS = 2, 4
SESSIONS = 4  # in two weeks
AS_PLANNED = 0.8  # of the plan's seconds or repetitions: from here on a session counts
PAIN_MOST = {"isometric": 3, "heavy-slow": 1, "energy-storage": 1, "maintenance": 3}  # 1 is free of pain, give or take
RISING = 1.0  # point between the halves of the weeks
LEAST_SYMMETRY, MEASURED_DAYS = 0.9, 28
MORE_LOAD, MORE_KG = 1.25, 5
MORE_RUNNING, MORE_KM = 1.3, 2
MORE_SESSIONS, MANY_DAYS = 2, 5
MEASURES = {"strength": ("left_kg", "right_kg"), "endurance": ("left_reps", "right_reps")}

DISCUSS = "criteria met: discuss the next stage with your physiotherapist"
DISCUSS_SPORT = "criteria met: discuss your return to sport with your physiotherapist"
KEEP = "keep this rhythm; pain that comes back is a reason to see your physiotherapist"
STAY = "criteria not met yet; stay at this stage, or ask your physiotherapist"
CARE_FIRST = "see a doctor or physiotherapist first; no exercise criteria count until then"
VERDICTS = {"energy-storage": DISCUSS_SPORT, "maintenance": KEEP}


@dataclass(frozen=True, slots=True)
class Plan:
    """A stage's prescription. ``agreed_with``: the clinician; "" for what the advice usually is."""

    sets: int | None = None
    reps: int | None = None
    hold_s: int | None = None
    per_week: int = 3
    agreed_with: str = ""

    def text(self) -> str:
        """'5 × 45 s held, 4 times a week, agreed with Dr. Lee'."""
        amount = f"{self.reps}" if self.reps else f"{self.hold_s} s held" if self.hold_s else ""
        sets = f"{self.sets} × {amount}" if self.sets and amount else f"{self.sets} sets" if self.sets else amount
        who = f"agreed with {self.agreed_with}" if self.agreed_with else "as usually advised; agree on yours"
        return ", ".join(part for part in (sets, f"{self.per_week} times a week", who) if part)

    def fulfils(self, row: Row) -> bool:
        """Whether an exercise came to most of what was planned."""
        each = "hold_s" if self.hold_s else "reps"
        planned = (self.sets or 1) * (getattr(self, each) or 0)
        return (row["sets"] or 1) * (row[each] or 0) >= AS_PLANNED * planned


USUAL = {
    "isometric": Plan(sets=5, hold_s=45, per_week=4),
    "heavy-slow": Plan(sets=3, reps=6, per_week=3),
    "energy-storage": Plan(per_week=2),
    "maintenance": Plan(sets=3, reps=6, per_week=2),
}


def new_plan(now: datetime, stage: str, agreed_with: str, **amounts: int | None) -> Row:
    """A prescription, checked. Raises UsageError."""
    if stage not in STAGES:
        raise UsageError(f"no stage is called {stage}; choose from {', '.join(STAGES)}")
    if not agreed_with.strip():
        raise UsageError("a plan needs the physiotherapist or doctor whom you agreed it with; give --with")
    usual = USUAL[stage]
    for name, most in (("sets", 20), ("reps", 100), ("hold_s", 600), ("per_week", 21)):
        value = amounts.get(name)
        if value is not None and not 1 <= value <= most:
            raise UsageError(f"{name.replace('_', ' ')} {value} is out of range; give 1 to {most}")
    row: Row = {"day": now.date().isoformat(), "entered_ms": unix_ms(now), "stage": stage, "agreed_with": agreed_with}
    return row | {name: amounts.get(name) or getattr(usual, name) for name in ("sets", "reps", "hold_s", "per_week")}


@dataclass(frozen=True, slots=True)
class Check:
    """One criterion, and whether it is met."""

    met: bool
    text: str

    def line(self) -> str:
        """'met: …' or 'not yet: …'."""
        return f"{'met' if self.met else 'not yet'}: {self.text}"


def plan_of(stage: str, plans: Iterable[Row]) -> Plan:
    """The last one that was set, else the usual one."""
    mine = [row for row in plans if row["stage"] == stage]
    names = ("sets", "reps", "hold_s", "per_week", "agreed_with")
    return Plan(**{name: mine[-1][name] for name in names}) if mine else USUAL[stage]


def stage_lines(store: Store, now: datetime) -> list[str]:
    """What the stored log says of the current stage; the last line is the verdict."""
    diary = DiaryStore(store)
    care = [line for line in first_of_all(store, now)["care"] if line != SEEK_CARE]
    rows, plans = diary.rehab(), diary.plans()
    idea = break_idea(rows, now.date(), plans, care)
    return [*([idea] if idea else []), *criteria(rows, now.date(), plans, care)]


def criteria(rows: Sequence[Row], today: date, plans: Sequence[Row] = (), care: Sequence[str] = ()) -> list[str]:
    """The current stage's plan and criteria, line by line; the last line is the verdict. ``care``: what comes first."""
    if not rows:
        return ["no exercises yet; add one with sitbone rehab add"]
    stage = rows[-1]["stage"]
    found = checks(stage, rows, today, plans)
    lines = [f"{stage}: {plan_of(stage, plans).text()}", *(check.line() for check in found)]
    lines += [f"not yet: {line}" for line in care]
    if care:
        return [*lines, CARE_FIRST]
    return [*lines, VERDICTS.get(stage, DISCUSS) if all(check.met for check in found) else STAY]


def break_idea(rows: Sequence[Row], today: date, plans: Sequence[Row] = (), care: Sequence[str] = ()) -> str:
    """What somebody in the isometric stage may do while standing up anyway; "" in other stages, while something needs
    care, and where the last one hurt more than it may. Only the host offers it; the cushion asks for a break alone."""
    done = [row for row in rows if day_of(row) <= today]
    if care or not done or done[-1]["stage"] != "isometric" or today - day_of(done[-1]) >= FEW_WEEKS * WEEK:
        return ""
    most, plan = PAIN_MOST["isometric"], plan_of("isometric", plans)
    if max(done[-1]["pain_during"] or 0, done[-1]["pain_next"] or 0) > most:
        return ""
    return (
        f"an idea for a break: one hold of {plan.hold_s or USUAL['isometric'].hold_s} s while you stand, such as your"
        f" physiotherapist has shown you; stop where pain goes over {most}"
    )


def checks(stage: str, rows: Sequence[Row], today: date, plans: Sequence[Row] = ()) -> list[Check]:
    """Each criterion of a stage, by what was logged up to ``today``."""
    weeks = MAINTENANCE_WEEKS if stage == "maintenance" else FEW_WEEKS
    rows = [row for row in rows if day_of(row) <= today]
    recent = [row for row in rows if row["stage"] == stage and day_of(row) > today - weeks * WEEK]
    found = [*_entry(stage, rows, plans), _sessions(stage, recent, plan_of(stage, plans), weeks)]
    found += [_pain(stage, recent), _mornings(recent, today), _not_rising(recent), _both_legs(recent)]
    if stage in ("heavy-slow", "energy-storage"):
        found += [_symmetry(what, rows, today) for what in MEASURES]
    sudden = [*spikes(rows, today), *spikes(rows, today - WEEK)]
    return [*found, Check(not sudden, "; ".join(sudden) or "no sudden increase in the last two weeks")]


def skipped(stage: str, rows: Sequence[Row], today: date, plans: Sequence[Row] = ()) -> str:
    """The question to somebody whose first exercise of a stage comes early, "" for everybody else."""
    begun: Row = {"stage": stage, "day": today.isoformat()}
    found = [] if any(row["stage"] == stage for row in rows) else _entry(stage, [*rows, begun], plans)
    return "".join(check.text for check in found if not check.met)


def spikes(rows: Sequence[Row], today: date) -> list[str]:
    """What grew too fast: the week to ``today`` against the one before it."""
    now = [row for row in rows if today - WEEK < day_of(row) <= today]
    before = [row for row in rows if today - 2 * WEEK < day_of(row) <= today - WEEK]
    return [*_heavier(now, before), *_more_running(now, before), *_more_sessions(now, before)]


# --- the criteria


def _entry(stage: str, rows: Sequence[Row], plans: Sequence[Row]) -> Iterator[Check]:
    """Whether the stage before was finished when this one began, or a clinician agreed to this one."""
    place = STAGES.index(stage)
    mine = [day_of(row) for row in rows if row["stage"] == stage]
    if place == 0 or not mine:
        return
    begun = min(mine)
    earlier = [row for row in rows if day_of(row) <= begun and row["stage"] != stage]
    # Not everybody runs or jumps: maintenance follows the last stage, whichever that was.
    before = earlier[-1]["stage"] if stage == "maintenance" and earlier else STAGES[place - 1]
    who = plan_of(stage, plans).agreed_with
    if who:
        yield Check(met=True, text=f"{stage} agreed with {who}")
    elif not any(row["stage"] == before for row in earlier):
        yield Check(met=False, text=f"{stage} without {before} before it: did your physiotherapist agree to skip it?")
    else:
        last = max(day_of(row) for row in earlier if row["stage"] == before)
        ready = all(check.met for check in checks(before, earlier, last, plans))
        state = "were met" if ready else "were not all met: did your physiotherapist agree to move on?"
        yield Check(ready, f"when you began {stage} on {on_day(begun)}, the criteria of {before} {state}")


def _sessions(stage: str, recent: Sequence[Row], plan: Plan, weeks: int) -> Check:
    needed = plan.per_week * weeks if stage == "maintenance" else SESSIONS
    days = {row["day"] for row in recent if plan.fulfils(row)}
    text = f"{counted(len(days), 'session')} as planned in {weeks} weeks; {needed} are needed"
    return Check(len(days) >= needed, text)


def _pain(stage: str, recent: Sequence[Row]) -> Check:
    felt = [pain for row in recent for pain in (row["pain_during"], row["pain_next"]) if pain is not None]
    most = PAIN_MOST[stage]
    worst = f"the worst was {max(felt)}" if felt else "not rated yet"
    return Check(bool(felt) and max(felt) <= most, f"pain at most {most} during and next morning: {worst}")


def _mornings(recent: Sequence[Row], today: date) -> Check:
    due = [row for row in recent if day_of(row) < today or row["pain_next"] is not None]
    rated = [row for row in due if row["pain_during"] is not None and row["pain_next"] is not None]
    text = f"{len(rated)} of {counted(len(due), 'exercise')} rated during and next morning; all are needed"
    return Check(bool(due) and len(rated) == len(due), text)


def _not_rising(recent: Sequence[Row]) -> Check:
    pairs = [(row["pain_during"], row["pain_next"]) for row in recent]
    felt = [max(pair) for pair in pairs if None not in pair]
    half = len(felt) // 2
    if half < 1:
        return Check(met=False, text="pain not rising: too few rated exercises to say")
    first, last = fmean(felt[:half]), fmean(felt[-half:])
    return Check(last - first < RISING, f"pain not rising: {first:.1f} on average at first, {last:.1f} lately")


def _both_legs(recent: Sequence[Row]) -> Check:
    sides = {row["side"] for row in recent}
    both = "both" in sides or {"left", "right"} <= sides
    return Check(both, "both legs trained" if both else f"both legs trained: only {', '.join(sorted(sides)) or 'none'}")


def _symmetry(what: str, rows: Sequence[Row], today: date) -> Check:
    """The weaker leg against the stronger one, measured together, on one exercise."""
    left, right = MEASURES[what]
    both = [row for row in rows if row.get(left) and row.get(right)]
    needed = f"{100 * LEAST_SYMMETRY:.0f} % is needed, measured within {MEASURED_DAYS} days"
    if not both:
        return Check(met=False, text=f"{what}, left against right: not measured; {needed}")
    last = both[-1]
    share = min(last[left], last[right]) / max(last[left], last[right])
    fresh = (today - day_of(last)).days < MEASURED_DAYS
    measured = f"{on_day(day_of(last))} ({last['exercise']})"
    text = f"{what}, left against right: the weaker leg at {100 * share:.0f} % on {measured}"
    return Check(fresh and share >= LEAST_SYMMETRY, f"{text}; {needed}")


# --- spikes


def _heavier(now: Sequence[Row], before: Sequence[Row]) -> Iterator[str]:
    for exercise in dict.fromkeys(row["exercise"] for row in now):
        mine = ([row["load_kg"] or 0 for row in week if row["exercise"] == exercise] for week in (now, before))
        top, was = (max(loads, default=0) for loads in mine)
        if was and top > was * MORE_LOAD and top >= was + MORE_KG:
            yield f"{exercise}: {top:g} kg after {was:g} kg the week before is a sudden increase"


def _more_running(now: Sequence[Row], before: Sequence[Row]) -> Iterator[str]:
    ran, was = (sum(row.get("run_km") or 0 for row in week) for week in (now, before))
    if ran > was * MORE_RUNNING and ran >= was + MORE_KM:
        yield f"running: {ran:g} km after {was:g} km the week before is a sudden increase"


def _more_sessions(now: Sequence[Row], before: Sequence[Row]) -> Iterator[str]:
    days, was = (len({row["day"] for row in week}) for week in (now, before))
    if was and days >= max(MANY_DAYS, was * MORE_SESSIONS):
        yield f"{days} days of exercise after {was} the week before are a sudden increase"
