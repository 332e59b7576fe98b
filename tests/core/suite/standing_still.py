"""A level that stands still while others move: how long, how narrow, whose movements count, what ends it."""

from witnesses import ALL, SEATED, Four, froze, one

from cushion.core.plausibility import HOLD_MS
from cushion.core.records import FROZEN, OK


def test_a_level_that_stands_still_for_forty_seconds_while_others_move_is_frozen():
    for zone in ALL:
        seat = Four().see(SEATED, still=(zone,))
        others = [other for other in ALL if other != zone]
        seat.see(SEATED, (zone,), others, times=2)
        assert seat.see(SEATED, (zone,), others, dt_ms=37999).qualities() == [OK] * 4
        assert seat.see(SEATED, (zone,), dt_ms=1).qualities() == one(zone, FROZEN, OK)
        assert seat.see(SEATED, (zone,), times=20).qualities() == one(zone, FROZEN, OK)
        assert seat.doubted() == []


def frozen(moves, levels, load_u=1000, moved=(1,), still=(0,)):
    """Whether the left sitting bone is frozen after these levels, its others having moved so often."""
    loads = (load_u, 1000, 1000, 1000)
    seat = Four().see(loads, (0,), at_100uv=levels[0])
    for level in levels[1:]:
        seat.see(loads, (0,), at_100uv=level)
    for _ in range(moves):
        seat.see(loads, still, moved, at_100uv=levels[-1])
    return seat.see(loads, (0,), at_100uv=levels[-1], dt_ms=40000).qualities()[0] == FROZEN


def test_frozen_takes_four_movements_of_others_or_two_where_the_level_is_the_very_same():
    for moves, levels, expected in (
        (4, (5000, 5001), True), (3, (5000, 5001), False), (2, (5000, 5000), True), (1, (5000, 5000), False),
        (9, (5000, 5048), True), (9, (5000, 5049), False), (9, (5048, 5000), True), (9, (5049, 5000), False),
        (9, (10, 58), True), (9, (10, 59), False), (9, (5000, 5065, 5065), True),  # it left its band and found another
        (9, (5000, 5030, 4970), False), (9, (5000, 5024, 4976), True),
    ):  # fmt: skip
        assert frozen(moves, levels) is expected, (moves, levels)


def test_what_moves_on_for_seconds_is_one_movement():
    """Foam that lets go slowly."""
    for at_once in (False, True):
        seat = Four().see(SEATED, (0,)).see(SEATED, (0,), (1,), times=9, at_once=at_once)
        assert (seat.see(SEATED, (0,), dt_ms=40000).qualities()[0] == FROZEN) == (not at_once)


def test_only_other_zones_that_can_be_believed_bear_witness():
    same = (5000, 5000)
    for moved, expected in (((1,), True), ((2,), True), ((3,), True), ((0,), False), ((), False)):
        assert frozen(2, same, moved=moved) is expected, moved
    assert frozen(2, same, load_u=400) and not frozen(9, same, load_u=399)  # 2 kPa
    seat = Four().see((399, 1000, 1000, 1000), (0,), more_pa=(4, 0, 0, 0))
    seat.see((399, 1000, 1000, 1000), (0,), (1,), times=5, more_pa=(4, 0, 0, 0), dt_ms=10000)
    assert seat.qualities() == [OK] * 4  # 1999 Pa
    assert seat.see((400, 1000, 1000, 1000), (0,)).qualities()[0] == FROZEN
    assert seat.see((399, 1000, 1000, 1000), (0,)).qualities()[0] == FROZEN
    seat = Four().see(SEATED, (0, 1))
    for _ in range(2):  # both stand still, and one of them is found frozen first
        seat.see(SEATED, (0, 1), (2,))
    seat.see(SEATED, (0, 1), dt_ms=40000)
    assert seat.qualities() == [FROZEN, FROZEN, OK, OK]
    seat.see((1000, 1000, 1000, 1000), (0, 1, 2))
    seat.see(SEATED, (0, 1, 2), (0, 1), times=5)
    assert seat.see(SEATED, (0, 1, 2), dt_ms=40000).qualities() == [FROZEN, FROZEN, OK, OK]


def test_four_seconds_in_a_row_beyond_the_band_end_it():
    for level in (5065, 4935):
        assert froze().see(SEATED, (0,), at_100uv=level, times=3).qualities()[0] == FROZEN
        assert froze().see(SEATED, (0,), at_100uv=level, times=4).qualities()[0] == OK
        seat = froze().see(SEATED, (0,), at_100uv=level, times=3).see(SEATED, (0,))
        assert seat.see(SEATED, (0,), at_100uv=level, times=3).qualities()[0] == FROZEN
        assert seat.see(SEATED, (0,), at_100uv=level).qualities()[0] == OK
    for level in (5064, 4936):
        assert froze().see(SEATED, (0,), at_100uv=level, times=12).qualities()[0] == FROZEN


def test_a_frozen_zone_stays_so_without_a_load_and_through_a_hold_but_not_beyond_it():
    assert froze().see((0, 1000, 1000, 1000), (0,), times=12).qualities()[0] == FROZEN
    seat = froze().see(SEATED, (0,), lost=(0,), times=5)
    assert seat.see(SEATED, (0,)).qualities()[0] == FROZEN
    assert seat.see(SEATED, (0,), lost=(0,), dt_ms=1).see(SEATED, (0,)).qualities()[0] == FROZEN
    seat.see(SEATED, (0,), lost=(0,), dt_ms=HOLD_MS + 1)
    assert seat.see(SEATED, (0,), times=20).qualities()[0] == OK
    assert HOLD_MS == 5000
