"""`sitbone tune`: the rules applied to this person's diary and log, what would change, and applying it."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from statistics import fmean
from typing import Any

import numpy as np

from cushion.core.settings import DOSE_LIMITS, Settings
from sitbone.analysis.days import Day, slow_dose
from sitbone.analysis.history import history, last_days
from sitbone.dates import counted, unix_ms
from sitbone.diary.care import merged
from sitbone.diary.diary_store import DiaryStore
from sitbone.diary.entries import SIDES, SideDiary, side_diary
from sitbone.errors import Refused, UsageError
from sitbone.replay.weeks import Outlook, by_day, recorded_weeks
from sitbone.settings.changes import Link, change
from sitbone.settings.limits import held
from sitbone.settings.person import changes_made, elsewhere, notice
from sitbone.settings.spec import in_force
from sitbone.store.store import Store, zone_of
from sitbone.tuning import rules
from sitbone.tuning.advice import Association, associate
from sitbone.tuning.baseline import Baseline
from sitbone.tuning.decision import Outlook as Belief
from sitbone.tuning.decision import decide
from sitbone.tuning.following import following
from sitbone.tuning.last_known import last_values, limit_name, unsynced
from sitbone.tuning.picture import as_json, picture
from sitbone.tuning.rules import Change, Load, Proposal, minutes
from sitbone.tuning.together import SEATED, together

LOOK_BACK_DAYS = 120
REPLAY_DAYS = 28
RESAMPLED = 1000
PREDICTED = ("prompts", "breaks", "missed", "over_left_min", "over_right_min", "longest_min")


@dataclass(frozen=True)
class Known:
    """Everything that a decision is based on."""

    cushion: int | None
    values: dict[str, int]
    days: list[Day]
    diaries: dict[str, SideDiary]
    changes: dict[str, list[Change]]
    seated_changes: list[date]
    sore: str = ""  # the side that hurts, where the person has said that it is one of them
    sore_since: date | None = None


def known(store: Store, now: datetime, values: dict[str, int] | None = None) -> Known:
    """Everything the rules and the replay need; ``values``: a cushion's own settings, else the last that the log of the
    cushion synced last gives."""
    cushion = store.latest_cushion()
    days = history(store, *last_days(now, LOOK_BACK_DAYS))
    diaries = {side: side_diary(store, side, now) for side in SIDES}
    changes = {side: changes_of(store, side, now) for side in SIDES}
    zone = zone_of(store)
    seated = changes_made(store, SEATED)
    changed = [now.date() if item.unix_ms is None else zone.day(item.unix_ms) for item in seated]
    # An older firmware doesn't tell of each setting that the rules know.
    all_values = last_values(store, cushion) if values is None else Settings().as_dict() | values
    found = Known(cushion, all_values, days, diaries, changes, changed)
    affected = DiaryStore(store).affected()
    if affected is None or affected["side"] not in SIDES:
        return found
    return replace(found, sore=affected["side"], sore_since=date.fromisoformat(affected["day"]))


def changes_of(store: Store, side: str, now: datetime) -> list[Change]:
    """The side's limit over time, on whichever cushion: it is the person's. A change of unknown time counts as made
    today: it may delay a rise."""
    rows = [row for row in DiaryStore(store).tunings() if row["what"] == "applied" and row["side"] == side]
    found, zone = [], zone_of(store)
    for item in changes_made(store, limit_name(side)):
        day = now.date() if item.unix_ms is None else min(zone.day(item.unix_ms), now.date())
        used = [row["used_until"] for row in rows if (row["was_s"], row["now_s"]) == (item.was, item.now)]
        used = [text for text in used if text and 0 <= (day - date.fromisoformat(text)).days <= rules.WEEK + 1]
        found.append(Change(day, item.was, item.now, date.fromisoformat(max(used)) if used else None))
    for row in unsynced(store):
        if row["side"] == side:
            used_day = date.fromisoformat(row["used_until"]) if row["used_until"] else None
            found.append(Change(min(date.fromisoformat(row["day"]), now.date()), row["was_s"], row["now_s"], used_day))
    return sorted(found, key=lambda item: item.day)


def proposal(store: Store, now: datetime, values: dict[str, int] | None = None) -> dict[str, Any]:
    """The document that `sitbone tune --json` prints."""
    have = known(store, now, values)
    today, document, against = now.date(), {}, False
    new = dict(have.values)
    verdicts = _verdicts(have, today)
    for side in SIDES:
        found, advice, outlook = verdicts[side]
        diary = have.diaries[side]
        against |= bool(found.care or outlook.against(0, today, diary, Baseline(diary)))
        new[limit_name(side)] = found.to_s
        document[side] = _side_json(found, advice) | {"tolerance": as_json(outlook)}
    return (
        merged(today, have.diaries)
        | document
        | {
            "together": _together(have, today, new, against),
            "predicted": predict(store, now, have.values, new, have.days),
            "today": today.isoformat(),
            "says": "This follows from your own ratings and seat load by fixed rules and sums. It is not a diagnosis."
            " No measure of seat load has been shown to predict this pain.",
        }
    )


def _verdicts(have: Known, today: date) -> dict[str, tuple[Proposal, list[Association], Belief]]:
    """On each side; that on the one that hurts first, as the other may follow it."""
    verdicts: dict[str, tuple[Proposal, list[Association], Belief]] = {}
    for side in sorted(SIDES, key=lambda side: side != have.sore):
        loads = {day.day: _load(day, side) for day in have.days}
        advice = associations(have, side)
        found, outlook = decide(today, have.values[limit_name(side)], have.diaries[side], loads, have.changes[side])
        if have.sore_since is not None and side != have.sore:
            changes = (have.changes[side], have.changes[have.sore])
            found = following(found, verdicts[have.sore][0], have.sore, have.sore_since, changes, loads, today)
        verdicts[side] = tightened(found, advice), advice, outlook
    return verdicts


def _together(have: Known, today: date, new: dict[str, int], against: bool) -> dict[str, Any]:
    """The seated limit beside the proposed ones; it rises under the same guard as they do."""
    recent = any((today - day).days < rules.WEEK for day in have.seated_changes)
    return together(have.values[SEATED], {side: new[limit_name(side)] for side in SIDES}, against or recent)


def tightened(found: Proposal, advice: Iterable[Association]) -> Proposal:
    """Holds a rise back while the person's own days clearly advise against it."""
    against = [item for item in advice if item.tightens]
    if found.action != "up" or not against:
        return found
    reasons = [item.text() for item in against]
    rule = "your own days advise against a rise"
    return replace(found, action="hold", to_s=found.from_s, rule=rule, evidence=[*reasons, *found.evidence])


