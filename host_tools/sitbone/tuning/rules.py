"""The rules that move one side's dose limit: pure, over days. What they are and why is in README.md, *Tuning*.

A *dose day* d is joined to the worst pain while sitting on d and to the pain on the morning d + 1. Missing is unknown:
it may never support a rise. Pain that was entered late counts for reductions, never for a rise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from cushion.core.settings import RAISE_PERMILLE
from sitbone.dates import on_day
from sitbone.diary.care import care
from sitbone.diary.entries import Rating, SideDiary
from sitbone.settings.params import BY_NAME
from sitbone.tuning import guard
from sitbone.tuning.baseline import BAD_SITTING, BASELINE_LEAST, FLARE_RISE, Baseline

FLOOR_S, CAP_S = BY_NAME["left_dose_limit_s"].low, BY_NAME["left_dose_limit_s"].high
WEEK = 7
GATE_DAYS = 5
GATE_VALID = 0.8
GOOD_SITTING = 2  # up to it, a rise is possible
BIG_CUT, SMALL_CUT = 800, 900  # permille
DEAD_BAND = 0.05  # a smaller change isn't worth it: neither ratings nor onsets are that exact, and a rise takes a week
TESTED_SHARE, TESTED_DAYS = 0.7, 3
ONSETS_LEAST, ONSET_DAYS, ONSET_SHARE = 5, 21, 0.8  # tolerance changes: older onsets belong to another one
STOP_WEEKS, STOP_FLOOR_DAYS = 3, 14
CONSTANT_DAYS = 14
NOT_ENOUGH = "not enough data"
CLINICIAN = "discuss it with your physiotherapist or doctor; then run sitbone tune --resume"


@dataclass(frozen=True, slots=True)
class Load:
    """What the cushion recorded of a day: highest dose of the side, recorded and valid seconds."""

    dose_s: float
    recorded_s: float
    valid_s: float


@dataclass(frozen=True, slots=True)
class Change:
    """The side's limit was changed on ``day``; ``used_until``: the last dose day whose pain led to it."""

    day: date
    was_s: int
    now_s: int
    used_until: date | None = None


@dataclass
class Proposal:
    """The rules' verdict: ``action`` up, hold, down or stop; ``rule`` in words; ``evidence`` line by line."""

    action: str
    from_s: int
    to_s: int
    rule: str
    evidence: list[str]
    used_until: date | None = None
    baseline: int | None = None
    advice: list[str] = field(default_factory=list)
    care: list[str] = field(default_factory=list)  # what comes before any limit, whatever the action


def propose(
    today: date, limit_s: int, diary: SideDiary, loads: Mapping[date, Load], changes: Sequence[Change]
) -> Proposal:
    """What to do with one side's limit today. ``changes`` are those of this side, by day."""
    found = _proposed(today, limit_s, diary, loads, changes)
    found.care = care(today, diary)
    return found


def _proposed(
    today: date, limit_s: int, diary: SideDiary, loads: Mapping[date, Load], changes: Sequence[Change]
) -> Proposal:
    baseline = Baseline(diary)
    found = reduction(today, limit_s, diary, loads, changes, baseline)
    anchor_s, _ = anchor(today, diary)
    return found or _hold_or_rise(today, limit_s, diary, loads, changes, baseline, anchor_s)


def reduction(
    today: date,
    limit_s: int,
    diary: SideDiary,
    loads: Mapping[date, Load],
    changes: Sequence[Change],
    baseline: Baseline,
    by_mornings: bool = True,
) -> Proposal | None:
    """What lowers the limit or stops tuning, None for nothing. ``by_mornings``: bad mornings do, too, not only pain
    while sitting and its onsets."""
    stopped = _stopped(today, limit_s, diary, changes)
    down = None if stopped else _down(today, limit_s, diary, loads, baseline, changes, by_mornings)
    if down is not None and down.action == "down":
        return down
    stopped = stopped or (_flared_weeks(today, diary, baseline, changes) if by_mornings else "")
    if stopped:
        return Proposal("stop", limit_s, limit_s, "stop", [stopped, CLINICIAN])
    if down is not None:
        return down
    anchor_s, anchored = anchor(today, diary)
    if anchor_s is None or not matters(max(FLOOR_S, anchor_s), limit_s):
        return None
    if _reduced_on(today, changes):
        return Proposal("hold", limit_s, limit_s, "one reduction per day", [anchored])
    rule = "onset anchor: 0.8 times the lowest quarter of onset doses"
    return Proposal("down", limit_s, max(FLOOR_S, anchor_s), rule, [anchored])


