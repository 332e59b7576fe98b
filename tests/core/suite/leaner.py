"""Somebody who leans as the calibration asks, for the suites."""

from capturing import Seat

from cushion.core import capture
from cushion.core.calibration import Calibration
from cushion.core.leans import Leans

PHASES = ("upright",) * 10 + ("left",) * 15 + ("right",) * 15 + ("forward",) * 15
UPRIGHT_PA = (8000, 8000, 4000, 4000)
# Of the upright load, percent: a lean over one sitting bone, feet flat, moves the other's load there.
OVER = {
    "upright": (100, 100, 100, 100),
    "left": (180, 15, 115, 95),
    "right": (15, 180, 95, 115),
    "forward": (40, 40, 150, 150),
}


def nominal_pa(pa, exponent, gain=1.0):
    """What the nominal gain makes of a pressure on a sensor whose conductance follows its power."""
    if exponent == 1.0 and gain == 1.0:
        return pa  # no float: a suite's heap is small
    return round(gain * 8000 * (pa / 8000) ** exponent)


def leaned(exponents=(1.0,) * 4, gains=(1.0,) * 4, wires=(0, 1, 2, 3), loads=None, present=(True,) * 4, off=None):
    """Leans of somebody who follows each request within three seconds; zone i shows what lies at place `wires[i]`."""
    seat, calibration, moved = Seat(), Calibration(), dict(OVER)
    moved.update(loads or {})
    calibration.calibrated, calibration.tare_ns[2], calibration.gain_pa_per_us[1] = True, 77, 70
    taking, second, before, begun = Leans(calibration, present), 0, "upright", 0
    while taking.state == capture.RUNNING and second < 120:
        phase = PHASES[second] if second < len(PHASES) else "upright"
        assert taking.phase == (phase if second < len(PHASES) else "fitting")
        if phase != before and second and phase != PHASES[second - 1]:
            begun = second
        ahead = min(3, second - begun)
        for zone in range(4):
            place = wires[zone]
            was = moved[PHASES[begun - 1] if begun else "upright"][place]
            percent = was + (moved[phase][place] - was) * ahead // 3
            if off and off[0] == second and off[1] == zone:
                seat.zones[zone].quality = off[2]
            pa = UPRIGHT_PA[place] * percent // 100
            seat.zones[zone].pressure_pa = nominal_pa(pa, exponents[place], gains[place]) if present[zone] else 0
        taking.take(seat)
        second += 1
    return taking
