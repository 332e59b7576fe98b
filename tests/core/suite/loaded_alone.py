"""A zone that is loaded while all others are not: a person who perches there, or a sensor that shows nobody."""

from witnesses import ALL, SEATED, Four, froze, one

from cushion.core.records import FROZEN, OK, PRELOAD


def test_a_zone_that_was_loaded_alone_since_the_start_is_nobody():
    for zone in ALL:
        for load_u, rest_u, is_alone in ((80, 39, 1), (79, 39, 0), (80, 40, 0), (1000, 0, 1), (1000, 80, 0)):
            loads = one(zone, load_u, 0)
            loads[zone ^ 3] = rest_u
            assert Four().see(loads, (zone,)).doubted() == [zone] * is_alone, (zone, load_u, rest_u)
        loads = one(zone, 1000, 0)
        seat = Four().see(loads, (zone,), dt_ms=19999)
        assert (seat.doubted(), seat.qualities()) == ([zone], [OK] * 4)
        seat.see(loads, (zone,), dt_ms=2)
        assert (seat.doubted(), seat.qualities()) == ([zone], [OK] * 4)
        seat.see(loads, (zone,), times=3)
        assert (seat.doubted(), seat.qualities()) == ([], one(zone, PRELOAD, OK))


def test_a_zone_is_proven_by_an_empty_seat_or_by_a_change_beyond_noise():
    for load_u, doubted in ((79, []), (80, [0])):
        seat = Four().see((load_u, 1000, 1000, 1000), (0,))
        assert seat.see((1000, 0, 0, 0), (0,)).doubted() == doubted, load_u
    for level, doubted in ((5096, [0]), (5097, []), (4904, [0]), (4903, [])):
        seat = Four().see(SEATED, (0,)).see(SEATED, (0,), at_100uv=level)
        assert seat.see((1000, 0, 0, 0), (0,), at_100uv=level).doubted() == doubted, level
    for level, doubted in ((95, [0]), (97, [0]), (193, [])):  # from nothing read to a level is no change
        seat = Four().see(SEATED, (0,), at_100uv=96)
        assert seat.see((1000, 0, 0, 0), (0,), at_100uv=level).doubted() == doubted, level


def test_a_zone_is_alone_only_among_zones_that_can_be_believed():
    loads = (1000, 0, 0, 0)
    assert Four().see(loads, (0,), lost=(1, 2, 3)).doubted() == []  # nobody is there to contradict it
    assert Four().see(loads, (0,), lost=(1, 2)).doubted() == [0]
    seat = froze()
    assert seat.see((1000, 0, 0, 0), (0,)).doubted() == []
    seat.see((1000, 0, 300, 0), (0, 2), at_100uv=5000, times=4)
    assert seat.doubted() == []  # the thigh came after everybody had left


def test_a_zone_that_was_seen_empty_is_believed_when_it_is_loaded_alone():
    for level in (0, 1, 2000):
        seat = Four().see((0, 0, 0, 0), ALL, at_100uv=level, times=2)
        assert seat.see((1000, 0, 0, 0), times=3).doubted() == [], level


def sat_still(seconds, alone, zone=0, load_u=1000):
    """One zone stands still for so many seconds after it moved, then also when all others have left."""
    loads = one(zone, load_u, 1000)
    seat = Four().see(loads, times=5).see(loads, (zone,), times=1 + seconds)
    return seat.see(one(zone, load_u, 0), (zone,), times=alone)


def test_a_zone_that_did_not_move_when_all_others_left_is_nobody():
    for zone in ALL:
        assert sat_still(2, 1, zone).doubted() == [zone]
        assert sat_still(1, 1, zone).doubted() == []
        assert sat_still(1, 60, zone).doubted() == []  # who perches there quite still is somebody
        assert sat_still(2, 20, zone).qualities() == [OK] * 4
        assert sat_still(2, 21, zone).qualities() == one(zone, FROZEN, OK)
    for still_ms, doubted in ((1999, []), (2000, [0])):
        seat = Four().see(SEATED, times=2).see(SEATED, (0,)).see(SEATED, (0,), dt_ms=still_ms)
        assert seat.see((1000, 0, 0, 0), (0,)).doubted() == doubted
    # Found at the end of a second, it is over at once if it then moves.
    assert sat_still(2, 20).see((1000, 0, 0, 0)).qualities() == [OK] * 4
    back = sat_still(2, 19).see(SEATED, (0,))
    assert back.doubted() == []
    assert back.see((1000, 0, 0, 0), (0,), times=20).qualities() == [OK] * 4  # alone anew
    assert back.see((1000, 0, 0, 0), (0,)).qualities() == [FROZEN, OK, OK, OK]