def factor_of(action: str, from_s: int, to_s: int) -> str:
    """'x 1.10'."""
    return f"x {to_s / from_s:.2f}" if action in ("up", "down") else "unchanged"


# --- stop


def _stopped(today: date, limit_s: int, diary: SideDiary, changes: Sequence[Change]) -> str:
    """Why tuning has stopped, "" while it has not. It stays stopped until the person resumes it."""
    since = diary.resumed or date.min
    done = [change for change in changes if since <= change.day <= today]
    for change in done:
        first = change.day - timedelta(days=STOP_WEEKS * WEEK)
        rose = any(first < one.day <= change.day and one.now_s > one.was_s for one in done)
        if not rose and all(_net(done, change.day, week) < 0 for week in range(STOP_WEEKS)):
            return f"{STOP_WEEKS} weeks in a row ended with a net reduction, the last on {on_day(change.day)}"
    at_floor: date | None = None
    for change in [*done, Change(today, limit_s, limit_s)]:
        if at_floor is not None and (change.day - at_floor).days >= STOP_FLOOR_DAYS:
            return f"the limit was at its minimum of {minutes(FLOOR_S)} for two weeks, from {on_day(at_floor)}"
        if change.now_s > FLOOR_S:
            at_floor = None
        elif at_floor is None:
            at_floor = change.day
    return ""


def _flared_weeks(today: date, diary: SideDiary, baseline: Baseline, changes: Sequence[Change]) -> str:
    """Why tuning has stopped: a flare in each of three weeks in a row, and no rise in them."""
    since = diary.resumed or date.min
    bad = {day for day in diary.sittings if _sat_badly(day, diary)}
    bad |= {morning for morning in diary.mornings if _woke_badly(morning, diary, baseline)}
    bad = {day for day in bad if since < day <= today}
    rises = [change.day for change in changes if change.now_s > change.was_s]
    for last in sorted(bad):
        ends = [last - timedelta(days=WEEK * week) for week in range(STOP_WEEKS)]
        rose = any(ends[-1] - timedelta(days=WEEK) < day <= last for day in rises)
        if not rose and all(any(end - timedelta(days=WEEK) < day <= end for day in bad) for end in ends):
            return f"a flare in each of the {STOP_WEEKS} weeks up to {on_day(last)}"
    return ""


def _net(changes: Sequence[Change], until: date, weeks_before: int) -> int:
    """How a limit moved in the 7 days that end so many weeks before `until`."""
    last = until - timedelta(days=WEEK * weeks_before)
    return sum(c.now_s - c.was_s for c in changes if last - timedelta(days=WEEK) < c.day <= last)


# --- down


def _down(
    today: date,
    limit_s: int,
    diary: SideDiary,
    loads: Mapping[date, Load],
    baseline: Baseline,
    changes: Sequence[Change],
    by_mornings: bool,
) -> Proposal | None:
    """A reduction, from dose days that have not led to one yet: to a share of the dose that hurt, or of the limit where
    that is higher. A day that went far past the limit is evidence against that dose, not against the limit."""
    used = max((c.used_until or c.day - timedelta(days=1) for c in changes if c.now_s < c.was_s), default=date.min)
    days = [day for day in days_between(today - timedelta(days=WEEK), today) if day > used]
    sat = [day for day in days if _sat_badly(day, diary)]
    nights = [day for day in days if by_mornings and day < today]
    woke = [day for day in nights if _woke_badly(day + timedelta(days=1), diary, baseline)]
    if not sat and not woke:
        return None
    hurt = [(day, _hurt_at(day, limit_s, diary, loads)) for day in sat]
    evidence = [
        f"{on_day(day)}: pain {diary.sittings[day].pain} while sitting{_past(dose, limit_s)}" for day, dose in hurt
    ]
    targets = [dose_s * BIG_CUT / 1000 for _, dose_s in hurt]
    rule = f"pain over {BAD_SITTING} while sitting" if sat else "one morning 2 or more above your usual"
    if woke:
        # The mornings of one flare, or of one week, are one reason: they take the limit to 0.80 of where it was before
        # it. Counted from the last of them, not from today: waiting does not turn a reason into a new one.
        last = woke[-1] + timedelta(days=1)
        first = min(last - timedelta(days=WEEK - 1), baseline.first_of(last))
        bad = [morning for morning in days_between(first, last) if _woke_badly(morning, diary, baseline)]
        before_s = max([limit_s, *(c.was_s for c in changes if c.day >= first and c.now_s < c.was_s)])
        dose_s = min(_hurt_at(baseline.first_of(m) - timedelta(days=1), before_s, diary, loads) for m in bad)
        for morning in [day + timedelta(days=1) for day in woke]:
            pain, usual = diary.mornings[morning].pain, baseline.at[morning]
            evidence.append(f"{on_day(morning)}: morning pain {pain}, usual {usual}{_past(dose_s, before_s)}")
        targets.append(dose_s * (BIG_CUT if len(bad) >= 2 else SMALL_CUT) / 1000)
        if not sat and len(bad) >= 2:
            rule = f"{len(bad)} mornings 2 or more above your usual"
    if _reduced_on(today, changes):
        return Proposal("hold", limit_s, limit_s, "one reduction per day", evidence)
    to_s = max(FLOOR_S, int(min(targets)))
    if not matters(to_s, limit_s):
        why = "the limit is at its minimum" if limit_s == FLOOR_S else "the limit is low enough for the dose that hurt"
        return Proposal("hold", limit_s, limit_s, f"{rule}; {why}", evidence)
    return Proposal("down", limit_s, to_s, rule, evidence, used_until=max([*sat, *woke]))


