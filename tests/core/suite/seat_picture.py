"""What one sample alone makes of the seat, for a picture that moves with it."""

from cushion.core.calibration import Calibration
from cushion.core.sensing import NO_READING, Sensing

SUPPLY_MV, DIVIDER_OHM = 3300, (3300,) * 4
LOADED = (6000, 5000, 3000, 2000)


def seat(levels_100uv):
    sensing = Sensing(SUPPLY_MV, DIVIDER_OHM, (True, True, True, True))
    calibration = Calibration()
    for _ in range(120):
        sensing.sample(levels_100uv)
        sensing.close_second(1000, calibration, 30)
    return sensing, calibration


def test_a_sample_like_the_second_before_it_gives_the_same_pressures():
    sensing, calibration = seat(LOADED)
    found = sensing.pressures_of(LOADED, calibration)
    assert found == [zone.pressure_pa for zone in sensing.zones]
    assert min(found) > 0


def test_a_sample_moves_only_its_own_zone_and_nothing_that_is_decided():
    sensing, calibration = seat(LOADED)
    before = [zone.pressure_pa for zone in sensing.zones]
    found = sensing.pressures_of((8000, 5000, 3000, 2000), calibration)
    assert found[0] > before[0]
    assert found[1:] == before[1:]
    assert [zone.pressure_pa for zone in sensing.zones] == before


def test_where_a_sample_is_no_load_the_last_second_stands():
    sensing, calibration = seat(LOADED)
    before = [zone.pressure_pa for zone in sensing.zones]
    assert sensing.pressures_of((NO_READING, SUPPLY_MV * 10, 3000, 2000), calibration) == before
