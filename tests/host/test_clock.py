"""Placing device time on UTC. Oracle: the true course of a clock that drifts by a known rate."""

from hypothesis import given
from hypothesis import strategies as st

from sitbone.store.anchors import Anchor, Placement, agree

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
