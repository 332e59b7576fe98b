"""A strap or a fold that presses on one zone since power came on: said, not taken for a person, tared once proven."""

from sitter import Sitter

from cushion.core import records
from cushion.core.records import OK, PRELOAD, STATE_VACANT

STRAP = (0, 0, 0, 300)
SITS = (800, 800, 400, 700)


def qualities(sitter):
    return [zone.quality for zone in sitter.engine.sensing.zones]


def strapped(seconds=100):
    return Sitter().load(seconds, STRAP, stirs=False)


def test_a_zone_that_was_loaded_alone_since_power_on_is_said_so_and_is_nobody():
    sitter = strapped()
    assert qualities(sitter) == [OK, OK, OK, PRELOAD]
    assert sitter.of(records.FAULT) == [(21, 3, PRELOAD, 1)], sitter.of(records.FAULT)
    assert sitter.of(records.SAT) == [] and sitter.decisions.state() == STATE_VACANT


def test_it_is_not_tared_before_somebody_proved_it():
    sitter = strapped(1200)
    assert sitter.of(records.CALIBRATION) == [] and sitter.engine.calibration.tare_ns == [0] * 4
    assert sitter.engine.sensing.zones[3].u >= 299


def test_once_somebody_sat_and_left_it_is_the_zero():
    sitter = strapped().load(300, SITS).load(50, STRAP, stirs=False)
    assert sitter.of(records.CALIBRATION) == []
    sitter.engine.calibration.auto_tare_ns[3] = 7
    sitter.load(60, STRAP, stirs=False)
    assert sitter.engine.calibration.auto_tare_ns == [0] * 4
    ((second, *values),) = sitter.of(records.CALIBRATION)
    tare_ns = 300 * 5000 // 77  # 300 permille of 5 kPa, at 77 Pa a microsiemens
    assert abs(values[3] - tare_ns) <= 20 and values[:3] == [0, 0, 0]
    assert values[4:] == [5000] * 4 + [3] and 460 <= second <= 490
    assert sitter.engine.sensing.zones[3].u <= 1 and qualities(sitter) == [OK] * 4
    sitter.load(300, (800, 800, 400, 700))
    assert abs(sitter.engine.sensing.zones[3].u - 400) <= 3
    assert [row[1:] for row in sitter.of(records.FAULT)][-1] == (3, PRELOAD, 0)


def test_a_sensor_that_is_stuck_from_the_start_is_never_tared():
    sitter = strapped()
    for left in (800, 900) * 30:
        sitter.load(5, (left, 800, 400, 300), stirs=False)
    sitter.load(300, STRAP, stirs=False)
    assert sitter.of(records.CALIBRATION) == [] and qualities(sitter)[3] == PRELOAD