def test_only_others_that_carried_much_bear_witness_by_leaving():
    """Who rests on one thigh, and quite still, moves the other one about: that contradicts nothing."""
    for others_u, doubted in ((333, []), (334, [0])):  # three of them, against 5 kPa on this one
        seat = Four().see(SEATED, times=5).see((1000, others_u, others_u, others_u), (0,), times=5)
        assert seat.see((1000, 0, 0, 0), (0,)).doubted() == doubted, others_u
    # As much as it carries itself, or 5 kPa; the most of the time that it stood still counts.
    for own_u, others_pa, doubted in (
        (2000, 5000, [0]), (2000, 4999, []), (500, 2500, [0]), (500, 2499, []), (1000, 5000, [0]), (1000, 4999, []),
    ):  # fmt: skip
        for zone in (1, 2, 3):
            others_u, more_pa = one(zone, others_pa // 5, 0), one(zone, others_pa % 5, 0)
            others_u[0] = own_u
            seat = Four().see(SEATED, times=5).see(others_u, (0,), times=4, more_pa=more_pa)
            seat.see((own_u, 0, 45, 0), (0,))
            assert seat.see((own_u, 0, 0, 0), (0,)).doubted() == doubted, (own_u, others_pa)
    for others_u, doubted in ((133, []), (134, [0])):  # 2 kPa at least: less is no body
        seat = Four().see(SEATED, times=5).see((100, others_u, others_u, others_u), (0,), times=5)
        assert seat.see((100, 0, 0, 0), (0,)).doubted() == doubted, others_u
    seat = Four().see(SEATED, times=5)
    for other_u in (90, 30, 90, 30, 30):
        assert seat.see((1000, 0, 0, other_u), (0,)).doubted() == []


def test_a_load_that_was_there_before_anybody_came_is_nobody_afterwards():
    for after_u, doubted in ((500, [1]), (444, []), (445, [1]), (571, [1]), (572, [])):
        seat = Four().see((0, 500, 0, 0), (1,), times=5).see((1000, 1500, 1000, 1000), times=60)
        assert seat.see((0, after_u, 0, 0)).doubted() == doubted, after_u
        assert seat.see((1000, after_u, 1000, 1000)).doubted() == []


def test_who_is_alone_is_counted_for_each_zone():
    seat = sat_still(2, 15)
    seat.see((0, 1000, 0, 0), (0,), times=4)
    assert seat.doubted() == []
    seat.see((1000, 0, 0, 0), times=30)
    assert seat.doubted() == [] and seat.qualities() == [OK] * 4
    seat = Four().see(SEATED, times=2).see((0, 1000, 0, 0), times=15).see((9000, 0, 0, 0), (0,), times=19)
    assert seat.doubted() == [0] and seat.qualities() == [OK] * 4


def test_nobody_rests_with_45_kilopascals_on_one_zone_alone():
    for load_u, doubted in ((8999, []), (9000, [2]), (9001, [2])):
        assert sat_still(0, 1, 2, load_u).doubted() == doubted
        seat = Four().see(one(2, load_u, 1000), times=5)
        assert seat.see(one(2, load_u, 0)).doubted() == doubted
        assert seat.see(one(2, load_u, 1000)).doubted() == []
    assert Four().see(one(2, 8999, 1000), times=5).see(one(2, 8999, 0), more_pa=(0, 0, 4, 0)).doubted() == []


def test_a_doubt_stands_through_a_hold():
    seat = sat_still(2, 1)
    assert seat.see((1000, 0, 0, 0), lost=(0,), times=5).doubted() == [0]
    assert seat.see((1000, 0, 0, 0), lost=(0,)).doubted() == []
