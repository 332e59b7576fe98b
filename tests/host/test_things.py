"""A bag on the seat, in the log and in what the host makes of it: nobody sat, and the break went on."""

from datetime import UTC, datetime

from cushion.core import records
from sitbone.analysis.history import history
from sitbone.store.anchors import Anchor
from sitbone.store.blocks import read_block
from tests.host.logs import CUSHION_ID, LogWriter

BEGIN = datetime(2026, 10, 23, 14, tzinfo=UTC)  # a Friday
MINUTE_MS = 60_000
EMPTY, OBJECT = 1, 3


def days(store, log):
    number = store.cushion(CUSHION_ID.hex())
    store.add_blocks(number, [read_block(data) for data in log.data()])
    store.add_clock_pair(number, 1, Anchor(0, round(BEGIN.timestamp() * 1000)), 0)
    return history(store, BEGIN.replace(hour=0), datetime(2026, 10, 27, tzinfo=UTC))


def epochs(log, minutes, state, every_s=240, dose_cs=0):
    for _ in range(minutes * 60 // every_s):
        log.now_ms += every_s * 1000
        log.epoch(dose_cs, seconds=every_s, state=state)


def friday_until_the_bag(log):
    """Half an hour of sitting, four minutes away, then a bag that is taken for a person for ten minutes."""
    log.sit(30 * MINUTE_MS)
    epochs(log, 4, EMPTY)
    log.add(records.BREAK, 0, 4 * MINUTE_MS, 1)
    log.add(records.SAT, 0)
    epochs(log, 10, 2, every_s=10, dose_cs=90_000)


def test_a_bag_over_the_weekend_is_no_sitting(store):
    log = LogWriter()
    friday_until_the_bag(log)
    log.add(records.OBJECT, 1, 10 * MINUTE_MS)
    epochs(log, 3 * 24 * 60, OBJECT)
    log.add(records.OBJECT, 0, 0)
    epochs(log, 4, EMPTY)
    log.add(records.BREAK, 0, log.now_ms - 30 * MINUTE_MS, 1)
    log.sit(20 * MINUTE_MS)
    found = days(store, log)
    assert [round(day.seated_s / 60) for day in found] == [30, 0, 0, 20]
    assert [len(day.bouts) for day in found] == [1, 0, 0, 1]
    assert found[0].dose_max_s["left"] == 900.0  # the person's, not the bag's
    assert [day.missing_s > 86_000 for day in found] == [False, False, False, False]
    assert found[0].breaks_all == 0  # the break went on beyond the day


def test_a_bag_that_is_still_there_when_the_log_ends(store):
    log = LogWriter()
    friday_until_the_bag(log)
    log.add(records.OBJECT, 1, 10 * MINUTE_MS)
    epochs(log, 60, OBJECT)
    (friday,) = days(store, log)
    assert (round(friday.seated_s / 60), len(friday.bouts)) == (30, 1)


def test_the_log_of_older_firmware_counts_the_bag_until_it_was_known(store):
    log = LogWriter()
    log.add(records.SAT, 0)
    epochs(log, 10, 2, every_s=10)
    log.add_payload(records.OBJECT, b"\x01")
    epochs(log, 24 * 60, OBJECT)
    log.add(records.STOOD, 0, log.now_ms, 100, 100, 0)
    found = days(store, log)
    assert [round(day.seated_s / 60) for day in found] == [10, 0]
