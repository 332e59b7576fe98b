"""The four pressure zones, on the chip's ADC1 or on a converter; their supply is on only while they are read."""

import time

from cushion.core.const import const
from cushion.core.sensing import NO_READING

SETTLE_US = 200  # divider and filter, after the supply came on
_UV_PER_LEVEL = const(100)


class Zones:
    """`adcs`: an ADC object (or None where the board has no such zone) for each zone; `supply`: output pin.

    What is below `dead_mv` counts as no voltage at all; a converter that doesn't answer gives no reading.
    ``failed_reads`` counts those.
    """

    def __init__(self, adcs, supply, dead_mv, oversample=4):
        self.failed_reads = 0
        self._oversample = oversample
        self._adcs = adcs
        self._supply = supply
        self._dead_100uv = dead_mv * 10
        self.present = tuple(adc is not None for adc in adcs)

    def read(self, levels_100uv):
        """Fills the list with each zone's voltage in units of 100 uV, NO_READING where there is none."""
        self._supply.value(1)
        time.sleep_us(SETTLE_US)
        for zone in range(len(levels_100uv)):
            levels_100uv[zone] = self._read(self._adcs[zone])
        self._supply.value(0)

    def _read(self, adc):
        if adc is None:
            return NO_READING
        total_uv = 0
        try:
            for _ in range(self._oversample):
                total_uv += adc.read_uv()
        except OSError:
            self.failed_reads += 1
            return NO_READING
        level_100uv = total_uv // (self._oversample * _UV_PER_LEVEL)
        return level_100uv if level_100uv >= self._dead_100uv else 0
