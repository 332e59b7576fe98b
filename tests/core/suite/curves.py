"""A zone's curve: from what the nominal gain makes of it to its pressure; where it is kept, and what is no curve."""

from capturing import captured
from support import allocation_free, raises

from cushion.core.calibration import CURVE_NODES, Calibration, from_state
from cushion.core.capture import EMPTY, SEATED
from cushion.core.leans import bend
from cushion.core.sensing import NO_READING, Sensing, Zone

SQUARE = [node * node * 1000 // 64 for node in range(CURVE_NODES)]  # of a sensor whose conductance follows the root


def bent():
    """Zone 1 squares its load; its reference, 6000 Pa, is nominally 8000."""
    calibration = Calibration()
    calibration.set_reference(1, 6000)
    bend(calibration, 1, 8000, SQUARE)
    return calibration


def test_a_curve_goes_through_its_nodes_straight_in_between_and_on_at_the_end():
    calibration = bent()
    for nominal_pa, pa in (
        (0, 0),
        (500, 45),
        (1000, 90),
        (2000, 372),
        (4000, 1500),
        (4500, 1920),
        (8000, 6000),
        (8999, 7588),
        (16000, 24000),
        (17000, 26904),
        (24000, 44370),  # eight nodes beyond the last but one is the most that is added
        (65535, 44370),
    ):
        assert abs(calibration.bent_pa(1, nominal_pa) - pa) <= 12, (nominal_pa, calibration.bent_pa(1, nominal_pa))
    for zone in (0, 2, 3):
        assert calibration.bent_pa(zone, 1234) == 1234
    assert allocation_free(lambda: calibration.bent_pa(1, 4000)) == 1500


def test_no_pressure_is_beyond_what_is_stored():
    calibration = Calibration()
    calibration.set_reference(0, 20000)
    bend(calibration, 0, 8000, [node * 500 for node in range(CURVE_NODES)])
    assert calibration.bent_pa(0, 7000) == 65535 and calibration.curve_pa[CURVE_NODES - 1] == 65535


def test_curves_outlive_a_restart():
    calibration = bent()
    state = calibration.to_state()
    assert state["step_pa"] == [0, 1000, 0, 0] and state["curve_pa"][CURVE_NODES + 8] == 6000
    again = from_state(state)
    assert [again.bent_pa(1, pa) for pa in (300, 5000)] == [calibration.bent_pa(1, pa) for pa in (300, 5000)]
    plain = Calibration().to_state()
    assert "step_pa" not in plain and from_state(plain).step_pa is None


def test_an_empty_seat_keeps_the_curves_and_a_sit_is_measured_without():
    calibration = bent()
    taken = captured(EMPTY, 10, lambda second, zone: 10, calibration).result
    assert [taken.bent_pa(1, pa) for pa in (300, 5000)] == [calibration.bent_pa(1, pa) for pa in (300, 5000)]
    assert captured(SEATED, 1, lambda second, zone: 4000, calibration, left_s=1).result.step_pa is None
    zone = Zone()
    assert zone.nominal_of(51948, 1, calibration) == 3999 and zone.pressure_of(51948, 1, calibration) == 1499


def test_what_is_no_curve_is_refused():
    good = bent().to_state()
    for step_pa, curve_pa in (
        ([0, 1000, 0], good["curve_pa"][:-18]),
        ([0, 1000, 0, 0], good["curve_pa"][:-1]),
        ([0, 1000, 0, 0], [9] + [0] * 67),
        ([8000, 0, 0, 0], [0, 20000] + [20000] * 15 + [0] * 51),
        ([-1, 0, 0, 0], [0] * 68),
        ([0, 1000, 0, 0], [0] * 67 + [70000]),
        (7, [0] * 68),
        ([0, 1000, 0, 0], None),
    ):
        state = dict(good)
        state["step_pa"], state["curve_pa"] = step_pa, curve_pa
        assert raises(ValueError, lambda state=state: from_state(state)), (step_pa, curve_pa)
    assert from_state(good).step_pa is not None


def test_the_tare_follows_by_a_share_of_what_the_reference_conducts():
    calibration = bent()
    for zone, most_ns in ((1, 8000 * 1000 // 77 * 20 // 1000), (0, 5000 * 1000 // 77 * 20 // 1000)):
        calibration.auto_tare(zone, 90000)
        assert calibration.auto_tare_ns[zone] == most_ns, zone


def test_a_bent_zone_shows_its_pressure_in_each_second_and_sample():
    sensing, calibration = Sensing(3300, (3300,) * 4, (True,) * 4), bent()
    level = (33000 * 51948 + 303030) // (303030 + 51948)  # 51.948 uS: nominally 4000 Pa
    for _ in range(4):
        sensing.sample([NO_READING, level, NO_READING, level])
    sensing.close_second(1000, calibration, 0)
    assert abs(sensing.zones[1].pressure_pa - 1500) <= 5 and abs(sensing.zones[3].pressure_pa - 4000) <= 5
    assert abs(sensing.zones[1].u - 250) <= 1
    shown = sensing.pressures_of([NO_READING, level, NO_READING, level], calibration)
    assert abs(shown[1] - 1500) <= 5 and abs(shown[3] - 4000) <= 5
