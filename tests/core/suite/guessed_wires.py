"""Without a bias resistor: which zones that carry nothing are guessed to be a wire that came off or never was."""

from witnesses import ALL, SEATED, Four, one

from cushion.core.records import FROZEN, OK, OPEN


def fallen(zone, held_ms=8000, pa=2500, mirror_u=500, change_pa=0, guesses=True, lost=()):
    """A board without bias: a zone carries so much for so long and then nothing, while the one before or behind it
    changes from 8 kPa: 15 % and 150 Pa are 1350."""
    loads = one(zone, pa // 5, 1600)
    loads[zone ^ 1] = mirror_u
    seat = Four(guesses).see(loads, dt_ms=held_ms, more_pa=one(zone, pa % 5, 0))
    loads[zone] = 0
    return seat.see(loads, lost=lost, more_pa=one(zone ^ 2, change_pa, 0)), loads


def test_a_good_load_that_falls_to_nothing_while_nobody_moves_is_a_wire():
    for zone in ALL:
        for change_pa in (0, 1350, -1350):
            seat, loads = fallen(zone, change_pa=change_pa)
            assert (seat.doubted(), seat.qualities()) == ([zone], [OK] * 4), (zone, change_pa)
            seat.see(loads, dt_ms=8999)
            assert (seat.doubted(), seat.qualities()) == ([zone], [OK] * 4)
            seat.see(loads, dt_ms=1)
            assert (seat.doubted(), seat.qualities()) == ([zone], one(zone, OPEN, OK))
        for other in ({"change_pa": 1351}, {"change_pa": -1351}, {"pa": 2499}, {"held_ms": 7999}, {"guesses": False}):
            seat, loads = fallen(zone, **other)
            assert seat.doubted() == [], (zone, other)
            assert seat.see(loads, times=12).qualities() == [OK] * 4
        # whatever a zone that can't be read would show
        assert fallen(zone, change_pa=2000, lost=(zone ^ 2,))[0].doubted() == [zone]


def test_a_load_is_held_anew_after_each_fall():
    for held_ms, doubted in ((7999, []), (8000, [0])):
        seat, _ = fallen(0, change_pa=1351)
        held = one(0, 500, 1600)
        seat.see(held).see(held, dt_ms=held_ms - 1000)
        assert seat.see(one(0, 0, 1600)).doubted() == doubted


def test_a_wire_is_doubted_while_its_mirror_carries_a_good_load():
    seat, loads = fallen(1, mirror_u=499)
    assert seat.doubted() == []
    assert seat.see(loads, more_pa=(4, 0, 0, 0)).doubted() == []
    loads[0] = 500
    assert seat.see(loads).doubted() == [1]
    seat.see(loads, dt_ms=8998)
    loads[0] = 0
    assert seat.see(loads, times=12).qualities() == [OK] * 4 and seat.doubted() == []
    loads[0] = 500
    assert seat.see(loads, dt_ms=1).qualities() == [OK] * 4
    assert seat.see(loads, dt_ms=1).qualities() == [OK, OPEN, OK, OK]
    loads[0] = 0
    assert seat.see(loads, times=12).qualities() == [OK, OPEN, OK, OK]
    loads[1] = 19
    assert seat.see(loads).qualities() == [OK, OPEN, OK, OK]
    loads[1] = 20
    assert seat.see(loads).qualities() == [OK] * 4
    loads[1] = 0
    assert seat.see(loads, times=12).qualities() == [OK] * 4


def test_a_load_is_held_from_twenty_permille_on_and_in_a_row():
    for before_u, suspect in ((20, True), (19, False)):
        seat = Four(True).see((before_u, 800, 800, 800), times=7).see((800, 800, 800, 800))
        assert (seat.see((0, 800, 800, 800)).doubted() == [0]) is suspect
    seat, loads = fallen(0)
    seat.see(SEATED, lost=(0,), dt_ms=5001)  # a wire that was off for good is asked anew
    assert seat.see(loads, times=12).qualities() == [OK] * 4


def dead(zone, neighbour_u=80, mirror_u=1000, seen=False, guesses=True, others_u=800):
    loads = one(zone, 0, others_u)
    loads[zone ^ 1], loads[zone ^ 2] = mirror_u, neighbour_u
    seat = Four(guesses)
    seat.zones[zone].seen = seen
    return seat.see(loads), loads


def test_a_zone_that_never_showed_a_load_is_doubted_and_open_in_ten_minutes():
    for zone in ALL:
        least_u = 1000 if zone < 2 else 500
        seat, loads = dead(zone, mirror_u=least_u)
        assert (seat.doubted(), seat.qualities()) == ([zone], [OK] * 4), zone
        assert seat.see(loads, dt_ms=598999).qualities() == [OK] * 4
        assert seat.see(loads, dt_ms=1).qualities() == one(zone, OPEN, OK)
        assert dead(zone, mirror_u=least_u)[0].see(loads, dt_ms=600000).qualities() == one(zone, OPEN, OK)
        seat, loads = dead(zone, mirror_u=least_u - 1)
        assert seat.see(loads, more_pa=one(zone ^ 1, 4, 0)).doubted() == []
        for other in ({"mirror_u": least_u - 1}, {"neighbour_u": 79}, {"seen": True}, {"guesses": False}):
            seat, loads = dead(zone, **other)
            assert seat.doubted() == [], (zone, other)
            assert seat.see(loads, dt_ms=600000).qualities() == [OK] * 4


def test_the_ten_minutes_of_a_dead_zone_wait_and_end_with_a_load():
    seat, loads = dead(2)
    seat.see(loads, dt_ms=598999)
    nobody = (0, 0, 0, 0)
    assert seat.see(nobody, times=12).qualities() == [OK] * 4 and seat.doubted() == []
    assert seat.see(loads, dt_ms=1).qualities() == [OK, OK, OPEN, OK]
    assert seat.see((800, 800, 20, 1000)).qualities() == [OK] * 4
    assert seat.see(loads, dt_ms=599999).qualities() == [OK] * 4


def test_a_mirror_that_is_frozen_carries_nothing():
    seat = Four(True).see((0, 1000, 800, 800), (1,)).see((0, 1000, 800, 800), (1,), (2,), times=2)
    assert seat.doubted() == [0]
    seat.see((0, 1000, 800, 800), (1,), dt_ms=40000)
    assert seat.see((0, 1000, 800, 800), (1,)).doubted() == [] and seat.qualities()[1] == FROZEN
