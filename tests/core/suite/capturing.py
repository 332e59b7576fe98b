"""A seat and a person for the guided calibration. No lists of what they show: a suite's heap is small."""

from cushion.core import capture
from cushion.core.calibration import Calibration
from cushion.core.capture import Capture
from cushion.core.records import OK

BONES_AND_THIGHS = ("left sitting bone", "right sitting bone", "left thigh", "right thigh")


class Shown:
    """A zone as a capture sees it."""

    def __init__(self):
        self.quality, self.g_ns, self.pressure_pa = OK, 0, 0

    def nominal_of(self, g_ns, zone, calibration):
        assert (g_ns, calibration.ref_pa[zone] > 0) == (self.g_ns, True)
        return self.pressure_pa


class Seat:
    """What a capture asks of the engine: zones to read."""

    def __init__(self):
        self.sensing = self
        self.zones = [Shown() for _ in range(4)]


def captured(phase, seconds, level, calibration=None, left_s=0):
    """A capture after these seconds of ``level(second, zone)``: nS of an empty seat, Pa of a sit. `left_s`: begin when
    no more than that is left."""
    seat, taking = Seat(), Capture(phase, calibration or Calibration())
    taking.left_s = left_s or taking.left_s
    is_empty = phase == capture.EMPTY
    for second in range(seconds):
        assert taking.state == capture.RUNNING
        for zone in range(4):
            shown = seat.zones[zone]
            shown.g_ns = level(second, zone) if is_empty else 77777
            shown.pressure_pa = 55555 if is_empty else level(second, zone)
        taking.take(seat)
    return taking


def mine():
    known = Calibration()
    known.tare_ns, known.gain_pa_per_us, known.ref_pa = [11, 22, 33, 44], [70, 71, 72, 73], [6000, 7000, 2000, 3000]
    known.auto_tare_ns = [5, 6, 7, 8]
    return known
