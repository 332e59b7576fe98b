"""Days, views and trends against a small oracle that counts seconds, over lives that the test makes up.

The oracle knows only the truth that the log was written from: for each second of a day whether somebody sat, was away,
or nothing was recorded. It shares no code with the analysis but the log's format.
"""

import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cushion.core import records
from sitbone.analysis.day_cache import whole_days
from sitbone.analysis.events import events
from sitbone.analysis.history import history
from sitbone.analysis.spans import Span, clipped, merged, total_s, without
from sitbone.analysis.timeline import Prompt
from sitbone.analysis.trends import answered, trends
from sitbone.analysis.view import day_view
from sitbone.analysis.why import why
from sitbone.dates import Zone
from sitbone.diary.diary_store import DiaryStore
from sitbone.diary.entries import new_pain
from sitbone.errors import SitboneError
from sitbone.store.anchors import Anchor
from sitbone.store.blocks import read_block
from sitbone.store.store import Store, zone_of
from tests.host.logs import CUSHION_ID, LogWriter, office_morning

VIENNA = ZoneInfo("Europe/Vienna")
MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)


pytestmark = pytest.mark.usefixtures("vienna")


def ms(year: int, month: int, day: int, hour: int = 0, minute: int = 0, zone: ZoneInfo = VIENNA) -> int:
    return round(datetime(year, month, day, hour, minute, tzinfo=zone).timestamp() * 1000)


def keep(store: Store, log: LogWriter, hardware: str = CUSHION_ID.hex()) -> int:
    cushion = store.cushion(hardware)
    store.add_blocks(cushion, [read_block(data) for data in log.data()])
    return cushion


def now_at(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone()


# --- a life, second by second, and its log


def life_of(parts: list[tuple[str, int]], begin_ms: int) -> LogWriter:
    """A log of parts ("sit", "away", "off" or "blind"; seconds), as the cushion writes it."""
    log = LogWriter()
    log.clock(begin_ms)
    for kind, length_s in parts:
        if kind == "sit":
            log.sit(length_s * 1000)
        elif kind == "away":
            for left_s in range(length_s, 0, -240):
                log.now_ms += min(240, left_s) * 1000
                log.epoch(0, seconds=min(240, left_s), state=1)
            log.add(records.BREAK, 0, length_s * 1000, length_s >= 120)
        else:
            log.now_ms += length_s * 1000
            if kind == "blind":
                log.add(records.UNKNOWN, 0, length_s * 1000, 1)
    log.epoch(0, seconds=0, state=1)
    return log


def oracle(parts: list[tuple[str, int]], begin_ms: int) -> dict[date, Counter[str]]:
    """Seconds of each kind by the Viennese day, counted one by one."""
    found: dict[date, Counter[str]] = {}
    at_s = begin_ms // 1000
    for kind, length_s in parts:
        for second in range(at_s, at_s + length_s):
            day = datetime.fromtimestamp(second, VIENNA).date()
            found.setdefault(day, Counter())[kind] += 1
        at_s += length_s
    return found


PARTS = st.lists(
    st.tuples(st.sampled_from(["sit", "away", "off", "blind"]), st.integers(3, 1500).map(lambda tens: tens * 10)),
    min_size=1,
    max_size=9,
)
BEGINS = st.sampled_from([ms(2026, 3, 28, 20), ms(2026, 10, 24, 21, 30), ms(2026, 9, 21, 8), ms(2026, 12, 31, 22)])


@settings(max_examples=20, deadline=None)
@given(parts=PARTS, begin_ms=BEGINS)
def test_each_second_of_a_day_is_counted_once_and_as_what_it_was(
    parts: list[tuple[str, int]], begin_ms: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with Store(tmp_path_factory.mktemp("life") / "s.sqlite") as store:
        keep(store, life_of(parts, begin_ms))
        expected = oracle(parts, begin_ms)
        now = now_at(begin_ms + 3 * DAY_MS)
        for day, seconds in expected.items():
            view = day_view(store, day, now)
            ribbon, totals = view.ribbon, view.totals
            assert total_s(ribbon.sitting) == pytest.approx(seconds["sit"], abs=1)
            assert total_s(ribbon.away) == pytest.approx(seconds["away"], abs=1)
            length_s = (totals.end_ms - totals.start_ms) / 1000
            assert sum(span.seconds for span, _ in ribbon.spans) == pytest.approx(length_s)
            assert totals.seated_s + totals.away_s + totals.missing_s == pytest.approx(length_s)
            assert (totals.seated_s, totals.away_s) == (total_s(ribbon.sitting), total_s(ribbon.away))
            assert [span.start_ms for span, _ in ribbon.spans[1:]] == [span.end_ms for span, _ in ribbon.spans[:-1]]
        kept = {day.day: day for day in whole_days(store, min(expected), max(expected))}
        assert kept == {day.day: day for day in whole_days(store, min(expected), max(expected))}, "kept as derived"
        assert sum(day.seated_s for day in kept.values()) == pytest.approx(
            sum(seconds["sit"] for seconds in expected.values()), abs=1
        )


# --- days


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 23), (AUTUMN, 25), (date(2026, 9, 21), 24)])
def test_a_day_is_as_long_as_it_is(store: Store, day: date, hours: int) -> None:
    log = LogWriter()
    log.clock(ms(day.year, day.month, day.day, 1))
    log.sit(hours * HOUR_MS - 2 * HOUR_MS)
    keep(store, log)
    view = day_view(store, day, now_at(ms(2026, 12, 1)))
    assert view.totals.end_ms - view.totals.start_ms == hours * HOUR_MS
    assert view.totals.seated_s == (hours - 2) * 3600
    assert [found.day for found in history(store, now_at(ms(2026, 1, 1)), now_at(ms(2026, 12, 1)))] == [day]


