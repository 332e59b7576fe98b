"""The calibration's leans: the curves that they give."""

from capturing import Seat
from leaner import UPRIGHT_PA, leaned, nominal_pa

from cushion.core import leans
from cushion.core.calibration import Calibration
from cushion.core.leans import Leans


def test_logarithms_and_powers_are_those_of_a_table_book():
    for value, log in ((1, 0), (2, 1024), (3, 1623), (10, 3401), (1000, 10204), (65535, 16384), (1 << 29, 29696)):
        assert abs(leans.log2_1024(value) - log) <= 1, value
    for exponent, permille in (
        (0, 1000),
        (1024, 2000),
        (512, 1414),
        (-1024, 500),
        (-512, 707),
        (599, 1499),
        (-3400, 100),
    ):
        assert abs(leans.exp2_permille(exponent) - permille) <= 1, exponent
    assert leans.exp2_permille(99999) == 32000 and leans.exp2_permille(-99999) == 0


def test_a_straight_sensor_keeps_its_loads():
    taking = leaned()
    assert (taking.state, taking.why) == ("done", "")
    assert all(900 <= exponent <= 1100 for exponent in taking.gained["exponent_permille"]), taking.gained
    assert all(abs(pa - UPRIGHT_PA[zone]) <= UPRIGHT_PA[zone] // 8 for zone, pa in enumerate(taking.result.ref_pa))
    assert (taking.result.calibrated, taking.result.tare_ns) == (True, [0, 0, 77, 0])
    assert taking.result.gain_pa_per_us == [77, 70, 77, 77]


def u_at(calibration, zone, percent, exponent, gain):
    whole = nominal_pa(UPRIGHT_PA[zone] * percent / 100, exponent, gain)
    return calibration.relative_u(zone, calibration.bent_pa(zone, whole))


def test_bent_sensors_show_half_a_load_as_half():
    """Half a load on a sensor of exponent 0.5 is 707 permille without its curve, on one of 1.5 it is 354."""
    for exponents, gains in (
        ((0.5, 0.5, 0.5, 0.5), (1.0, 1.0, 1.0, 1.0)),
        ((0.5, 0.6, 0.5, 0.6), (0.8, 1.2, 1.0, 1.0)),
        ((1.5, 1.5, 1.5, 1.5), (1.0, 0.7, 1.3, 1.0)),
        ((0.8, 0.7, 0.7, 0.8), (1.3, 1.0, 1.0, 0.7)),
    ):
        taking = leaned(exponents, gains)
        assert (taking.state, taking.why) == ("done", ""), exponents
        for zone in (0, 1):
            for percent, least, most in ((100, 985, 1015), (60, 520, 680), (50, 410, 590)):
                u = u_at(taking.result, zone, percent, exponents[zone], gains[zone])
                assert least <= u <= most, (exponents, zone, percent, u)
        assert taking.gained["is_permille"] <= 40 and taking.gained["is_permille"] <= taking.gained["was_permille"]


def test_the_bent_sensor_was_far_off_and_is_not():
    gained = leaned((0.5,) * 4).gained
    assert gained["was_permille"] >= 60 and gained["is_permille"] <= 10
    assert all(430 <= exponent <= 580 for exponent in gained["exponent_permille"])


def test_a_cushion_of_two_zones_leans_too():
    taking = leaned((0.6, 0.6, 1.0, 1.0), present=(True, True, False, False))
    assert (taking.state, taking.why) == ("done", "")
    assert 400 <= u_at(taking.result, 0, 50, 0.6, 1.0) <= 600
    assert list(taking.result.step_pa)[2:] == [0, 0]


def test_the_time_left_never_rises():
    seat, taking = Seat(), Leans(Calibration(), (True,) * 4)
    assert (taking.left_s, taking.phase, taking.state) == (90, "upright", "running")
    for zone in range(4):
        seat.zones[zone].pressure_pa = 5000
    for left_s in range(89, 79, -1):
        taking.take(seat)
        assert taking.left_s == left_s
    assert taking.phase == "left"