def _side_json(found: Proposal, advice: list[Association]) -> dict[str, Any]:
    return {
        "action": found.action,
        "from_s": found.from_s,
        "to_s": found.to_s,
        "rule": found.rule,
        "evidence": found.evidence,
        "change": rules.factor_of(found.action, found.from_s, found.to_s),
        "baseline": found.baseline,
        "used_until": None if found.used_until is None else found.used_until.isoformat(),
        "advice": [item.text() for item in advice],
        "care": found.care,
    }


def _load(day: Day, side: str) -> Load:
    dose_s = day.left_dose_max_s if side == "left" else day.right_dose_max_s
    return Load(dose_s, day.recorded_s + day.unknown_s, day.valid_s)


def associations(have: Known, side: str) -> list[Association]:
    """The side's worse mornings against the day before: highest dose, longest sit, slow dose at its end."""
    diary, baseline = have.diaries[side], Baseline(have.diaries[side])
    joined = [
        (day, baseline.at[morning] is not None and diary.mornings[morning].pain > (baseline.at[morning] or 0))
        for day in have.days
        if (morning := day.day + timedelta(days=1)) in diary.mornings and baseline.at[morning] is not None
    ]
    worse = [bad for _, bad in joined]
    measures = (
        ("highest dose of the day", "min", [_load(day, side).dose_s / 60 for day, _ in joined]),
        ("longest sit", "min", [day.longest_s / 60 for day, _ in joined]),
        ("slow dose at the day's end", "min", [_slow_min(day) for day, _ in joined]),
    )
    found = [associate(what, unit, values, worse) for what, unit, values in measures]
    return [item for item in found if item is not None]


def _slow_min(day: Day) -> float:
    sits = [(bout.end_ms / 1000, (bout.end_ms - bout.start_ms) / 1000) for bout in day.bouts]
    return slow_dose(sits, sits[-1][0]) / 60 if sits else 0.0


# --- what would change


def predict(
    store: Store, now: datetime, old: dict[str, int], new: dict[str, int], days: list[Day]
) -> dict[str, Any] | None:
    """The last weeks under both settings: the mean of a day, and the difference's interval. None without data.

    ``against_log``: how many of these weeks' logged prompts the same replay finds, as `against_log.Comparison`.
    """
    start, _ = last_days(now, REPLAY_DAYS)
    weeks = recorded_weeks(store, start, now)
    if not weeks.days:
        return None
    longest = {day.day: day.longest_s / 60 for day in days}
    now_replays = weeks.replays(in_force(old))
    then_replays = now_replays if new == old else weeks.replays(in_force(new))
    before, after = (
        np.array([_row(outlook, longest.get(day, 0.0)) for day, outlook in by_day(weeks, replays).items()])
        for replays in (now_replays, then_replays)
    )
    answered = [episode.answered for replayed in now_replays for episode in replayed.episodes]
    dates = weeks.days
    return {
        "happened": _happened([day for day in days if day.day in set(dates)]),
        "days": len(dates),
        "from": dates[0].isoformat(),
        "to": dates[-1].isoformat(),
        "old": _named(before.mean(axis=0)),
        "new": _named(after.mean(axis=0)),
        "difference": {
            name: {"low": round(float(low), 2), "high": round(float(high), 2)}
            for name, low, high in zip(PREDICTED, *_interval(after - before), strict=True)
        },
        "answered": {"prompts": len(answered), "within_5_min": sum(answered)},
        "against_log": weeks.against_log(store).as_json(),
        "assumes": "you sit as you did on these days: a replay can't know which prompts would have made you stand up",
    }


