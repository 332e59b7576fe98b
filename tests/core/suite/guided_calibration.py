"""The guided calibration: its first phase, and what both share: time, faulty sensors, the first reason given."""

from capturing import BONES_AND_THIGHS, Seat, captured, mine

from cushion.core import capture
from cushion.core.calibration import Calibration
from cushion.core.capture import Capture
from cushion.core.records import DRIFTING, FROZEN, IMBALANCE, MISSING, OK, OPEN, SATURATED, SHORT

MOVED_THERE = "something moved on the {}; leave the seat alone and start again"
ON_THE_SEAT = "somebody or something is on the seat; clear it and start again"
FAULTY = "the sensor of the {} is faulty; check its wiring"


def test_a_capture_begins_with_its_time_ahead():
    for phase, left_s in ((capture.EMPTY, 10), (capture.SEATED, 210)):
        taking = Capture(phase, Calibration())
        assert (taking.phase, taking.state, taking.left_s) == (phase, "running", left_s)
        assert (taking.why, taking.result) == ("", None)
    assert (capture.EMPTY, capture.SEATED) == ("empty", "seated")
    assert (capture.RUNNING, capture.DONE, capture.REFUSED) == ("running", "done", "refused")
    assert capture.NAMES == BONES_AND_THIGHS and repr(capture.OCCUPIED_PA) == "3000"


def empty(level, calibration=None):
    return captured(capture.EMPTY, 10, level, calibration)


def test_an_empty_seat_takes_ten_seconds_and_gives_medians_as_tare():
    order, share = (3, 9, 0, 5, 7, 1, 8, 2, 6, 4), (100, 200, 10, 1)

    def rising(second, zone):
        return order[second] * share[zone]

    assert captured(capture.EMPTY, 9, rising).left_s == 1
    taking = empty(rising, mine())
    assert (taking.state, taking.left_s, taking.why) == (capture.DONE, 0, "")
    result = taking.result
    assert result.tare_ns == [500, 1000, 50, 5]
    assert (result.gain_pa_per_us, result.ref_pa) == ([70, 71, 72, 73], [6000, 7000, 2000, 3000])
    assert result.auto_tare_ns == [0] * 4 and not result.calibrated
    known = mine()
    known.calibrated = True
    assert empty(rising, known).result.calibrated


def test_an_empty_seat_may_move_by_250_pascals():
    for moved, name in enumerate(BONES_AND_THIGHS):
        for moved_ns, why in ((3259, ""), (3260, MOVED_THERE.format(name))):  # 3260 nS · 77 = 251.02 Pa
            for lone, way in ((0, 1), (9, -1)):

                def level(second, zone, alone=(lone, moved), off_ns=way * moved_ns):
                    return 8191 + (off_ns if (second, zone) == alone else 0)

                taking = empty(level)
                assert (taking.why, taking.state) == (why, "refused" if why else "done"), (name, moved_ns, lone)


def test_an_empty_seat_carries_3000_pascals_at_most():
    for levels_ns, why in (
        ((9741, 9741, 9741, 9741), ""),  # 750 Pa each
        ((9741, 9741, 9741, 9754), ON_THE_SEAT),  # and 751
        ((38961, 12, 12, 12), ""),  # 2999 Pa, and thrice a part of one
        ((0, 38975, 0, 0), ON_THE_SEAT),
    ):
        assert empty(lambda _, zone, levels_ns=levels_ns: levels_ns[zone]).why == why, levels_ns


def test_the_first_reason_is_the_one_reported():
    taking = empty(lambda second, zone: 20000 if second % 2 == zone % 2 else 90000)
    assert taking.why == MOVED_THERE.format("left sitting bone")


def test_a_faulty_sensor_ends_it_at_once_and_a_missing_one_does_not():
    for phase in (capture.EMPTY, capture.SEATED):
        for zone in range(4):
            for quality in (SHORT, SATURATED, FROZEN, IMBALANCE, OPEN, DRIFTING):
                seat, taking = Seat(), Capture(phase, Calibration())
                taking.take(seat)
                left_s = taking.left_s
                seat.zones[zone].quality = seat.zones[3].quality = quality
                taking.take(seat)
                found = (taking.state, taking.why, taking.left_s, taking.result)
                assert found == ("refused", FAULTY.format(BONES_AND_THIGHS[zone]), left_s, None)
    seat, taking = Seat(), Capture(capture.EMPTY, Calibration())
    seat.zones[2].quality = seat.zones[3].quality = MISSING
    for _ in range(10):
        taking.take(seat)
    assert taking.state == capture.DONE


def test_what_ended_stays_as_it_is():
    seat, taking = Seat(), empty(lambda second, zone: 0)
    result = taking.result
    seat.zones[0].quality = SHORT
    taking.take(seat)
    assert (taking.state, taking.left_s, taking.why) == ("done", 0, "") and taking.result is result
    refused = Capture(capture.EMPTY, Calibration())
    refused.take(seat)
    seat.zones[0].quality = OK
    seat.zones[1].quality = FROZEN
    for _ in range(12):
        refused.take(seat)
    assert (refused.state, refused.left_s, refused.why) == ("refused", 10, FAULTY.format("left sitting bone"))
