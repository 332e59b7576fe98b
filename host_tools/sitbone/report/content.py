"""The content of the report, from the store: figures with their uncertainty, and what is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise
from math import isnan
from typing import cast

from cushion import VERSION
from cushion.core import records
from cushion.core.settings import DOSE_LIMITS
from sitbone.analysis.events import outcomes_told, text_of
from sitbone.analysis.ribbon import ribbon
from sitbone.analysis.thresholds import Step
from sitbone.analysis.timeline import gather
from sitbone.analysis.trends import MEASURES, WEEK_DAYS, Trends, trends
from sitbone.dates import counted, unix_ms
from sitbone.diary.care import first_of_all
from sitbone.diary.diary_store import DiaryStore, Row
from sitbone.diary.entries import RED_FLAGS
from sitbone.diary.rehab import amounts
from sitbone.diary.stages import stage_lines
from sitbone.errors import SitboneError
from sitbone.report.charts import dose_and_pain, short, sitting_times
from sitbone.report.document import Block, Bullets, Picture, Report, Section, Table, Text
from sitbone.store.blocks import fields_of
from sitbone.store.store import Store, zone_of
from sitbone.tuning.last_known import last_values
from sitbone.tuning.together import SEATED
from sitbone.words import all_plain

DAYS = 28
MOST_WEEKS = 4  # as columns
MOST_ROWS = 42  # days in the picture of sitting times
MOST_NOTES, MOST_CHANGES, MOST_FAULTS = 6, 8, 4
SHOWN = ["seated_h", "longest_min", "breaks", "prompts", "left_dose_min", "right_dose_min", "left_over_min"]
SHOWN += ["right_over_min", "left_percent", "valid_percent"]
SIMULATED = "Simulated data, not from a real person."
NOTHING = "–"


def report_of(store: Store, now: datetime, days: int = DAYS) -> Report:
    """The report on the last ``days`` days, today included. Raises SitboneError when none of them has any data."""
    last = now.astimezone().date()
    found = trends(store, last - timedelta(days=days - 1), last)
    if not any(found.days) and not found.pains:
        raise SitboneError(f"no data in the last {days} days; run sitbone sync, or choose more days with --days")
    first = short(found.dates[0]) + (f" {found.dates[0].year}" if found.dates[0].year != last.year else "")
    diary = DiaryStore(store)
    lead: list[Block] = [Text(SIMULATED, warning=True)] if found.simulated else []
    urgent = first_of_all(store, now)
    lead += [Text(f"{line[:1].upper()}{line[1:]}.", warning=True) for line in (*urgent["care"], *urgent["physician"])]
    lead.append(
        Text(
            "For you and your physiotherapist. A cushion measured the load under both sitting bones: seat load,"
            " not tendon pressure. A dose is the time sat at your usual load; it fades while that side is unloaded."
            " At its limit, the cushion vibrates. This report is neither a diagnosis nor a prediction."
        )
    )
    report = Report(
        title=f"Sitting and pain, {first} to {short(last)} {last.year}",
        made=f"{days} days of {_cushions(store)}, made {now.astimezone():%Y-%m-%d %H:%M} by sitbone {VERSION} from the"
        " data on this computer",
        lead=lead,
        sections=[
            Section("Dose and pain", [dose_and_pain(found)], wide=True),
            Section("Week by week: means of the days with data", [_weeks(found)], wide=True),
            Section(
                "When you sat" + ("" if days <= MOST_ROWS else f", the last {MOST_ROWS} days"),
                [_times(store, found, now)],
                wide=True,
            ),
            Section("Responses to prompts", _prompts(found)),
            Section("Limits", _limits(store, found)),
            Section("Diary", _diary(found)),
            Section("Red flags", [Bullets(list(_flags(diary)))]),
            Section("Exercises", _exercises(store, found, now)),
            Section("How reliable this is", [Bullets(list(_reliability(store, found)))]),
        ],
    )
    return cast(Report, all_plain(report))


def _cushions(store: Store) -> str:
    """Whose days these are: of one cushion, or of several together."""
    labels = list(dict.fromkeys(store.label(number) for number in store.cushions()))
    return f"cushion{'s' * (len(labels) > 1)} {', '.join(labels)}" if labels else "the diary"


# --- across the page


def _weeks(found: Trends) -> Table:
    weeks = found.weeks[-MOST_WEEKS:]
    head = [
        "daily mean",
        *(f"{short(week.first)} – {short(week.first + timedelta(days=WEEK_DAYS - 1))}" for week in weeks),
    ]
    rows = [["days with data", *(f"{week.days} of {WEEK_DAYS}" for week in weeks), ""]]
    for name in SHOWN:
        measure, change = MEASURES[name], found.week_change(name)
        unit = f", {measure.unit}" if measure.unit else ""
        means = [_figure(week.means[name]) for week in weeks]
        rows.append([measure.label + unit, *means, NOTHING if change is None else f"{round(change, 1) + 0.0:+.1f}"])
    for moment, label in (("morning", "worst morning pain, 0–10"), ("sitting", "worst pain while sitting, 0–10")):
        rows.append([label, *(_worst(found, moment, week.first) for week in weeks), ""])
    return Table(
        "Left side's share: 50 % means as in your calibration (without one, an even load). Change: last week minus the"
        " week before.",
        [*head, "change"],
        rows,
    )


def _figure(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.1f}"


def _worst(found: Trends, moment: str, first: date) -> str:
    at = found.dates.index(first)
    rated = [pain for pain in found.worst_pain(moment)[at : at + WEEK_DAYS] if not isnan(pain)]
    return f"{max(rated):.0f} ({len(rated)} rated)" if rated else "not rated"


def _times(store: Store, found: Trends, now: datetime) -> Picture:
    zone, dates = found.zone, found.dates[-MOST_ROWS:]
    edges = [zone.begin_ms(day) for day in (*dates, dates[-1] + timedelta(days=1))]
    timeline = gather(store, edges[0], edges[-1])
    ends = [min(edge, max(unix_ms(now), begin)) for begin, edge in pairwise(edges)]
    ribbons = [ribbon(timeline, *bounds) for bounds in zip(edges[:-1], ends, strict=True)]
    prompts = [[] if day is None else [prompt.at_ms for prompt in day.prompts] for day in found.days[-MOST_ROWS:]]
    return sitting_times(dates, ribbons, prompts, zone)


# --- in columns


def _prompts(found: Trends) -> list[Block]:
    prompts = [prompt for day in found.days if day is not None for prompt in day.prompts]
    if not prompts:
        return [Text("No prompts in this period.")]
    rows = [
        [
            f"{answer.minutes} min",
            f"{answer.stood} of {answer.of}",
            NOTHING if answer.share is None else f"{100 * answer.share:.0f} %",
            NOTHING
            if answer.low is None or answer.high is None
            else f"{100 * answer.low:.0f}–{100 * answer.high:.0f} %",
            f"{100 * answer.published:.1f} %",
        ]
        for answer in found.answers
    ]
    ended = Counter(prompt.outcome or "not logged" for prompt in prompts)
    outcomes = outcomes_told(dict(ended.most_common()))
    caption = "Published: after 2,628 vibrations in office workers (Compernolle 2021). Other people, another device."
    head = ["Stood up within", "prompts", "share", "95 % interval", "published"]
    return [Table(caption, head, rows), Text(f"{counted(len(prompts), 'prompt')}: {outcomes}.")]


def _limits(store: Store, found: Trends) -> list[Block]:
    steps = [step for step in found.steps if step.name in (*DOSE_LIMITS, "seated_limit_s") and step.was != step.now]
    now = {side: limit[-1] for side, limit in found.limit_s.items() if not isnan(limit[-1])}
    blocks: list[Block] = []
    if now:
        seated_s = last_values(store, store.latest_cushion())[SEATED]
        sides = ", ".join(f"{side} {min(limit, seated_s) / 60:.1f} min" for side, limit in now.items())
        own = ", ".join(f"{side} {limit / 60:.1f}" for side, limit in now.items() if limit > seated_s)
        above = f" Their own limits are higher ({own} min); the smaller one asks first." if own else ""
        blocks.append(Text(f"Now: {sides}; stand up at least every {seated_s / 60:.1f} min.{above}"))
    if not steps:
        return [*blocks, Text("No changes in this period.")]
    rules = DiaryStore(store).rules()
    rows = [
        [
            short(found.zone.local(step.at_ms).date()).replace(" ", "\u00a0"),
            _what(step),
            f"{step.was / 60:.1f} → {step.now / 60:.1f} min",
            rules.get((step.name, step.was, step.now), step.reason) or "no reason given",
        ]
        for step in steps[-MOST_CHANGES:]
    ]
    return [
        *blocks,
        Table(_more(len(steps), MOST_CHANGES, "changes"), ["Day", "limit", "change", "reason"], rows, words=True),
    ]


def _what(step: Step) -> str:
    return {"left_dose_limit_s": "left dose", "right_dose_limit_s": "right dose"}.get(step.name, "seated time")


def _diary(found: Trends) -> list[Block]:
    days = len(found.dates)
    rated = {
        moment: {row["day"] for row in found.pains if row["moment"] == moment} for moment in ("morning", "sitting")
    }
    marks = sum(len(day.marks) for day in found.days if day is not None)
    items = [
        f"Pain rated on {len(rated['morning'])} of {days} mornings, and while sitting on {len(rated['sitting'])} days.",
        f"“Hurts now” button presses: {marks}.",
    ]
    notes = [row for row in found.pains if row["note"] or row["flare"]]
    items += [_note(row) for row in notes[-MOST_NOTES:]]
    more = _more(len(notes), MOST_NOTES, "notes")
    return [Bullets([*items, more] if more else items)]


def _note(row: Row) -> str:
    side = "" if row["side"] == "both" else f", {row['side']}"
    flare = f", flare {row['flare']}s" if row["flare"] else ""
    note = f": {row['note']}" if row["note"] else ""
    return f"{short(date.fromisoformat(row['day']))}, {row['moment']}, pain {row['pain']}{side}{flare}{note}"


def _flags(diary: DiaryStore) -> Iterator[str]:
    flags = diary.flags()
    for row in flags:
        yield _flag(row) + (f"; cleared: {row['cleared_note']}" if row["cleared_ms"] else "; open: seek care")
    if not flags:
        yield "None reported. The diary asks about: " + "; ".join(RED_FLAGS.values()) + "."


def _flag(row: Row) -> str:
    note = f" ({row['note']})" if row["note"] else ""
    return f"{short(date.fromisoformat(row['day']))}: {RED_FLAGS.get(row['what'], str(row['what']))}{note}"


def _exercises(store: Store, found: Trends, now: datetime) -> list[Block]:
    rows = [row for row in DiaryStore(store).rehab() if row["day"] >= found.dates[0].isoformat()]
    if not rows:
        return [Text("No exercises in this period.")]
    table = []
    for stage, exercise in dict.fromkeys((row["stage"], row["exercise"]) for row in rows):
        mine = [row for row in rows if (row["stage"], row["exercise"]) == (stage, exercise)]
        sessions = len({row["day"] for row in mine})
        table.append([f"{exercise} ({stage})", str(sessions), ", ".join(amounts(mine[-1])) or NOTHING, _pains(mine)])
    head = ["Exercise", "sessions", "last load", "pain during, next day"]
    return [Table("", head, table, words=True), Text(stage_lines(store, now)[-1].capitalize() + ".")]


def _pains(rows: list[Row]) -> str:
    """The highest pain during, and the highest next morning."""
    worst = [
        max((row[name] for row in rows if row[name] is not None), default=None) for name in ("pain_during", "pain_next")
    ]
    return ", ".join(NOTHING if pain is None else f"≤ {pain}" for pain in worst)


# --- reliability


def _reliability(store: Store, found: Trends) -> Iterator[str]:
    days = [day for day in found.days if day is not None]
    known, missed = sum(day.recorded_s for day in days), sum(day.unknown_s for day in days)
    yield (
        f"{len(days)} of {len(found.days)} days have data. The others are left out, not counted as zero: nobody sat on"
        " the cushion, or it was off."
    )
    if known + missed:
        share = sum(day.valid_s for day in days) / (known + missed)
        hours = (known + missed) / 3600
        yield f"All sensors worked for {100 * share:.0f} % of the {hours:.0f} h that should have been recorded."
    yield from _faults(store, found)
    unplaced = len(store.unplaced())
    if unplaced:
        yield f"Left out, because their time is unknown: {counted(unplaced, 'record')}."
    yield (
        "The dose is a proxy. Detection was tested on recorded and simulated sits. Limits, breaks and weights are"
        " judgement within published advice: no study has tested a seat-load dose against this pain."
    )
    yield "Sitting without the cushion is not recorded."


def _faults(store: Store, found: Trends) -> Iterator[str]:
    zone = zone_of(store)
    bounds = (zone.begin_ms(found.dates[0]), zone.begin_ms(found.dates[-1] + timedelta(days=1)))
    faults = [item for item in store.read([records.FAULT], *bounds) if item.unix_ms is not None]
    for record in faults[-MOST_FAULTS:]:
        assert record.unix_ms is not None
        at = zone.local(record.unix_ms)
        yield f"{short(at.date())} {at:%H:%M}, {text_of(record.kind, fields_of(record.kind, record.payload))}."
    if len(faults) > MOST_FAULTS:
        yield _more(len(faults), MOST_FAULTS, "sensor faults")


def _more(count: int, shown: int, what: str) -> str:
    return f"The last {shown} of {count} {what}." if count > shown else ""
