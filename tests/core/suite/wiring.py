"""What the engine does around the decisions: faults and their records, epochs, the empty seat's tare."""

from sitter import Sitter, level_of

from cushion.core import records
from cushion.core.calibration import Calibration
from cushion.core.engine import Engine
from cushion.core.settings import Settings

OK, MISSING, SHORT = 0, 1, 2
SAT = (800, 800, 400, 400)
EMPTY = (0, 0, 0, 0)
WIRE = 1000000  # permille: the level is nearly the supply's


def faults(sitter):
    """(second, zone, quality, on) of each fault's beginning and end."""
    return sitter.of(records.FAULT)


def test_what_nobody_says_is_a_good_battery_and_an_unknown_clock():
    sitter = Sitter(1100).sit(99)
    for _ in range(4):
        sitter.engine.sample([5000] * 4)
    sitter.engine.decide(1000)  # with quiet hours from 22:00 to 07:00
    assert sitter.decisions.prompter.vibrate_level == 1


def test_five_seconds_are_a_step_and_more_are_unknown():
    sitter = Sitter().sit(60)
    cs = sitter.decisions.left.dose.cs
    sitter.load(1, SAT, dt_ms=5000)
    assert sitter.decisions.left.dose.cs == cs + 500
    sitter.load(1, SAT, dt_ms=5001)
    assert sitter.decisions.left.dose.cs == cs + 500 and sitter.decisions.unknown_ms == 5001
    assert sitter.load(1, SAT).of(records.UNKNOWN) == [(sitter.second, 1000, 5001, 1)]


def test_seconds_without_a_reading_keep_the_load_and_are_no_evidence():
    # Seated from second 3 on: the stir of second 32 is too early to count, and would not be a second later.
    sitter = Sitter(1500).load(31, SAT, False).load(1, (900, 900, 500, 500), False).blind(1)
    sitter.load(40, (900, 900, 500, 500), False)
    assert sitter.buzzes == []
    sitter = Sitter(1100).sit(98).sit(1, ends=0).blind(1)  # nor is anybody getting up still
    assert sitter.buzzes == [(100, 1, 1)]


# Faults.


def test_each_zone_s_fault_is_recorded_at_once_and_its_end_after_a_minute():
    """A reading that is missing is a fault once it can't be held any longer, in the sixth second."""
    for zone in range(4):
        loads = tuple(-1 if index == zone else u for index, u in enumerate(SAT))
        sitter = Sitter().load(9, SAT).load(20, loads)
        assert faults(sitter) == [(15, zone, MISSING, 1)]
        assert sitter.engine.quality(zone) == MISSING and sitter.engine.quality(zone ^ 1) == OK
        assert [side.u for side in sitter.decisions.sides] == [-1 if index == zone else 800 for index in (0, 1)]
        assert faults(sitter.load(59, SAT)) == [(15, zone, MISSING, 1)]
        assert faults(sitter.load(1, SAT))[1:] == [(89, zone, MISSING, 0)]


def test_a_fault_that_comes_back_within_a_minute_has_not_ended():
    sitter = Sitter().load(9, SAT).load(10, (800, 800, -1, 400)).load(50, SAT)
    sitter.load(6, (800, 800, -1, 400)).load(59, SAT)
    assert faults(sitter) == [(15, 2, MISSING, 1)]
    assert faults(sitter.load(1, SAT))[1:] == [(135, 2, MISSING, 0)]


def test_a_fault_takes_another_s_place_after_a_minute():
    sitter = Sitter().load(9, SAT).load(10, (800, 800, 400, -1)).load(59, (800, 800, 400, WIRE))
    assert faults(sitter) == [(15, 3, MISSING, 1)]
    assert faults(sitter.load(1, (800, 800, 400, WIRE)))[1:] == [(79, 3, MISSING, 0), (79, 3, SHORT, 1)]


def test_the_minute_may_end_between_two_steps():
    sitter = Sitter().load(9, SAT).load(10, (800, 800, 400, -1)).load(12, SAT, dt_ms=4900)  # 58.8 s
    assert len(faults(sitter)) == 1 and len(faults(sitter.load(1, SAT, dt_ms=4900))) == 2
    sitter = Sitter().load(9, SAT).load(10, (800, 800, 400, -1)).load(11, SAT, dt_ms=5000).load(1, SAT, dt_ms=4999)
    assert len(faults(sitter)) == 1 and len(faults(sitter.load(1, SAT, dt_ms=1))) == 2


