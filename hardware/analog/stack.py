"""What the sensing stack makes of a pressure, by the sensor's data-sheet curve: why this sensor, in numbers.

The curve is the usual fit to the FSR 400 series, R = 30 kohm · (F / 1 N)^-0.9; parts differ from it by some 25 %. The
FSR 402's own sheet gives 0.1 to 10 N. The firmware takes conductance as proportional to pressure (13 nS/Pa).
"""

from math import pi

from hardware.analog.foam import HARD_KPA, Layer
from hardware.analog.spice import SENSOR_NS_PER_PA
from hardware.case.sizes import FOAM_MM, PUCK_MM, PUCK_PROUD_MM, SHEET_MM

OHM_AT_1_N, EXPONENT = 30e3, 0.9
RANGE_N = (0.1, 10.0)
PUCK_GATHERS = 1.3  # pressure on the puck over that beside it, since it stands proud: foam.py, and a test

# Revision A's puck: wide, and 10 mm below the skin.
OLD_PUCK_MM = 25.0


def under_foam(foam_kpa: float, foam_mm: float = FOAM_MM, puck: bool = True) -> list[Layer]:
    """The layers above the base board under a sitting bone; without its puck it is the plain cushion."""
    if not puck:
        return [Layer(foam_mm, foam_kpa)]
    return [Layer(PUCK_PROUD_MM, foam_kpa, 0.2, PUCK_MM / 2, HARD_KPA), Layer(foam_mm - PUCK_PROUD_MM, foam_kpa)]


def revision_a(foam_kpa: float, puck: bool = True) -> list[Layer]:
    """30 mm of foam, the sheet with its puck, 10 mm of foam."""
    hard = (OLD_PUCK_MM / 2, HARD_KPA) if puck else (0.0, 0.0)
    return [
        Layer(30.0, foam_kpa),
        Layer(SHEET_MM, 1000.0 if puck else foam_kpa, 0.3, *hard),
        Layer(PUCK_PROUD_MM, foam_kpa, 0.2, *hard),
        Layer(10.0 - PUCK_PROUD_MM, foam_kpa),
    ]


def puck_mm2(puck_mm: float = PUCK_MM) -> float:
    return pi * puck_mm**2 / 4


def force_n(kpa: float) -> float:
    """On the sensor, by the pressure on the base beside it."""
    return PUCK_GATHERS * kpa * 1e-3 * puck_mm2()


def conductance_us(newton: float) -> float:
    return 1e6 / OHM_AT_1_N * float(newton**EXPONENT)


def us_per_kpa(kpa: float) -> float:
    """What the stack gives at a pressure; the firmware assumes 13 at all of them."""
    return conductance_us(force_n(kpa)) / kpa


def off_linear(kpa: float) -> float:
    """How far the stack is from the firmware's straight line, 0 = on it."""
    return us_per_kpa(kpa) / SENSOR_NS_PER_PA - 1


def table() -> list[tuple[float, float, float, float]]:
    """(kPa on the base, N on the sensor, uS, deviation from the firmware's line)."""
    return [
        (kpa, force_n(kpa), conductance_us(force_n(kpa)), off_linear(kpa)) for kpa in (1.0, 2.0, 5.0, 10.0, 15.0, 20.0)
    ]