def _hurt_at(day: date, limit_s: int, diary: SideDiary, loads: Mapping[date, Load]) -> float:
    """The dose at which a day hurt: its lowest recorded onset, else its highest dose; the limit, where that is unknown
    or lower."""
    onsets = [dose_s for at, dose_s in diary.onsets if at == day]
    if onsets:
        return max(limit_s, min(onsets))
    return max(limit_s, loads[day].dose_s) if day in loads else limit_s


def _past(dose_s: float, limit_s: int) -> str:
    """The end of a line of evidence where the dose was past the limit."""
    return f", at a dose of {minutes(dose_s)}, past the limit of {minutes(limit_s)}" if dose_s > limit_s else ""


def matters(to_s: float, limit_s: int) -> bool:
    """Whether a reduction is large enough to be worth making."""
    return to_s < limit_s * (1 - DEAD_BAND)


def _sat_badly(day: date, diary: SideDiary) -> bool:
    return day in diary.sittings and diary.sittings[day].pain > BAD_SITTING


def _woke_badly(morning: date, diary: SideDiary, baseline: Baseline) -> bool:
    return _rise_on(morning, diary, baseline) >= FLARE_RISE


def _reduced_on(today: date, changes: Sequence[Change]) -> bool:
    return any(change.day == today and change.now_s < change.was_s for change in changes)


def _rise_on(morning: date, diary: SideDiary, baseline: Baseline) -> int:
    """How far a morning is above the usual one; below any rule's threshold where either is unknown."""
    base = baseline.at.get(morning)
    return -1 if base is None else diary.mornings[morning].pain - base


# --- anchor


def anchor(today: date, diary: SideDiary) -> tuple[int | None, str]:
    """0.8 of the 25th percentile of the doses at which pain began in the last three weeks."""
    doses = sorted(dose_s for day, dose_s in diary.onsets if today - timedelta(days=ONSET_DAYS) < day <= today)
    if len(doses) < ONSETS_LEAST:
        return None, ""
    place = (len(doses) - 1) / 4
    low = int(place)
    quarter = doses[low] + (doses[min(low + 1, len(doses) - 1)] - doses[low]) * (place - low)
    cap_s = int(quarter * ONSET_SHARE)
    return cap_s, f"{len(doses)} recorded onsets: in a quarter of them pain began by a dose of {minutes(quarter)}"


# --- hold or rise