def test_days_follow_each_other_without_gap_or_overlap_wherever_somebody_is() -> None:
    """Vienna, New York (a day is longer), Tokyo (one is shorter), home: offsets as syncs note them."""
    shown = [(ms(2026, 9, 1, 9), 120), (ms(2026, 9, 8, 1), -240), (ms(2026, 9, 15, 23), 540), (ms(2026, 9, 22, 9), 120)]
    zone = Zone(shown)
    days = [date(2026, 8, 28) + timedelta(days=index) for index in range(40)]
    begins = [zone.begin_ms(day) for day in days]
    assert all(later > earlier for earlier, later in pairwise(begins))
    for day, begin in zip(days, begins, strict=True):
        assert (zone.day(begin), zone.day(begin - 1)) == (day, day - timedelta(days=1))
    assert zone.iso(ms(2026, 9, 10, 12)) == "2026-09-10T06:00:00.000-04:00"
    # In New York the evening of the 7th comes again: it belongs to the 8th, which had begun.
    assert zone.local(ms(2026, 9, 8, 2)).day == 7
    assert zone.day(ms(2026, 9, 8, 2)) == date(2026, 9, 8)


def test_a_sync_that_agrees_with_this_computer_keeps_its_daylight_saving() -> None:
    zone = Zone([(ms(2026, 10, 23, 9), 120)])
    assert zone.begin_ms(date(2026, 10, 26)) == ms(2026, 10, 26)


def test_what_was_sat_abroad_is_told_in_the_time_of_there(store: Store) -> None:
    log = LogWriter()
    log.clock(ms(2026, 9, 10, 3))  # nine in the evening of the 9th, in New York
    log.sit(30 * MINUTE_MS)
    cushion = keep(store, log)
    store.add_clock_pair(cushion, 1, Anchor(0, ms(2026, 9, 10, 3)), -240)
    (day,) = history(store, now_at(ms(2026, 9, 1)), now_at(ms(2026, 9, 30)))
    assert day.day == date(2026, 9, 9)
    assert day.as_json(zone_of(store))["bouts"][0]["start"] == "2026-09-09T21:00:00.000-04:00"
    sat = next(event for event in events(store, None, None) if event["kind"] == "sat")
    assert sat["at"] == "2026-09-09T21:00:00.000-04:00"


def test_a_part_of_a_day_is_only_that_part(store: Store) -> None:
    log = LogWriter()
    log.clock(ms(2026, 9, 21, 8))
    log.sit(2 * HOUR_MS)
    keep(store, log)
    (part,) = history(store, now_at(ms(2026, 9, 21, 9, 30)), now_at(ms(2026, 9, 21, 20)))
    assert (part.seated_s, part.recorded_s) == (1800, 1800)


# --- what is kept of a day


def test_a_kept_day_is_derived_again_when_its_records_change(store: Store) -> None:
    day = date(2026, 9, 21)
    log = LogWriter()
    log.clock(ms(2026, 9, 21, 8))
    log.sit(20 * MINUTE_MS)
    cushion = keep(store, log)
    assert whole_days(store, day, day)[0].seated_s == 1200
    log.sit(10 * MINUTE_MS)
    keep(store, log)
    assert whole_days(store, day, day)[0].seated_s == 1800
    store.add_clock_pair(cushion, 1, Anchor(0, ms(2026, 9, 22, 8)), 120)  # the clock was a day slow
    assert whole_days(store, day, day) == []
    assert whole_days(store, day, date(2026, 9, 22))[0].seated_s == 1800


