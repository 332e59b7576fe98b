"""Days and events from a log whose course the test knows."""

from datetime import date, datetime

import pytest

from cushion.core import field_names, records
from sitbone.analysis.days import Day
from sitbone.analysis.events import events, outcomes_told, text_of
from sitbone.analysis.history import history
from sitbone.analysis.why import why
from sitbone.dates import local, midnight
from sitbone.store.blocks import fields_of, read_block
from sitbone.store.store import Store
from tests.host.logs import T0_MS, LogWriter, office_morning

MINUTE_MS = 60_000
DAY_MS = 24 * 60 * MINUTE_MS


pytestmark = pytest.mark.usefixtures("vienna")


def keep(store: Store, log: LogWriter) -> None:
    store.add_blocks(store.cushion("246f28000001"), [read_block(data) for data in log.data()])


def all_days(store: Store) -> list[Day]:
    return history(store, local(T0_MS - 10 * DAY_MS), local(T0_MS + 10 * DAY_MS))


def test_a_morning(store: Store) -> None:
    keep(store, office_morning())
    (day,) = all_days(store)
    assert day.day == local(T0_MS).date()
    assert [bout.end_ms - bout.start_ms for bout in day.bouts] == [20 * MINUTE_MS, 30 * MINUTE_MS]
    assert (day.seated_s, day.longest_s) == (3000, 1800)
    assert (day.breaks_all, day.breaks_verified, day.episodes) == (1, 1, 1)
    assert day.outcomes == {"break": 1}
    assert day.left_dose_max_s == (1_000 + 180_000 + 3_000_000) // 20 / 100
    assert day.valid_share == 1


def test_bad_sensors_and_gaps_lower_the_valid_share(store: Store) -> None:
    log = LogWriter()
    log.clock(T0_MS)
    log.epoch(bad_zones=1)
    log.epoch()
    log.epoch(state=0)
    log.add(records.UNKNOWN, 0, 10_000, 1)
    keep(store, log)
    assert all_days(store)[0].valid_share == 0.25


def test_a_sit_over_midnight_belongs_to_both_days_and_a_night_is_no_break(store: Store) -> None:
    late_ms = round(midnight(date(2026, 9, 22)).timestamp() * 1000) - 10 * MINUTE_MS
    log = LogWriter()
    log.clock(late_ms)
    log.sit(30 * MINUTE_MS)
    log.now_ms += DAY_MS
    log.add(records.BREAK, 0, DAY_MS, 1)
    keep(store, log)
    first, second, third = all_days(store)
    assert (first.seated_s, second.seated_s, third.breaks_all) == (600, 1200, 0)


def test_a_sit_that_a_power_cut_ended_lasts_to_the_last_record(store: Store) -> None:
    log = LogWriter()
    log.clock(T0_MS)
    log.add(records.SAT, 0)
    log.now_ms = 5 * MINUTE_MS
    log.epoch()
    keep(store, log)
    assert all_days(store)[0].seated_s == 300


def test_a_clock_that_is_set_in_a_sit_makes_it_no_longer(store: Store) -> None:
    log = LogWriter()
    log.clock(T0_MS - 5 * DAY_MS)
    log.add(records.SAT, 0)
    log.now_ms = 5 * MINUTE_MS
    log.clock(T0_MS)
    keep(store, log)
    assert [day.seated_s for day in all_days(store)] == [300]


def test_the_same_sit_from_two_sources_counts_once(store: Store) -> None:
    log = office_morning()
    keep(store, log)
    store.add_blocks(store.cushion("246f28000002"), [read_block(data) for data in log.data()])
    assert all_days(store)[0].seated_s == 3000


def test_an_event_is_told_when_it_happened_and_why(store: Store) -> None:
    log = office_morning()
    log.now_ms += 9_000
    log.add(records.STOOD, 5_000, 60_000, 0, 0, 0)
    keep(store, log)
    found = events(store, None, None)
    kinds = [event["kind"] for event in found]
    assert kinds == ["boot", "clock", "sat", "stood", "prompt", "outcome", "break", "sat", "stood", "stood"]
    prompt = found[4]
    assert prompt["text"] == "prompt level 1, left: dose 20.0 of 20.0 min"
    assert (prompt["side"], prompt["cause"], prompt["episode"]) == ("left", "dose", 1)
    assert found[5]["text"] == "outcome: break after 1 min 12 s"
    assert found[9]["t_ms"] == log.now_ms - 5_000
    assert datetime.fromisoformat(found[9]["at"]).timestamp() * 1000 == T0_MS + log.now_ms - 5_000
    assert found[0]["at"].endswith("+02:00")


def test_events_of_a_range_are_those_that_happened_in_it(store: Store) -> None:
    keep(store, office_morning())
    begin = local(T0_MS + 1_000 + 20 * MINUTE_MS)
    assert [event["kind"] for event in events(store, begin, local(T0_MS + DAY_MS))][:2] == ["stood", "prompt"]


def test_events_without_a_place_in_time_say_so(store: Store) -> None:
    log = LogWriter()
    log.sit(60_000)
    keep(store, log)
    assert [event["at"] for event in events(store, None, None)] == [None, None]
    assert all_days(store) == []


def prompt_text(level: int, side: int, cause: int, left_cs: int, right_cs: int) -> str:
    names = records.names_of(records.PROMPT)
    values = (1, level, side, cause, left_cs, right_cs, 1830, 1200, 1100, 1800)
    return text_of(records.PROMPT, dict(zip(names, values, strict=True)))


