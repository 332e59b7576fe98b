"""The diary: what a person felt, checked when it is entered, and in the form that the rules read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from cushion.core import records
from cushion.core.records import STATE_OCCUPIED
from sitbone.dates import local, unix_ms
from sitbone.diary.diary_store import DiaryStore, Row
from sitbone.errors import UsageError
from sitbone.store.store import Store, readable, zone_of

SIDES = ("left", "right")
MOMENTS = ("morning", "sitting", "other")
LATE_DAYS = 2  # a rating entered later than this can't support a rise
MORNINGS_APART_MS = 12 * 3_600_000  # two mornings closer together than this are one, in whatever time zones
EARLIEST = date(2000, 1, 1)
RED_PAIN = 7  # from here on: seek care
RED_PAIN_DAYS = 14

RED_FLAGS = {
    "pop": "a sudden pop in the buttock or thigh",
    "bruising": "bruising",
    "weakness": "new weakness in the leg",
    "numbness": "new numbness",
    "bladder": "a change of bladder or bowel, or numbness between the legs",
    "night-pain": "pain at night that keeps you awake",
}
URGENT = {"bladder": "go to an emergency department now", "pop": "see a doctor within days"}


@dataclass(frozen=True, slots=True)
class Rating:
    """Pain 0-10. ``timely``: entered soon enough to count for a rise."""

    pain: int
    timely: bool = True


@dataclass
class SideDiary:
    """What is known of one side. ``onsets``: days and doses (s) at which pain began; ``flares``: days inside marked
    flares; ``red``: days of red flags that are not cleared, with their text."""

    mornings: Mapping[date, Rating] = field(default_factory=dict)
    sittings: Mapping[date, Rating] = field(default_factory=dict)
    onsets: Sequence[tuple[date, float]] = ()
    flares: frozenset[date] = frozenset()
    red: Sequence[tuple[date, str]] = ()
    resumed: date | None = None


def new_pain(
    pain: int,
    when: datetime,
    now: datetime,
    moment: str,
    side: str = "both",
    onset_min: int | None = None,
    sleep: int | None = None,
    stress: int | None = None,
    flare: str | None = None,
    note: str = "",
) -> Row:
    """A pain entry, checked. Raises UsageError. ``when`` and ``now`` are aware."""
    if when > now:
        raise UsageError(f"{when:%Y-%m-%d %H:%M} is in the future; give the time when you felt it")
    if when.date() < EARLIEST:
        raise UsageError(f"{when.date()} is too long ago; give a day from {EARLIEST} on")
    for name, value, most in (("pain", pain, 10), ("sleep", sleep, 10), ("stress", stress, 10)):
        if value is not None and not 0 <= value <= most:
            raise UsageError(f"{name} {value} is out of range; give 0 to {most}")
    if onset_min is not None and not 0 <= onset_min <= 600:
        raise UsageError(f"onset {onset_min} is out of range; give 0 to 600 minutes of sitting")
    if moment not in MOMENTS or side not in (*SIDES, "both") or flare not in (None, "start", "end"):
        raise UsageError("unknown kind of entry; see sitbone pain add --help")
    return {
        "day": when.date().isoformat(),
        "unix_ms": unix_ms(when),
        "entered_ms": unix_ms(now),
        "moment": moment,
        "pain": pain,
        "side": side,
        "onset_min": onset_min,
        "sleep": sleep,
        "stress": stress,
        "flare": flare,
        "note": note,
    }


def new_score(total: int, when: datetime, now: datetime) -> Row:
    """A VISA-H total, checked. Raises UsageError."""
    if when > now or when.date() < EARLIEST:
        raise UsageError(f"{when.date()} is not a day to have filled it in; give a day from {EARLIEST} to today")
    if not 0 <= total <= 100:
        raise UsageError(f"a VISA-H total of {total} is out of range; give 0 to 100")
    return {"day": when.date().isoformat(), "entered_ms": unix_ms(now), "total": total}


def care_of(row: Row) -> str:
    """What to say at once about such an entry; "" for most."""
    if row["pain"] >= RED_PAIN:
        return f"pain of {row['pain']} is a reason to see a doctor or physiotherapist; no limit is raised for now"
    return ""


def misses_morning(diary: DiaryStore, now: datetime) -> bool:
    """Whether this morning's entry is missing, for somebody who keeps the diary."""
    pains = diary.pains()
    today = now.date().isoformat()
    return bool(pains) and not any(row["day"] == today and row["moment"] == "morning" for row in pains)


def symptom_marks(store: Store) -> list[Row]:
    """ "It hurts now" marks from the button, with the doses they came at, and what the person calls the cushion."""
    marks, labels = [], {number: store.label(number) for number in store.cushions()}
    for record, fields in readable(store.read([records.SYMPTOM])):
        marks.append(
            {
                "at_ms": record.unix_ms,
                "cushion": labels[record.cushion],
                "left_s": int(fields["left_dose_cs"]) / 100,
                "right_s": int(fields["right_dose_cs"]) / 100,
                "seated_s": int(fields["seated_s"]),
                "seated": fields["state"] == STATE_OCCUPIED,
            }
        )
    return marks