def _happened(days: list[Day]) -> dict[str, float | None]:
    """The log's own figures of a day, on average: with the limits and the answers of the time, snoozes included. The
    time over a limit is counted differently while away, so it is not compared."""
    ended = [day.outcomes for day in days]
    counts = {
        "prompts": [float(day.episodes) for day in days],
        "breaks": [float(outcomes.get("break", 0)) for outcomes in ended],
        "missed": [float(outcomes.get("missed", 0)) for outcomes in ended],
        "longest_min": [day.longest_s / 60 for day in days],
    }
    return {name: round(fmean(counts[name]), 2) if counts.get(name) else None for name in PREDICTED}


def _row(outlook: Outlook, longest_min: float) -> list[float]:
    over = [seconds / 60 for seconds in outlook.over_s]
    return [outlook.prompts, outlook.breaks, outlook.missed, *over, longest_min]


def _named(values: np.ndarray[Any, Any]) -> dict[str, float]:
    return {name: round(float(value), 2) for name, value in zip(PREDICTED, values, strict=True)}


def _interval(differences: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """90 % interval of each mean, from resampled days."""
    picks = np.random.default_rng(1).integers(0, len(differences), (RESAMPLED, len(differences)))
    found: np.ndarray[Any, Any] = np.percentile(differences[picks].mean(axis=1), [5, 95], axis=0)
    return found


# --- applying it


def apply(
    link: Link,
    store: Store,
    now: datetime,
    agreed: dict[str, int] | None = None,
    seated: bool = False,
    shown: Store | None = None,
) -> dict[str, Any]:
    """Makes a proposal from the cushion's own settings, sends the changes, reads them back and records why.

    ``agreed``: the limits (s) by side that the person has read and agreed to; raises Refused, with nothing sent, when
    the proposal has changed since. ``seated``: the seated limit moves, too, as offered. ``shown``: the store as the
    proposal is to see it, such as that of one cushion alone. Returns the proposal with ``applied``: the values now in
    force, by name.
    """
    hardware = link.call("status")["cushion"]
    values = link.call("settings_show")["values"]
    limits = {name: values[name] for name in DOSE_LIMITS}
    if said := notice(limits, elsewhere(store, store.cushion(hardware), limits)):
        raise Refused(f"{said[0]}; {said[1]}")
    document = proposal(shown or store, now, values)
    if agreed is not None and agreed != {side: document[side]["to_s"] for side in SIDES}:
        raise Refused("the proposal has changed since you read it; read it again, then apply it")
    asked = {limit_name(side): document[side]["to_s"] for side in SIDES if document[side]["action"] in ("up", "down")}
    allowed = held(store, store.cushion(hardware), asked, values, now)
    sides = [
        side for side in SIDES if allowed.get(limit_name(side), values[limit_name(side)]) != values[limit_name(side)]
    ]
    document["applied"] = {}
    wanted = {limit_name(side): allowed[limit_name(side)] for side in sides}
    reasons = {limit_name(side): _log_reason(document[side]["rule"]) for side in sides}
    if seated and document["together"]["to_s"] > document["together"]["from_s"]:
        wanted[SEATED], reasons[SEATED] = document["together"]["to_s"], _log_reason("with a side's limit")
    if wanted:
        document["applied"] = change(link, store, wanted, reasons, now)["applied"]
    for side in sides:
        name = limit_name(side)
        in_force_s = document["applied"][name]
        if in_force_s == values[name]:
            continue
        row = {"day": now.date().isoformat(), "unix_ms": unix_ms(now), "cushion": hardware, "what": "applied"}
        row |= {"side": side, "was_s": values[name], "now_s": in_force_s, "used_until": document[side]["used_until"]}
        DiaryStore(store).add("tuning", row | {"proposal": json.dumps(document[side], ensure_ascii=False)})
    return document


def _log_reason(rule: str) -> str:
    """The first words of a rule: the cushion's log has room for 32 bytes, the host keeps the whole proposal."""
    return textwrap.shorten(f"tune: {rule}", 32, placeholder=" ...")


def resume(store: Store, now: datetime, reason: str) -> None:
    """Resumes tuning after it has stopped. Raises UsageError without a reason."""
    if not reason.strip():
        raise UsageError("--resume needs a reason; say with --reason what you discussed and with whom")
    row = {"day": now.date().isoformat(), "unix_ms": unix_ms(now), "cushion": "", "what": "resumed", "side": "both"}
    DiaryStore(store).add("tuning", row | {"proposal": json.dumps({"reason": reason}, ensure_ascii=False)})


def lines(document: dict[str, Any]) -> Iterable[str]:
    """The proposal in lines for a person. What needs care comes first."""
    yield from document["care"]
    yield from document["physician"]
    if document["care"] or document["physician"]:
        yield ""
    yield "A limit is how long you may sit on a side, at your usual load, before the cushion asks you to get up."
    yield ""
    shown: dict[str, Any] = {}
    for side in SIDES:
        found = document[side]
        yield f"{side}: {_headline(found)}"
        if found == shown:
            yield "  for the same reasons"
            continue
        shown = found
        yield f"  why: {found['rule']}"
        yield from (f"  {line}" for line in found["evidence"])
        yield from (f"  {line}" for line in picture(found["tolerance"], found["from_s"], found["to_s"]))
        yield from (f"  advice: {line}" for line in found["advice"])
    if document["together"]["text"]:
        yield document["together"]["text"]
    yield ""
    yield from _predicted_lines(document["predicted"])
    yield ""
    yield from _next_lines(document)
    yield document["says"]


def _headline(found: dict[str, Any]) -> str:
    before, after = minutes(found["from_s"]), minutes(found["to_s"])
    word = {"up": "raise", "down": "lower"}.get(found["action"])
    if word is None:
        return f"{'tuning has stopped, the limit' if found['action'] == 'stop' else 'the limit'} stays at {before}"
    return f"{word} the limit from {before} to {after} ({100 * found['to_s'] / found['from_s'] - 100:+.0f} %)"


def _next_lines(document: dict[str, Any]) -> Iterable[str]:
    """What the person can do next."""
    moves = [document[side]["action"] for side in SIDES if document[side]["action"] in ("up", "down")]
    if "applied" in document:
        for name, value in document["applied"].items():
            yield f"Applied and read back from the cushion: {name} = {value} ({minutes(value)})."
        if not document["applied"]:
            yield "Nothing was changed."
            return
    elif moves:
        yield "Nothing has changed yet. To apply it: sitbone tune --apply"
    else:
        return
    back = " A lowered limit comes back by at most 10 % per week." if "down" in moves else ""
    yield f"To undo it, at any time: sitbone settings undo.{back}"
    if "up" in moves:
        yield f"The next rise is possible after {rules.WEEK} days; pain lowers the limit at once."


def number_or_dash(value: float | None) -> str:
    """'2.0', or a dash for what is not compared."""
    return "–" if value is None else f"{value:.1f}"


WORDS = {
    "prompts": "prompts per day",
    "breaks": "prompts per day with a verified break",
    "missed": "missed prompts per day",
    "over_left_min": "minutes per day over the limit, left",
    "over_right_min": "minutes per day over the limit, right",
    "longest_min": "longest sit, minutes (as recorded)",
}
WIDEST = max(map(len, WORDS.values()))


def _predicted_lines(predicted: dict[str, Any] | None) -> Iterable[str]:
    if predicted is None:
        yield "There are no recorded days to replay; run sitbone sync."
        return
    dates = f"{predicted['from']} to {predicted['to']}"
    days = counted(predicted["days"], "recorded day")
    yield f"What would change: your {days}, {dates}: what happened, and the same days replayed with the"
    yield "  limits of now and with the new ones"
    yield f"  {'':{WIDEST}}  happened     now ->   new"
    for name in PREDICTED:
        low, high = predicted["difference"][name]["low"], predicted["difference"][name]["high"]
        moved = f"  (change {low:+.1f} to {high:+.1f}, 90 % interval over days)" if (low, high) != (0, 0) else ""
        happened = number_or_dash(predicted["happened"][name])
        replayed = f"{predicted['old'][name]:5.1f} -> {predicted['new'][name]:5.1f}"
        yield f"  {WORDS[name]:{WIDEST}}  {happened:>8}   {replayed}{moved}"
    answered = predicted["answered"]
    counts = f"{answered['within_5_min']} of {answered['prompts']}"
    yield f"  {counts} replayed prompts were followed by a break within 5 min"
    against = predicted["against_log"]
    if against["episodes"]:
        yield f"  the same replay finds {against['found']} of the {against['episodes']} prompts in the log"
        yield from (f"    not {item['at'][:16].replace('T', ' ')}: {item['why']}" for item in against["differences"])
    yield f"  assuming that {predicted['assumes']}"