def test_why_did_it_buzz() -> None:
    assert prompt_text(1, 2, 1, 0, 110_000) == "prompt level 1, right: dose 18.3 of 18.3 min"
    assert prompt_text(3, 3, 1, 120_000, 0) == "prompt level 3, both sides: left dose 20.0 of 20.0 min"
    assert (
        prompt_text(1, 3, 1, 120_000, 110_000)
        == "prompt level 1, both sides: left dose 20.0 of 20.0 min and right dose 18.3 of 18.3 min"
    )
    assert (
        prompt_text(1, 3, 2, 0, 0)
        == "prompt level 1, both sides: seated 30.5 of 30.0 min since the last verified break"
    )


@pytest.mark.parametrize("kind", sorted(set(records.KINDS) - {records.EPOCH}))
def test_every_kind_has_words(kind: int) -> None:
    form, names = records.KINDS[kind][1], records.names_of(kind)
    fields: dict[str, int | str] = dict.fromkeys(names, 1)
    if form.endswith("s"):
        fields[names[-1]] = "why"
    text = text_of(kind, fields)
    assert text
    assert "\n" not in text
    assert len(text) < 120


@pytest.mark.parametrize(
    ("kind", "fields", "text"),
    [
        (records.OUTCOME, {"outcome": 2, "response_ms": 45_000, "why": 0}, "outcome: short break after 45 s"),
        (records.OUTCOME, {"outcome": 6, "response_ms": 0, "why": 1}, "outcome: muted (quiet hours)"),
        (records.SUPPRESSED, {"cause": 1, "side": 1, "why": 2}, "prompt held back (muted): dose limit reached, left"),
        (records.UNKNOWN, {"unknown_ms": 30_000, "why": 2}, "no data for 30 s: no working sensor"),
        (records.FAULT, {"zone": 0, "quality": 6, "on": 0}, "sensor fault over, left sitting bone: open"),
        (records.CALIBRATION, {"source": 3}, "calibration: empty seat zeroed automatically"),
    ],
)
def test_events_in_words(kind: int, fields: dict[str, int | str], text: str) -> None:
    assert text_of(kind, fields) == text


def test_how_prompts_ended_in_words() -> None:
    assert outcomes_told({"break": 1, "partial": 2, "snoozed": 1}) == "1 × break, 2 × short break, 1 × snoozed"


NUMBERED = {
    records.BOOT: ("settings_source",),
    records.CLOCK: ("source",),
    records.EPOCH: ("state",),
    records.STOOD: ("gap",),
    records.SHIFT: ("side",),
    records.PROMPT: ("side", "cause"),
    records.OUTCOME: ("outcome", "why"),
    records.BUTTON: ("gesture",),
    records.SYMPTOM: ("state",),
    records.SUPPRESSED: ("cause", "side", "why"),
    records.FAULT: ("zone", "quality"),
    records.UNKNOWN: ("why",),
    records.SETTING: ("index",),
    records.CALIBRATION: ("source",),
    records.HAPTIC: ("pattern", "side"),
    records.BATTERY: ("stage",),
}


@pytest.mark.parametrize("kind", NUMBERED, ids=lambda kind: records.KINDS[kind][0])
def test_a_number_that_a_newer_firmware_may_have_added_is_shown_as_a_number(kind: int, store: Store) -> None:
    """In all that reads a log: events, days, and the reasons of a decision."""
    names = records.names_of(kind)
    is_text = records.KINDS[kind][1].endswith("s")
    values = [77 if name in NUMBERED[kind] else 1 for name in names]
    if kind == records.CLOCK:
        values[0] = T0_MS // 1000 + 60  # as the test's own clock has it: this is about the source alone
    log = LogWriter()
    log.clock(T0_MS)
    log.now_ms += 60_000
    seq = log.add(kind, *([*values[:-1], "a test"] if is_text else values))
    log.epoch()
    keep(store, log)
    for found in (row for row in events(store, None, None) if row["seq"] == seq):
        assert found["text"]
        assert {found[name] for name in set(NUMBERED[kind]) & set(field_names.NAMED_FIELDS)} <= {77}
    assert len(all_days(store)) == 1
    if kind in (records.PROMPT, records.SUPPRESSED):
        assert (why(store, seq)["cause"], why(store, seq)["side"]) == ("77", "77")


@pytest.mark.parametrize(
    ("kind", "values", "text"),
    [
        (records.OUTCOME, (1, 77, 1, 0, 0), "outcome: 77"),
        (records.SHIFT, (0, 20_000, 77, 500), "weight off the 77 for 20 s"),
        (records.FAULT, (77, 77, 1), "sensor fault, 77: 77"),
        (records.UNKNOWN, (0, 20_000, 77), "no data for 20 s: 77"),
        (records.BATTERY, (3700, 21, 77), "battery 77: 21 %, 3.70 V"),
        (records.CALIBRATION, (1, 1, 1, 1, 1, 1, 1, 1, 77), "calibration: 77"),
    ],
)
def test_the_number_stands_where_the_word_would(kind: int, values: tuple[int, ...], text: str) -> None:
    assert text_of(kind, fields_of(kind, records.payload_of(kind, values))) == text


def test_an_unknown_kind_is_named_by_its_number() -> None:
    assert text_of(99, {}) == "kind 99"
