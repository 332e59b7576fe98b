"""What the sensing stack makes of a pressure, by the sensor's data-sheet curve: why this sensor, in numbers.

The curve is the usual fit to the FSR 400 series, R = 30 kohm · (F / 1 N)^-0.9; parts differ from it by some 25 %. The
maker specifies up to about 20 N. The firmware takes conductance as proportional to pressure (13 nS/Pa).
"""

from math import pi

from hardware.analog.spice import SENSOR_NS_PER_PA
from hardware.case.sizes import PUCK_MM

OHM_AT_1_N, EXPONENT = 30e3, 0.9
SPECIFIED_N = 20.0
PEAK_ON_FIRM_SEAT_KPA = 41.0


def force_n(kpa: float, area_mm2: float) -> float:
    return kpa * 1e-3 * area_mm2


def puck_mm2() -> float:
    return pi * PUCK_MM**2 / 4


def conductance_us(newton: float) -> float:
    return 1e6 / OHM_AT_1_N * float(newton**EXPONENT)


def us_per_kpa(kpa: float) -> float:
    """What the stack gives at a pressure; the firmware assumes 13 at all of them."""
    return conductance_us(force_n(kpa, puck_mm2())) / kpa


def off_linear(kpa: float) -> float:
    """How far the stack is from the firmware's straight line, 0 = on it."""
    return us_per_kpa(kpa) / SENSOR_NS_PER_PA - 1


def table() -> list[tuple[float, float, float, float]]:
    """(kPa, N on the sensor, uS, deviation from the firmware's line)."""
    rows = []
    for kpa in (2.0, 5.0, 10.0, 20.0, 41.0, 60.0):
        newton = force_n(kpa, puck_mm2())
        rows.append((kpa, newton, conductance_us(newton), off_linear(kpa)))
    return rows