def test_a_day_that_somebody_else_writes_to_meanwhile_is_not_kept_as_it_was(store: Store) -> None:
    log = LogWriter()
    log.clock(ms(2026, 9, 21, 8))
    log.sit(20 * MINUTE_MS)
    keep(store, log)
    seen = store.changes_seen()
    with Store(store.path) as other:
        log.sit(10 * MINUTE_MS)
        keep(other, log)
    assert not store.keep_day_facts(1, {(0, 1): "{}"}, seen)
    assert whole_days(store, date(2026, 9, 21), date(2026, 9, 21))[0].seated_s == 1800


def test_nobody_waits_to_keep_a_day_while_another_writes(store: Store) -> None:
    keep(store, life_of([("sit", 600)], ms(2026, 9, 21, 8)))
    with Store(store.path) as other, other.transaction():
        begun_s = time.monotonic()
        assert whole_days(store, date(2026, 9, 21), date(2026, 9, 21))[0].seated_s == 600
        assert time.monotonic() - begun_s < 5, "the lock's own patience is 10 s"


# --- prompts, doses, limits


def test_a_prompt_is_told_with_what_came_of_it(store: Store) -> None:
    log = LogWriter()
    log.clock(ms(2026, 9, 21, 8))
    log.add(records.SAT, 0)
    log.now_ms = 20 * MINUTE_MS
    log.add(records.PROMPT, 7, 1, 1, 1, 120_000, 90_000, 1200, 1200, 1100, 1800)
    log.now_ms += 2 * MINUTE_MS
    log.add(records.PROMPT, 7, 2, 1, 1, 132_000, 90_000, 1320, 1200, 1100, 1800)
    log.now_ms += MINUTE_MS
    log.add(records.STOOD, 0, 23 * MINUTE_MS, 138_000, 90_000, 0)
    log.now_ms += 2 * MINUTE_MS
    log.add(records.OUTCOME, 7, 1, 2, 175_000, 0)
    keep(store, log)
    (prompt,) = day_view(store, date(2026, 9, 21), now_at(ms(2026, 9, 22))).totals.prompts
    assert (prompt.side, prompt.cause, prompt.level, prompt.outcome) == ("left", "dose", 2, "break")
    assert (prompt.response_s, prompt.stood_s) == (175, 180)
    assert [prompt.stood_within(60 * minutes) for minutes in (1, 3, 5)] == [False, True, True]


def test_prompts_whose_sit_was_lost_from_sight_count_only_as_long_as_they_were_seen() -> None:
    def prompt(stood_s: float | None, watched_s: float) -> Prompt:
        return Prompt(1, 1, 1, 1, "dose", [(0, "left", 1)], None, None, stood_s, watched_s)

    seen = [prompt(50, 50), prompt(200, 200), prompt(None, 90), prompt(900, 900)]
    assert [(a.stood, a.of) for a in (answered(seen, minutes) for minutes in (1, 3, 5))] == [(1, 4), (1, 3), (2, 3)]
    one = answered(seen, 5)
    assert one.low is not None
    assert one.share is not None
    assert one.high is not None
    assert one.low < one.share == 2 / 3 < one.high or round(one.share, 4) == 0.6667
    assert answered([], 1).share is None


def test_the_limit_is_that_of_then(store: Store) -> None:
    log = LogWriter()
    log.clock(ms(2026, 9, 21, 8))
    log.sit(30 * MINUTE_MS)  # doses of half the session's time, in cs
    log.add(records.SETTING, 0, 1200, 600, "less")
    log.sit(30 * MINUTE_MS)
    keep(store, log)
    view = day_view(store, date(2026, 9, 21), now_at(ms(2026, 9, 22)))
    (curve,) = view.doses
    assert curve.limit_s["left"] == [1200.0 if at < ms(2026, 9, 21, 8, 30) else 600.0 for at in curve.at_ms]
    assert curve.limit_s["right"] == [1200.0] * len(curve.at_ms)
    # At 08:30 the dose is 900 s: over 600 is each second after it, over 1200 the last ten minutes.
    assert view.totals.over_s == {"left": 1800.0, "right": 1210.0}
    assert np.nanmax(curve.dose_s["left"]) == view.totals.dose_max_s["left"] == 1800
    found = trends(store, date(2026, 9, 20), date(2026, 9, 21))
    assert found.limit_s["left"][1:] == [600.0]
    assert [(step.was, step.now, step.reason) for step in found.steps] == [(1200, 600, "less")]