def test_a_zone_that_the_board_lacks_is_no_fault():
    sitter = Sitter(present=(True, True, False, True)).load(30, (800, 800, -1, -1))
    assert [fault[1:] for fault in faults(sitter)] == [(3, MISSING, 1)]


# Epochs.


def epochs(sitter):
    """(second, state, faulty zones, seconds) of each epoch."""
    return sitter.of(records.EPOCH, 9)


def watched(**settings):
    sitter = Sitter(**settings)
    sitter.skipped = ()
    return sitter


def test_an_epoch_names_the_faulty_zones_by_their_bits():
    for missing, mask in (((0,), 1), ((1,), 2), ((2,), 4), ((3,), 8), ((0, 3), 9), ((1, 2), 6)):
        loads = tuple(-1 if zone in missing else SAT[zone] for zone in range(4))
        assert epochs(watched().load(15, SAT).load(10, loads))[-1][2] == mask, missing
    assert [epoch[2] for epoch in epochs(watched().load(30, SAT))] == [0, 0, 0]


def test_an_epoch_is_as_long_as_was_set_while_somebody_sits_and_ends_where_that_changes():
    assert epochs(watched(epoch_s=7).load(24, SAT)) == [(3, 0, 0, 2), (9, 2, 0, 7), (16, 2, 0, 7), (23, 2, 0, 7)]
    # An empty seat's is of four minutes.
    assert epochs(watched().load(47, EMPTY, dt_ms=5000).load(1, EMPTY, dt_ms=4999)) == []
    assert [epoch[3] for epoch in epochs(watched().load(48, EMPTY, dt_ms=5000))] == [240]
    assert [epoch[3] for epoch in epochs(watched().load(49, EMPTY, dt_ms=4990))] == [245]
    assert [epoch[3] for epoch in epochs(watched(epoch_s=7).load(30, SAT, dt_ms=700))][1:] == [7, 7]
    assert [epoch[3] for epoch in epochs(watched().load(24, SAT, dt_ms=999))][1:] == [11]  # ten of them are 9.99 s


def test_an_epoch_has_the_doses_of_its_own_end():
    sitter = watched().load(23, SAT).load(5, (0,) * 4)
    assert sitter.of(records.EPOCH, 6, 9)[-1][1:] == (2152, 2152, 22)  # e^(-4/60) of 2300 cs
    sitter.engine.close_epoch()
    sitter.engine.close_epoch()  # nothing was collected since
    events = sitter.engine.events
    assert events.count == 1 and events.kind(0) == records.EPOCH and events.values(0, 12)[9:] == [1, 0, 1]


def test_unknown_time_is_in_no_epoch():
    sitter = watched().load(23, SAT).blind(20).load(3, SAT)
    assert sum(epoch[3] for epoch in epochs(sitter)) == 23 + 5 + 2


# Imbalance: a guess of boards without a bias.


# The tare of an empty seat: 2 % of 5 kPa, 1298 nS, a minute.


def tares(sitter):
    return sitter.engine.calibration.auto_tare_ns


def test_an_empty_quiet_seat_is_tared_after_a_minute_and_each_minute():
    """45 permille are 225 Pa or 2923 nS; the seat is empty from second 5 on."""
    sitter = Sitter().load(63, (45,) * 4, False)
    assert tares(sitter) == [0] * 4
    assert tares(sitter.load(1, (45,) * 4, False)) == [1298] * 4
    assert tares(sitter.load(59, (45,) * 4, False)) == [1298] * 4
    assert tares(sitter.load(1, (45,) * 4, False)) == [2596] * 4
    tared = tares(sitter.load(60, (45,) * 4, False))
    assert all(abs(tare_ns - 2923) <= 10 for tare_ns in tared)


