"""Placing device time on UTC. Oracle: the true course of a clock that drifts by a known rate."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cushion.core import records
from sitbone.errors import SitboneError
from sitbone.store.anchors import Anchor, Placement, agree
from sitbone.store.blocks import read_block
from sitbone.store.store import Store
from sitbone.store.sync import Sync, sync_lines
from tests.host.logs import CUSHION_ID, FakeCushion, LogWriter, office_morning

T0_MS = 1_790_000_000_000
HOUR_MS = 3_600_000


def test_no_anchor_places_nothing() -> None:
    assert Placement([]).unix_ms(0) is None


def test_one_anchor_holds_both_ways() -> None:
    placement = Placement([Anchor(1000, T0_MS)])
    assert placement.unix_ms(0) == T0_MS - 1000
    assert placement.unix_ms(5000) == T0_MS + 4000


def test_drift_between_agreeing_anchors_is_spread() -> None:
    slow = Placement([Anchor(0, T0_MS), Anchor(100 * HOUR_MS, T0_MS + 102 * HOUR_MS)])
    assert slow.unix_ms(50 * HOUR_MS) == T0_MS + 51 * HOUR_MS
    assert slow.unix_ms(101 * HOUR_MS) == T0_MS + 103 * HOUR_MS


def test_between_anchors_that_disagree_the_earlier_holds_until_the_later() -> None:
    placement = Placement([Anchor(0, T0_MS), Anchor(HOUR_MS, T0_MS - 400 * 24 * HOUR_MS)])
    assert placement.unix_ms(HOUR_MS - 1) == T0_MS + HOUR_MS - 1
    assert placement.unix_ms(HOUR_MS) == T0_MS - 400 * 24 * HOUR_MS


def test_a_clock_never_runs_backwards_between_anchors_that_agree() -> None:
    assert not agree(Anchor(0, T0_MS), Anchor(1000, T0_MS - 1))


@given(
    st.lists(st.integers(0, 90 * 24 * HOUR_MS), min_size=2, max_size=6, unique=True),
    st.integers(-29, 29),
    st.lists(st.integers(0, 90 * 24 * HOUR_MS), max_size=20),
)
def test_an_even_drift_is_followed_exactly_and_monotone(monos: list[int], permille: int, asked: list[int]) -> None:
    def true_unix_ms(mono_ms: int) -> int:
        return T0_MS + mono_ms * (1000 + permille) // 1000

    placement = Placement(Anchor(mono, true_unix_ms(mono)) for mono in monos)
    inside = sorted(mono for mono in asked if min(monos) <= mono <= max(monos))
    placed = [placement.unix_ms(mono) for mono in inside]
    assert placed == sorted(placed)  # type: ignore[type-var]
    for mono, unix in zip(inside, placed, strict=True):
        assert unix is not None
        assert abs(unix - true_unix_ms(mono)) <= 2


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), max_size=8), st.integers(0, 10**6))
def test_what_is_told_to_be_the_same_is_the_same(pairs: list[tuple[int, int]], mono_ms: int) -> None:
    anchors = [Anchor(*pair) for pair in pairs]
    before, after = Placement(anchors[:-1]), Placement(anchors)
    until_ms = after.same_until(before)
    if until_ms is not None and mono_ms < until_ms:
        assert before.unix_ms(mono_ms) == after.unix_ms(mono_ms)


DAY_MS = 86_400_000
RIGHT = [Anchor(day * DAY_MS, T0_MS + day * DAY_MS) for day in range(14)]


@pytest.mark.parametrize("wrong", [[0], [13], [0, 1], [5, 6], [0, 3, 4, 9]], ids=str)
@pytest.mark.parametrize("off_ms", [-DAY_MS, -20 * 365 * DAY_MS])
def test_anchors_that_agree_with_most_others_win(wrong: list[int], off_ms: int) -> None:
    """A computer without a clock of its own starts a day early, or in 2006: the first pair, or several in a row."""
    anchors = [Anchor(a.mono_ms, a.unix_ms + off_ms) if at in wrong else a for at, a in enumerate(RIGHT)]
    placement = Placement(anchors)
    for minute in range(0, 14 * 1440, 97):
        assert placement.unix_ms(minute * 60_000) == T0_MS + minute * 60_000


def test_where_nobody_has_a_majority_all_stay() -> None:
    anchors = [RIGHT[0], RIGHT[1], Anchor(2 * DAY_MS, T0_MS), Anchor(3 * DAY_MS, T0_MS + DAY_MS)]
    assert Placement(anchors).anchors == tuple(anchors)


def test_a_dropped_pair_places_nothing_and_does_not_come_back(store: Store) -> None:
    log = LogWriter()
    log.clock(T0_MS - DAY_MS)
    log.now_ms += 1000
    log.add(records.SAT, 0)
    number = store.cushion(CUSHION_ID.hex())
    blocks = [read_block(data) for data in log.data()]
    store.add_blocks(number, blocks)
    store.add_clock_pair(number, 1, Anchor(2000, T0_MS + 2000), 0)
    assert store.read([records.SAT])[0].unix_ms == T0_MS - DAY_MS + 1000
    wrong = store.clock_pairs()[0]
    assert (wrong.source, wrong.is_used, wrong.is_dropped) == ("record", True, False)
    store.drop_clock_pair(wrong.number, T0_MS)
    store.add_blocks(number, blocks)
    assert store.read([records.SAT])[0].unix_ms == T0_MS + 1000
    assert [(pair.is_used, pair.is_dropped) for pair in store.clock_pairs()] == [(False, True), (True, False)]
    with pytest.raises(SitboneError, match="there is no pair 99; see sitbone clock"):
        store.drop_clock_pair(99, T0_MS)


def test_a_computer_whose_clock_lies_before_the_last_sync_is_warned(store: Store) -> None:
    now = datetime.fromtimestamp(T0_MS / 1000, UTC)
    cushion = FakeCushion(office_morning())
    assert Sync(store, lambda: cushion, lambda: now).run()["before_last_sync_s"] is None
    result = Sync(store, lambda: cushion, lambda: now - timedelta(days=1)).run()
    assert result["before_last_sync_s"] == 86400
    assert "this computer's clock is 24 h 00 min before your last sync: set it" in "\n".join(sync_lines(result))


# --- votes across sessions. Oracle: when the days were, by the test itself.


def synced_days(store: Store, errors_ms: list[int], keeps_time: bool, log: LogWriter | None = None) -> list[int | None]:
    """A session a day from 8 to 16, with a sit at 9, a sync at noon by a computer that is wrong by so much, and a sit
    at 15. Returns where each sit was placed, as ms from the truth."""
    log, number = log or LogWriter(), store.cushion(CUSHION_ID.hex())
    own_ms: int | None = None  # the cushion's clock, minus the true time
    for day, error_ms in enumerate(errors_ms):
        begin_ms = T0_MS + day * DAY_MS
        if keeps_time and own_ms is not None:
            log.clock(begin_ms + own_ms, records.CLOCK_KEPT)
        log.now_ms = HOUR_MS
        log.add(records.SAT, 0)
        log.now_ms = 4 * HOUR_MS
        own_ms = error_ms
        log.clock(begin_ms + log.now_ms + own_ms)
        pair = Anchor(log.now_ms, begin_ms + log.now_ms + own_ms)
        store.add_clock_pair(number, log.session, pair, 0)
        store.add_blocks(number, [read_block(data) for data in log.data()])
        log.now_ms = 7 * HOUR_MS
        log.add(records.SAT, 0)
        log.now_ms = 8 * HOUR_MS
        log.add(records.BUTTON, 1)
        log.restart()
    store.add_blocks(number, [read_block(data) for data in log.data()])
    sits = store.all_of(records.SAT)
    true_ms = [T0_MS + day * DAY_MS + hours * HOUR_MS for day in range(len(errors_ms)) for hours in (1, 7)]
    return [None if sit.unix_ms is None else sit.unix_ms - at_ms for sit, at_ms in zip(sits, true_ms, strict=True)]


@pytest.mark.parametrize("wrong", [{0}, {3}, {3, 4}, {0, 1}, {2, 5, 6}], ids=str)
@pytest.mark.parametrize("off_ms", [-30 * DAY_MS, -20 * 365 * DAY_MS, 400 * DAY_MS])
def test_hosts_outvote_a_wrong_one_over_sleeps(store: Store, wrong: set[int], off_ms: int) -> None:
    """The cushion kept the time, wrong as it was, from one day to the next."""
    off = synced_days(store, [off_ms if day in wrong else 0 for day in range(9)], keeps_time=True)
    assert off == [0] * 18


@pytest.mark.parametrize("wrong", [{3}, {3, 4}, {2, 5, 6}], ids=str)
@pytest.mark.parametrize("off_ms", [-30 * DAY_MS, -20 * 365 * DAY_MS, 400 * DAY_MS])
def test_after_power_cuts_the_order_tells_and_the_wrong_day_has_no_date(
    store: Store, wrong: set[int], off_ms: int
) -> None:
    off = synced_days(store, [off_ms if day in wrong else 0 for day in range(11)], keeps_time=False)
    assert off == [None if day in wrong else 0 for day in range(11) for _ in range(2)]
    used = {(pair.session, pair.is_used) for pair in store.clock_pairs() if pair.source == "host"}
    assert used == {(day + 1, day not in wrong) for day in range(11)}


def test_the_order_in_which_hosts_were_right_does_not_matter(store: Store) -> None:
    """Wrong first, and right by and by: what was placed wrongly is placed again."""
    assert synced_days(store, [-40 * DAY_MS, 400 * DAY_MS, 0, 0, 0, 0, 0], keeps_time=True) == [0] * 14


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.sampled_from((0, 0, 0, -30 * DAY_MS, 400 * DAY_MS, 401 * DAY_MS)), min_size=1, max_size=9),
    st.booleans(),
)
def test_days_lie_where_another_computer_puts_them_that_gets_the_whole_log_at_once(
    errors_ms: list[int], keeps_time: bool
) -> None:
    """What was placed and placed again, sync by sync, lies there, too; a majority is never moved."""
    with TemporaryDirectory() as folder, Store(Path(folder) / "daily.sqlite") as daily:
        log = LogWriter()
        off = synced_days(daily, errors_ms, keeps_time, log)
        with Store(Path(folder) / "once.sqlite") as once:
            once.add_blocks(once.cushion(CUSHION_ID.hex()), [read_block(data) for data in log.data()])
            assert [record.unix_ms for record in once.all_of(records.SAT, records.CLOCK)] == [
                record.unix_ms for record in daily.all_of(records.SAT, records.CLOCK)
            ]
        if errors_ms.count(0) > len(errors_ms) - errors_ms.count(0) and keeps_time:
            assert off == [0] * len(off)