def test_a_curve_is_thin_breaks_over_gaps_and_keeps_its_peaks(store: Store) -> None:
    log = life_of([("sit", 4000), ("off", 4000), ("sit", 9000)], ms(2026, 9, 21, 6))
    keep(store, log)
    (curve,) = day_view(store, date(2026, 9, 21), now_at(ms(2026, 9, 22))).doses
    assert np.isnan(curve.dose_s["left"]).sum() == 1
    assert len(curve.at_ms) < 700
    assert (np.diff(curve.at_ms) >= 0).all()
    assert np.nanmax(curve.dose_s["right"]) == 17_000 * 1000 // 20 / 100


def test_missing_days_and_ratings_are_none_not_zero(store: Store) -> None:
    keep(store, life_of([("sit", 1800), ("away", 600)], ms(2026, 9, 21, 8)))
    at = now_at(ms(2026, 9, 22, 8))
    DiaryStore(store).add("pain", new_pain(3, at, at, "morning", side="left"))
    found = trends(store, date(2026, 9, 9), date(2026, 9, 22))
    assert [day is None for day in found.days] == [True] * 12 + [False, True]
    assert np.isnan(found.series("seated_h")).tolist() == [True] * 12 + [False, True]
    assert np.isnan(found.pain("morning", "right")).all()
    assert found.pain("morning", "left")[-1] == 3
    assert [(week.days, week.means["seated_h"]) for week in found.weeks] == [(0, None), (1, 0.5)]
    assert found.week_change("seated_h") is None


def test_a_mark_of_the_button_is_a_mark(store: Store) -> None:
    log = LogWriter()
    log.clock(ms(2026, 9, 21, 8))
    log.add(records.SYMPTOM, 100_000, 90_000, 1200, 2)
    keep(store, log)
    (mark,) = day_view(store, date(2026, 9, 21), now_at(ms(2026, 9, 22))).totals.marks
    assert (mark.left_s, mark.right_s, mark.seated_s) == (1000, 900, 1200)


def test_an_empty_store_has_empty_answers(store: Store) -> None:
    view = day_view(store, date(2026, 9, 21), now_at(ms(2026, 9, 22)))
    assert (view.known_until_ms, view.doses, view.totals.has_data) == (None, [], False)
    assert [kind for _, kind in view.ribbon.spans] == ["unknown"]
    assert trends(store, date(2026, 9, 1), date(2026, 9, 21)).days == [None] * 21
    with pytest.raises(SitboneError, match="nothing has vibrated yet"):
        why(store)


# --- why


def test_why_tells_inputs_thresholds_and_gates(store: Store) -> None:
    log = LogWriter()
    log.clock(ms(2026, 9, 21, 8))
    log.add(records.SETTING, 0, 1200, 1100, "tune: pain")
    log.add(records.MUTE, 3600, 1)
    log.now_ms += 1000
    log.sit(20 * MINUTE_MS)
    log.add(records.SUPPRESSED, 1, 1, 2)
    held_seq = log.next_seq - 1
    keep(store, log)
    shown = why(store, held_seq)
    assert (shown["kind"], shown["cause"], shown["side"]) == ("suppressed", "dose", "left")
    assert [gate["name"] for gate in shown["gates"] if gate["held"]] == ["mute"]
    assert next(gate["text"] for gate in shown["gates"] if gate["name"] == "mute") == "muted until 09:00"
    assert shown["inputs"]["limit_s"] == {"left": 1100, "right": 1200}
    assert shown["thresholds"][0]["reason"] == "tune: pain"
    with pytest.raises(SitboneError, match="record 1 is neither a prompt nor one that was held back"):
        why(store, 1)


def test_why_of_the_latest_prompt(store: Store) -> None:
    keep(store, office_morning())
    shown = why(store)
    assert shown["text"] == "prompt level 1, left: dose 20.0 of 20.0 min"
    assert shown["inputs"]["dose_s"] == {"left": 1200.0, "right": 900.0}
    assert (shown["outcome"], shown["response_s"]) == ("break", 72.0)
    assert shown["inputs"]["sat_s"] == 1200
    assert not any(gate["held"] for gate in shown["gates"])


# --- spans

SPANS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)).map(lambda p: Span(min(p), max(p))), max_size=8)


@given(SPANS, SPANS, st.integers(0, 60), st.integers(0, 60))
def test_the_algebra_of_spans_is_that_of_sets(a: list[Span], b: list[Span], low: int, high: int) -> None:
    def points(spans: list[Span]) -> set[int]:
        return {at for span in spans for at in range(span.start_ms, span.end_ms)}

    assert points(merged(a)) == points(a)
    assert points(without(merged(a), merged(b))) == points(a) - points(b)
    assert points(clipped(a, low, high)) == points(a) & set(range(low, high))
    assert total_s(merged(a)) * 1000 == len(points(a))