def test_a_minute_s_tare_may_come_between_two_steps():
    sitter = Sitter().load(13, (45,) * 4, False, dt_ms=4900)  # empty for 58.8 s
    assert tares(sitter) == [0] * 4
    assert tares(sitter.load(1, (45,) * 4, False, dt_ms=4900)) == [1298] * 4  # 3.7 s more than a minute
    assert tares(sitter.load(11, (45,) * 4, False, dt_ms=4900)) == [1298] * 4
    assert tares(sitter.load(1, (45,) * 4, False, dt_ms=4900)) == [2596] * 4
    sitter = Sitter().load(11, (45,) * 4, False, dt_ms=5000).load(1, (45,) * 4, False, dt_ms=4999)
    for tared in (1298, 2596):
        assert tares(sitter) == [tared - 1298] * 4
        assert tares(sitter.load(1, (45,) * 4, False, dt_ms=1)) == [tared] * 4
        sitter.load(11, (45,) * 4, False, dt_ms=5000).load(1, (45,) * 4, False, dt_ms=4999)


def test_what_moves_is_not_tared_nor_who_sits_nor_what_is_unknown():
    sitter = Sitter().load(40, (45,) * 4, False).load(1, (0,) * 4, False).load(60, (0,) * 4, False)
    assert tares(sitter) == [0] * 4  # 0 anyway, but counted from the movement on
    assert tares(Sitter().load(40, (0,) * 4, False).load(1, (45,) * 4, False).load(59, (45,) * 4, False)) == [0] * 4
    sitter = Sitter().load(10, (0,) * 4, False).load(1, (45,) * 4, False)
    assert tares(sitter.load(11, (45,) * 4, False, dt_ms=5000).load(1, (45,) * 4, False, dt_ms=4999)) == [0] * 4
    assert tares(sitter.load(1, (45,) * 4, False, dt_ms=1)) == [1298] * 4
    assert tares(Sitter().load(14, SAT, False, dt_ms=5000)) == [0] * 4
    sitter = Sitter().load(60, (45,) * 4, False)
    sitter.decide(5001)
    assert tares(sitter.load(63, (45,) * 4, False)) == [0] * 4
    assert tares(sitter.load(1, (45,) * 4, False)) == [1298] * 4


def test_only_what_can_be_trusted_is_tared():
    sitter = Sitter().load(70, (45, -1, 45, 45), False)
    assert tares(sitter) == [0] * 4  # somebody may sit on the one alone
    assert tares(sitter.load(70, (45,) * 4, False)) == [1298] * 4


def test_an_hour_mostly_under_half_of_its_reference_asks_for_a_new_calibration():
    loads = (800, 800, 450, 450)
    assert faults(Sitter().load(722, loads, dt_ms=5000)) == []  # nobody calibrated it
    sitter = Sitter(calibrated=True).load(718, loads, dt_ms=5000)
    assert faults(sitter) == [] and not sitter.engine.calibration.wants_recalibration
    begun = [(2, 7, 1), (3, 7, 1)]
    assert [fault[1:] for fault in faults(sitter.load(6, loads, dt_ms=5000))] == begun  # and not again
    assert sitter.engine.calibration.wants_recalibration
    sitter.engine.use_calibration(Calibration())
    assert [fault[1:] for fault in faults(sitter.load(2, loads, dt_ms=5000))[2:]] == [(2, 7, 0), (3, 7, 0)]
    assert not sitter.engine.calibration.wants_recalibration


def test_another_calibration_is_in_force_at_once():
    sitter = Sitter().load(10, SAT)
    calibration = Calibration()
    for zone in range(4):
        calibration.set_reference(zone, 10000)
    sitter.engine.use_calibration(calibration)
    sitter.load(1, SAT)
    assert (sitter.decisions.left.u, sitter.decisions.right.u) == (400, 400)
    assert sitter.engine.calibration is calibration


def test_a_board_has_four_zones_if_nobody_says_otherwise():
    engine = Engine(Settings(), Calibration(), 3300, (3300,) * 4)
    assert engine.sensing.present == (True,) * 4
    engine.sample([level_of(800), level_of(800), 5, 5])
    engine.decide(1000)
    assert [zone.u for zone in engine.sensing.zones[:2]] == [800, 800]
    assert engine.sensing.zones[2].g_ns == 45  # 5 · 303030 nS / 32995: nor has it a dead end