def _hold_or_rise(
    today: date,
    limit_s: int,
    diary: SideDiary,
    loads: Mapping[date, Load],
    changes: Sequence[Change],
    baseline: Baseline,
    anchor_s: int | None,
) -> Proposal:
    days = days_between(today - timedelta(days=WEEK), today - timedelta(days=1))
    evidence = day_lines(days, diary, loads, baseline)
    base = baseline.at.get(today)

    def hold(rule: str, *lines: str) -> Proposal:
        return Proposal("hold", limit_s, limit_s, rule, [*lines, *evidence], baseline=base)

    red = care(today, diary)
    if red:
        return hold("red flag", *red)
    last = max((change.day for change in changes), default=None)
    if last is not None and (today - last).days < WEEK:
        return hold("one change per week", f"last changed on {on_day(last)}; a rise is possible {WEEK} days later")
    # Reasons against a rise come before missing data: the person should know them first.
    against, past, most_s = _against(today, days, limit_s, diary, loads, baseline)
    against = guard.reasons(today, diary, baseline) or against
    if against:
        return hold("pain rules out a rise", *constant(today, diary), *against)
    lacking = _gate(today, days, diary, loads, baseline)
    if lacking:
        return hold(NOT_ENOUGH, *lacking)
    calm = [day for day in days if not _hurt(day, diary, baseline)]
    reached = [day for day in calm if day in loads and loads[day].dose_s >= TESTED_SHARE * limit_s]
    if len(reached) < TESTED_DAYS:
        tested = (
            f"{len(reached)} calm days reached 70 % of the limit; {TESTED_DAYS} are needed to show that you tolerate it"
        )
        return hold("limit not tested yet", tested)
    most_s = min(CAP_S, most_s, anchor_s if anchor_s is not None else CAP_S)
    to_s = min(limit_s * RAISE_PERMILLE // 1000, most_s)
    if to_s < limit_s * (1 + DEAD_BAND):
        return hold("at its maximum", f"the rules allow at most {minutes(most_s)}", *past)
    share = f"70 % of {minutes(limit_s)}, which is {minutes(limit_s * TESTED_SHARE)}"
    why = [f"{len(reached)} calm days reached {share}; {TESTED_DAYS} are needed", *past, *evidence]
    rule = f"a calm week that tested the limit: pain at most {GOOD_SITTING}, mornings no worse than usual"
    return Proposal("up", limit_s, to_s, rule, why, baseline=base)


def constant(today: date, diary: SideDiary) -> list[str]:
    """What to say to somebody who has entered one and the same number for two weeks, and is held by it."""
    since = today - timedelta(days=CONSTANT_DAYS)
    recent = [
        rating.pain
        for ratings in (diary.mornings, diary.sittings)
        for day, rating in ratings.items()
        if since < day <= today
    ]
    if len(recent) < CONSTANT_DAYS or min(recent) != max(recent) or max(recent) <= GOOD_SITTING:
        return []
    same = f"each of your {len(recent)} ratings since {on_day(since + timedelta(days=1))} is {recent[0]}"
    scale = "rate its worst moment: 0 is none, 10 the worst you can imagine"
    return [f"{same}. If your pain does change, {scale}. Days that differ show what you tolerate"]


def day_lines(days: Iterable[date], diary: SideDiary, loads: Mapping[date, Load], baseline: Baseline) -> list[str]:
    """A line for each day of the week: highest dose, worst pain while sitting, next morning."""
    lines = []
    for day in days:
        sitting, morning = diary.sittings.get(day), diary.mornings.get(day + timedelta(days=1))
        if sitting is None and morning is None:
            continue
        base = baseline.at.get(day + timedelta(days=1))
        usual = "" if morning is None or base is None else f" (usual {base})"
        lines.append(
            f"{on_day(day)}: highest dose {minutes(loads[day].dose_s) if day in loads else 'not recorded'},"
            f" pain while sitting {'not rated' if sitting is None else sitting.pain},"
            f" next morning {'not rated' if morning is None else morning.pain}{usual}"
        )
    return lines


def _against(
    today: date,
    days: Sequence[date],
    limit_s: int,
    diary: SideDiary,
    loads: Mapping[date, Load],
    baseline: Baseline,
) -> tuple[list[str], list[str], int]:
    """Each day's pain that rules out a rise; pain past the limit, which doesn't; and how far that lets the limit rise.

    A day that went well past the limit and hurt bounds the limit at ONSET_SHARE of its dose, as an onset does: below
    that the limit was not what hurt. Where the dose or the mornings around it are unknown, pain rules it out.
    """
    against, past, most_s = [], [], CAP_S
    for day in [*days, today]:
        if not _hurt(day, diary, baseline):
            continue
        bound_s = int(_hurt_at(day, 0, diary, loads) * ONSET_SHARE)
        morning, lines = day + timedelta(days=1), []
        if day in diary.sittings and diary.sittings[day].pain > GOOD_SITTING:
            lines.append(f"{on_day(day)}: pain {diary.sittings[day].pain} while sitting")
        if _rise_on(morning, diary, baseline) > 0:
            lines.append(
                f"{on_day(morning)}: morning pain {diary.mornings[morning].pain}, usual {baseline.at[morning]}"
            )
        if not _passed(day, diary, baseline) or bound_s <= limit_s:
            against += [
                f"{line}; a rise needs at most {GOOD_SITTING}, and mornings no worse than usual" for line in lines
            ]
        else:
            most_s = min(most_s, bound_s)
            dose = minutes(_hurt_at(day, 0, diary, loads))
            past += [
                f"{line}, but at a dose of {dose}: the limit may rise to 0.8 of that, {minutes(bound_s)}"
                for line in lines
            ]
    return against, past, most_s


def _passed(day: date, diary: SideDiary, baseline: Baseline) -> bool:
    """Whether pain on a day, or on the morning after, is known to have been no flare: there is a calm rating right
    before it, and one after it. A morning a point above the usual is not calm, but does not count against it."""
    first, second = day + timedelta(days=1), day + timedelta(days=2)
    before = (_woke_calm(day, diary, baseline), _sat_calm(day - timedelta(days=1), diary))
    after = [_woke_calm(first, diary, baseline)]
    if _rise_on(first, diary, baseline) > 0:
        after = [_sat_calm(first, diary), _woke_calm(second, diary, baseline)]
    known = first in diary.mornings and first not in baseline.began
    return known and any(before) and False not in before and any(after) and False not in after


def _woke_calm(morning: date, diary: SideDiary, baseline: Baseline) -> bool | None:
    """Whether a morning was no worse than usual; None where that is unknown."""
    return None if baseline.at.get(morning) is None else _rise_on(morning, diary, baseline) <= 0


def _sat_calm(day: date, diary: SideDiary) -> bool | None:
    return None if day not in diary.sittings else diary.sittings[day].pain <= GOOD_SITTING


def _hurt(day: date, diary: SideDiary, baseline: Baseline) -> bool:
    """Whether the day, or the morning after it, hurt more than a rise allows."""
    sat = day in diary.sittings and diary.sittings[day].pain > GOOD_SITTING
    return sat or _rise_on(day + timedelta(days=1), diary, baseline) > 0


def _gate(
    today: date, days: Sequence[date], diary: SideDiary, loads: Mapping[date, Load], baseline: Baseline
) -> list[str]:
    found = missing(today, days, diary, loads, both)
    if _timely(diary.mornings.get(today)) and (baseline.known[today] < BASELINE_LEAST or baseline.at[today] is None):
        found.append(f"{baseline.known[today]} calm mornings before today; your usual takes {BASELINE_LEAST} to know")
    unjudged = [d for d in days if both(d, diary) and baseline.at.get(d + timedelta(days=1)) is None]
    if unjudged:
        found.append(f"{len(unjudged)} of the week's mornings came before your usual was known")
    return found


def missing(
    today: date,
    days: Sequence[date],
    diary: SideDiary,
    loads: Mapping[date, Load],
    rated: Callable[[date, SideDiary], bool],
) -> list[str]:
    """What a rise needs and the week lacks: rated days, this morning's pain, recorded time."""
    found = []
    count = sum(rated(day, diary) for day in days)
    if count < GATE_DAYS:
        found.append(f"{count} of 7 days have {rated.__doc__}, entered within two days; {GATE_DAYS} are needed")
    if not _timely(diary.mornings.get(today)):
        found.append("this morning's pain is not in the diary yet")
    return found + unmeasured(days, loads)


def unmeasured(days: Sequence[date], loads: Mapping[date, Load]) -> list[str]:
    """What a rise needs of the cushion and the days lack: valid time; [] where they have it."""
    recorded = sum(loads[day].recorded_s for day in days if day in loads)
    valid = sum(loads[day].valid_s for day in days if day in loads)
    if recorded <= 0 or valid < GATE_VALID * recorded:
        share = 0 if recorded <= 0 else valid / recorded
        return [f"{100 * share:.0f} % of the recorded time is valid; {100 * GATE_VALID:.0f} % is needed"]
    return []


def both(day: date, diary: SideDiary) -> bool:
    """both ratings (worst while sitting, next morning)"""
    return _timely(diary.sittings.get(day)) and _timely(diary.mornings.get(day + timedelta(days=1)))


def either(day: date, diary: SideDiary) -> bool:
    """a rating (worst while sitting, or next morning)"""
    return _timely(diary.sittings.get(day)) or _timely(diary.mornings.get(day + timedelta(days=1)))


def _timely(rating: Rating | None) -> bool:
    return rating is not None and rating.timely


def days_between(first: date, last: date) -> list[date]:
    return [first + timedelta(days=index) for index in range((last - first).days + 1)]


def minutes(seconds: float) -> str:
    """'20.0 min', as doses are written everywhere."""
    return f"{seconds / 60:.1f} min"