def side_diary(store: Store, side: str, now: datetime) -> SideDiary:
    """What the rules may know about one side. Entries in the future, and invalid ones, are left out."""
    diary = DiaryStore(store)
    rows = [row for row in diary.pains() if _usable(row, now) and row["side"] in (side, "both")]
    today = now.date()
    flags = diary.open_flags()
    return SideDiary(
        mornings=_ratings([row for row in rows if row["moment"] == "morning"]),
        sittings=_ratings([row for row in rows if row["moment"] == "sitting"]),
        onsets=_onsets(store, side, rows, now),
        flares=_flare_days(rows, today),
        red=[(min(today, date.fromisoformat(row["day"])), flag_words(row)) for row in flags]
        + _strained(diary.rehab(), side, today),
        resumed=_resumed(diary),
    )


def flag_words(row: Row) -> str:
    """A red flag and how soon to act: 'new numbness: seek care'."""
    return f"{RED_FLAGS.get(row['what'], row['what'])}: {URGENT.get(row['what'], 'seek care')}"


def _strained(exercises: list[Row], side: str, today: date) -> list[tuple[date, str]]:
    """Exercises of the last two weeks that hurt enough to seek care."""
    found = []
    for row in exercises:
        day, worst = date.fromisoformat(row["day"]), max(row["pain_during"] or 0, row["pain_next"] or 0)
        recent = today - timedelta(days=RED_PAIN_DAYS) < day <= today
        if recent and worst >= RED_PAIN and row["side"] in (side, "both"):
            found.append((day, f"pain {worst} with an exercise ({row['exercise']})"))
    return found


def _usable(row: Row, now: datetime) -> bool:
    try:
        day = date.fromisoformat(row["day"])
    except (TypeError, ValueError):
        return False
    whole = all(isinstance(row[name], int) for name in ("pain", "unix_ms", "entered_ms"))
    return whole and 0 <= row["pain"] <= 10 and EARLIEST <= day <= now.date() and row["unix_ms"] <= unix_ms(now)


def _ratings(rows: list[Row]) -> dict[date, Rating]:
    """The worst of each day. A rating too close to another day's, or entered late or early, can't support a rise."""
    ratings: dict[date, Rating] = {}
    last_ms: int | None = None
    last_day: date | None = None
    for row in sorted(rows, key=lambda item: (item["unix_ms"], item["id"])):
        day = date.fromisoformat(row["day"])
        late = (local(row["entered_ms"]).date() - day).days > LATE_DAYS
        near = last_ms is not None and day != last_day and row["unix_ms"] - last_ms < MORNINGS_APART_MS
        odd = abs((local(row["unix_ms"]).date() - day).days) > 1
        known = ratings.get(day, Rating(0, timely=False))
        timely = known.timely or not (late or odd or (near and row["moment"] == "morning"))
        ratings[day] = Rating(max(known.pain, row["pain"]), timely)
        if not near:
            last_ms, last_day = row["unix_ms"], day
    return ratings


def _flare_days(rows: list[Row], today: date) -> frozenset[date]:
    """The days from each marked start to its end, or to today."""
    days: set[date] = set()
    since: date | None = None
    for row in rows:
        day = date.fromisoformat(row["day"])
        if row["flare"] == "start" and since is None:
            since = day
        elif row["flare"] == "end" and since is not None:
            days |= _between(since, day)
            since = None
    return frozenset(days if since is None else days | _between(since, today))


def _between(first: date, last: date) -> set[date]:
    return {first + timedelta(days=index) for index in range((last - first).days + 1)}


def _onsets(store: Store, side: str, rows: list[Row], now: datetime) -> list[tuple[date, float]]:
    """Doses at which pain began while seated: from the button's marks, and from entries with minutes of sitting."""
    zone = zone_of(store)
    found = [
        (zone.day(mark["at_ms"]), float(mark[f"{side}_s"]))
        for mark in symptom_marks(store)
        if mark["seated"] and mark["at_ms"] <= unix_ms(now)
    ]
    for row in rows:
        if row["onset_min"] is not None:
            dose_s = _dose_at_onset(store, side, row)
            if dose_s is not None:
                found.append((date.fromisoformat(row["day"]), dose_s))
    return found


def _dose_at_onset(store: Store, side: str, row: Row) -> float | None:
    """The recorded dose at the entry's minutes into its sit: the last sit begun before it."""
    sat = store.read([records.SAT], row["unix_ms"] - 86_400_000, row["unix_ms"] + 1)
    if not sat or sat[-1].unix_ms is None:
        return None
    at_ms = sat[-1].unix_ms + row["onset_min"] * 60_000
    epochs = readable(store.read([records.EPOCH], at_ms - 30_000, at_ms + 30_000))
    found = min(epochs, key=lambda item: abs((item[0].unix_ms or 0) - at_ms), default=None)
    return None if found is None else int(found[1][f"{side}_dose_cs"]) / 100


def _resumed(diary: DiaryStore) -> date | None:
    days = [date.fromisoformat(row["day"]) for row in diary.tunings() if row["what"] == "resumed"]
    return max(days, default=None)


def as_json(row: Row) -> dict[str, Any]:
    """An entry as `--json` prints it."""
    when = local(row["unix_ms"])
    return {name: value for name, value in row.items() if not name.endswith("_ms")} | {"at": when.isoformat()}
