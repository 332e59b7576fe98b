"""Records that this version can't wholly read: shown as numbers, counted as nothing, and never the end of a command."""

import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from cushion.core import records
from cushion.core.settings import SPEC
from sitbone import cli
from sitbone.analysis.events import events
from sitbone.analysis.history import history
from sitbone.dates import unix_ms
from sitbone.settings.limits import setting_changes
from sitbone.store.blocks import read_block
from sitbone.store.store import Store, zone_of
from tests.host.logs import CUSHION_ID, LogWriter, office_morning

NOW = datetime.now().astimezone()


def stored(store: Store, log: LogWriter) -> int:
    number = store.cushion(CUSHION_ID.hex(), log.log_id)
    store.add_blocks(number, [read_block(data) for data in log.data()])
    return number


def a_log() -> LogWriter:
    log = LogWriter()
    log.clock(unix_ms(NOW - timedelta(hours=3)))
    return log


# kind, payload values: each with one number that this version has no word for; and the words that show it.
NEWER = (
    (records.OUTCOME, (1, 7, 1, 0, 0), "outcome: 7"),
    (records.PROMPT, (1, 1, 4, 3, 0, 0, 0, 1200, 1200, 1800), "prompt level 1, 4: no dose limit reached"),
    (records.FAULT, (9, 88, 1), "sensor fault, 9: 88"),
    (records.UNKNOWN, (0, 1000, 9), "no data for 1 s: 9"),
    (records.CLOCK, (1_790_000_000, 0, 1_790_000_000, 0, 9), "clock set; it was 0.0 s slow"),
    (records.BUTTON, (200,), "button: 200"),
    (records.SHIFT, (0, 1000, 4, 500), "weight off the 4 for 1 s"),
    (records.SETTING, (len(SPEC), 1, 2, "newer"), f"setting {len(SPEC)} from 1 to 2 (newer)"),
)


@pytest.mark.parametrize(("kind", "values", "words"), NEWER, ids=lambda value: str(value)[:12])
def test_a_value_without_a_word_is_shown_as_a_number(
    kind: int, values: tuple[int, ...], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SITBONE_HOME", str(tmp_path))
    with Store(tmp_path / "sitbone.sqlite") as store:
        log = office_morning(a_log())
        log.add(kind, *values)
        stored(store, log)
        assert words in [event["text"] for event in events(store, None, None)]
    for command in ("history", "events", "why", "tune", "tune --explore", f"report {tmp_path / 'r.html'}"):
        assert cli.run(command.split()) == 0, command


def test_what_has_no_word_counts_as_nothing(store: Store) -> None:
    """Oracle: the same morning without these records."""
    log = office_morning(a_log())
    number = stored(store, log)
    day = NOW - timedelta(days=400), NOW + timedelta(days=400)
    before = [item.as_json(zone_of(store)) for item in history(store, *day)]
    log.now_ms += 1000
    log.add(records.BREAK, 0, 600_000, 9)  # neither verified nor not
    log.add(records.EPOCH, *(5000,) * 4, 900, 900, 10, 10, 10, 77, 0, 10)
    log.add(records.SETTING, 0, 1200, 99_999, "beyond the range")
    log.add_payload(records.SETTING, b"\x00\x01")
    log.add_payload(records.STOOD, b"\x00" * 5)
    log.add_payload(records.SYMPTOM, b"")
    stored(store, log)
    after = [item.as_json(zone_of(store)) for item in history(store, *day)]
    for item in (*before, *after):
        item["breaks"].pop("all")
        item.pop("valid_share")
    assert after == before
    assert setting_changes(store, number) == []


def test_a_short_clock_record_does_not_stop_a_sync(store: Store) -> None:
    log = a_log()
    log.add_payload(records.CLOCK, b"\x01\x02\x03")
    log.add(records.SAT, 0)
    number = stored(store, log)
    assert store.last_seq(number) == 3
    assert [event["kind"] for event in events(store, None, None)] == ["clock", "clock", "sat"]


def test_text_that_is_no_text_is_replaced(store: Store) -> None:
    """MicroPython's json made two surrogates of an escaped emoji; they are in logs that are kept for good."""
    log = a_log()
    log.add_payload(records.SETTING, bytes([0]) + (1200).to_bytes(4, "little") * 2 + b"\xed\xa0\xbd\xed\xb8\x80!")
    stored(store, log)
    assert events(store, None, None)[-1]["reason"] == "\N{REPLACEMENT CHARACTER}" * 6 + "!"


def test_a_record_a_century_away_does_not_make_every_day_between_wait(store: Store) -> None:
    log = office_morning()
    log.restart()
    log.clock(4_260_000_000_000)
    log.sit(60_000)
    stored(store, log)
    begun_s = time.process_time()
    found = history(store, datetime(1990, 1, 1).astimezone(), datetime(2150, 1, 1).astimezone())
    assert time.process_time() - begun_s < 5
    assert [day.day.year for day in found if day.bouts][-1] == 2104
    assert sum(len(day.bouts) for day in found) == 3
