"""What a user's clock goes through, from the cushion's log to the store. Oracle: the true time, known to the script."""

import os
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cushion.core import records
from sitbone.analysis.events import events
from sitbone.store.anchors import Anchor
from sitbone.store.blocks import fields_of, read_block
from sitbone.store.store import Store
from sitbone.store.sync import Sync
from tests.host.logs import CUSHION_ID, T0_MS, FakeCushion, LogWriter

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


class Sleeper:
    """A cushion that wakes for a while and sleeps again; its clock is right while it is awake and off by ``permille``
    in sleep. Remembers when each symptom mark was really made."""

    def __init__(self, permille: int) -> None:
        self.log, self.permille = LogWriter(), permille
        self.true_ms, self.rtc_ms, self.slept_s = T0_MS, 0, 0
        self.marks: list[int] = []
        self.link = FakeCushion(self.log)

    def wake(self) -> None:
        if self.log.next_seq > 1:
            self.log.restart()
        self.log.add(records.BOOT, 4, 0, 0, 1, 0, 0)
        if self.slept_s:
            self.log.add(records.SLEPT, self.slept_s)
        if self.rtc_ms:
            self.log.clock(self.rtc_ms, records.CLOCK_KEPT)

    def stay(self, minutes: int) -> None:
        for _ in range(minutes // 5):
            self.log.now_ms += 300_000
            self.true_ms += 300_000
            self.rtc_ms += 300_000 if self.rtc_ms else 0
            self.log.add(records.SYMPTOM, len(self.marks), 0, 0, 2)
            self.marks.append(self.true_ms)

    def sleep(self, hours: float) -> None:
        true_ms = round(hours * HOUR_MS)
        self.true_ms += true_ms
        by_chip_ms = true_ms * (1000 + self.permille) // 1000
        self.rtc_ms += by_chip_ms if self.rtc_ms else 0
        self.slept_s = by_chip_ms // 1000

    def sync(self, store: Store) -> None:
        Sync(store, lambda: self.link, lambda: datetime.fromtimestamp(self.true_ms / 1000, UTC)).run()
        self.rtc_ms = self.true_ms
        self.log.clock(self.true_ms)

    def worst_error_ms(self, store: Store, from_mark: int = 0) -> int:
        found = store.read([records.SYMPTOM])[from_mark:]
        errors = []
        for row in found:
            assert row.unix_ms is not None
            errors.append(abs(row.unix_ms - self.marks[int(fields_of(row.kind, row.payload)["left_dose_cs"])]))
        assert len(errors) == len(self.marks) - from_mark
        return max(errors)


@pytest.mark.parametrize("permille", [-30, 0, 30])
def test_thirty_days_with_a_sleep_clock_that_drifts(store: Store, permille: int) -> None:
    """Each day: awake nine times for an hour and a quarter at most, asleep in between and at night, one sync."""
    rng, cushion = random.Random(permille), Sleeper(permille)
    cushion.wake()
    cushion.sync(store)
    for _ in range(30):
        for part in range(9):
            cushion.wake()
            cushion.stay(rng.randint(10, 75))
            if part == 4:
                cushion.sync(store)
            cushion.sleep(rng.uniform(0.1, 1.0))
        cushion.sleep(8)
    cushion.wake()
    cushion.sync(store)
    cushion.stay(5)
    cushion.sync(store)
    assert cushion.worst_error_ms(store) <= 2000


def test_records_from_before_the_clock_was_ever_set_are_placed(store: Store) -> None:
    cushion = Sleeper(0)
    cushion.wake()
    cushion.stay(500)
    cushion.sync(store)
    assert cushion.worst_error_ms(store) <= 250


@pytest.mark.parametrize("permille", [0, 30])
def test_days_before_the_clock_was_ever_set_are_counted_back_over_the_sleeps(store: Store, permille: int) -> None:
    """On a charger of the wall, then on battery: no host for three days. Off by the sleep clock, whose error nobody
    knows; from the first sync on right."""
    cushion = Sleeper(permille)
    cushion.wake()
    for hours in (1, 12, 0.5, 14, 10):
        cushion.stay(60)
        cushion.sleep(hours)
        cushion.wake()
    cushion.sync(store)
    assert store.unplaced() == []
    assert cushion.worst_error_ms(store) <= 37.5 * HOUR_MS * permille / 1000 + 5000
    begun = len(cushion.marks)
    for _ in range(3):
        cushion.stay(60)
        cushion.sleep(9)
        cushion.wake()
    cushion.sync(store)
    assert cushion.worst_error_ms(store, begun) <= 2000


def test_what_can_not_be_placed_is_marked(store: Store) -> None:
    cushion = Sleeper(0)
    cushion.wake()
    cushion.stay(15)
    cushion.log.restart()  # the power was gone, and with it the clock
    cushion.stay(10)
    cushion.sync(store)
    assert len(store.unplaced()) == 4
    assert [event["at"] is None for event in events(store, None, None) if event["kind"] == "symptom"].count(True) == 3


def test_a_host_with_a_wrong_clock_between_right_ones_moves_nothing(store: Store) -> None:
    cushion = Sleeper(0)
    cushion.wake()
    cushion.sync(store)
    cushion.stay(60)
    true_ms, cushion.true_ms = cushion.true_ms, cushion.true_ms - 400 * DAY_MS
    cushion.sync(store)
    cushion.true_ms = true_ms
    cushion.stay(60)
    cushion.sync(store)
    assert cushion.worst_error_ms(store) <= 250


def test_two_hosts_are_independent(tmp_path: Path) -> None:
    cushion = Sleeper(0)
    cushion.wake()
    with Store(tmp_path / "one.sqlite") as one, Store(tmp_path / "two.sqlite") as two:
        for number in range(6):
            cushion.stay(20)
            cushion.sync(one if number % 3 else two)
        cushion.sync(one)
        cushion.sync(two)
        assert one.last_seq(1) == cushion.log.next_seq - 3
        assert two.last_seq(1) == cushion.log.next_seq - 2
        assert set(cushion.link.acked.values()) == {one.last_seq(1), two.last_seq(1)}
        assert cushion.worst_error_ms(one) <= 250
        assert cushion.worst_error_ms(two) <= 250


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="this platform can't change its zone")
@pytest.mark.parametrize(
    ("name", "told_min", "expected"),
    [
        ("Europe/Berlin", 120, ["2026-10-25T02:30:00.000+02:00", "2026-10-25T02:30:00.000+01:00"]),
        ("America/New_York", -240, ["2026-10-24T20:30:00.000-04:00", "2026-10-24T21:30:00.000-04:00"]),
        ("America/New_York", 120, ["2026-10-25T02:30:00.000+02:00", "2026-10-25T03:30:00.000+02:00"]),
    ],
    ids=["the hour that comes twice", "at home", "on a journey"],
)
def test_local_time_is_that_of_then(
    store: Store, zone_of: Callable[[str], None], name: str, told_min: int, expected: list[str]
) -> None:
    """Stored is UTC, and the offset that each sync's computer had."""
    begin_ms = round(datetime(2026, 10, 25, 0, 30, tzinfo=UTC).timestamp() * 1000)
    log = LogWriter()
    log.add(records.OBJECT, 1, 0)
    log.now_ms += HOUR_MS
    log.add(records.OBJECT, 0, 0)
    number = store.cushion(CUSHION_ID.hex())
    store.add_blocks(number, [read_block(data) for data in log.data()])
    store.add_clock_pair(number, 1, Anchor(0, begin_ms), told_min)
    zone_of(name)
    shown = [event["at"] for event in events(store, None, None)]
    assert [datetime.fromisoformat(at) for at in shown] == [datetime.fromisoformat(at) for at in expected]
    assert [at[-6:] for at in shown] == [at[-6:] for at in expected]
    assert os.environ["TZ"] == name
