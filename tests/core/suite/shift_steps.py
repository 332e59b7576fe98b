"""Weight shifts and off-loads alone, to the millisecond and the permille."""

from cushion.core.shifts import Offload, Shift


def shift(*steps, begins=900):
    """A shift after a second at `begins`, then steps of (ms, permille[, seated[, settled]])."""
    one = Shift()
    one.step(1000, begins, True)
    for dt_ms, u, *more in steps:
        one.step(dt_ms, u, *(more or (True,)))
    return one


def ended(*steps, begins=900):
    """(ms, lowest) of the shift that the last step ended, or nothing."""
    one = shift(*steps, begins=begins)
    return (one.ended_ms, one.lowest_u) if one.ended_ms else None


def test_nothing_was_shifted_yet():
    assert (Shift().ended_ms, Shift().lowest_u, Shift().reached) == (0, 0, False)
    assert ended((20000, 300), (1, 900), begins=700) is None


def test_a_shift_is_reached_once_at_fifteen_seconds():
    assert not shift((14999, 700)).reached
    assert shift((14999, 700), (1, 700)).reached and shift((20000, 700)).reached
    assert not shift((15000, 700), (1, 700)).reached and not shift((15000, 700), (1, 900)).reached
    assert shift((14999, 700), (1, 751), (1, 900), (15000, 700)).reached  # another one


def test_a_shift_ends_above_750_and_says_how_long_and_how_low():
    assert ended((15000, 700), (1, 750)) is None
    assert ended((15000, 700), (1, 751)) == (15000, 700)
    assert ended((15000, 700), (5, 750), (1, 751)) == (15005, 700)
    assert ended((9000, 0), (9000, 300), (1, 900)) == (18000, 0)
    assert ended((9000, 600), (9000, 300), (9000, 400), (1, 900)) == (27000, 300)
    assert ended((14999, 700), (1, 900)) is None
    assert ended((15000, 700), (1, 900), (1, 900)) is None  # it has ended already
    assert ended((20000, 100), (1, 900), (20000, 600), (1, 900)) == (20000, 600)


def test_a_shift_begins_at_700_from_150_more():
    assert ended((15000, 701), (1, 900)) is None
    assert ended((15000, 700), (1, 900), begins=850) is None  # a moment ago it was a little less already
    assert ended((15000, 700), (1, 900), begins=860) == (15000, 700)
    assert ended((15000, 500), (1, 900), begins=700) is None  # it was relieved before
    assert ended((1000, 701), (15000, 500), (1, 900), begins=700) == (15000, 500)


def test_what_lightens_slowly_is_no_shift():
    steps = [(1000, 900 - 2 * second) for second in range(200)]
    assert ended(*steps, (1, 900)) is None
    assert ended(*steps, (15000, 300), (1, 900)) == (15000, 300)


def test_unknown_loads_and_leaving_end_a_shift():
    assert ended((15000, 400), (1, -1)) == (15000, 400)
    assert ended((15000, 400), (1, 400, False)) == (15000, 400)
    assert ended((5000, 400), (1, -1), (10000, 400), (1, 900)) is None
    assert ended((1, -1), (15000, 400), (1, 900)) is None  # nobody saw what was there before
    assert ended((1, 900, False), (15000, 400), (1, 900)) is None
    assert ended((15000, 0), (1, 900)) == (15000, 0)


def test_a_load_that_still_settles_is_none_to_shift_from():
    one = Shift()
    one.step(5000, 900, True, False)
    one.step(15000, 400, True, True)
    one.step(1, 900, True, True)
    assert one.ended_ms == 0
    one.step(15000, 400, True, False)  # the second before it had settled
    one.step(1, 900, True, False)
    assert one.ended_ms == 15000
    one.step(15000, 400, True, False)
    assert one.reached


def offload(*steps):
    one = Offload()
    for dt_ms, u in steps:
        one.step(dt_ms, u)
    return one.run_ms, one.ended_ms


def test_an_off_load_is_below_300_and_up_to_400():
    assert offload() == (0, 0)
    assert offload((700, 299)) == offload((700, 0)) == (700, 0) and offload((700, 300)) == (0, 0)
    assert offload((700, 299), (300, 399)) == (1000, 0)
    assert offload((700, 299), (300, 400)) == (0, 700)
    assert offload((700, 299), (300, 400), (1, 350)) == (0, 0)
    assert offload((700, 299), (300, -1)) == (0, 700) and offload((700, -1)) == (0, 0)
    assert offload((700, 299), (1, 400), (5, 299)) == (5, 0)
