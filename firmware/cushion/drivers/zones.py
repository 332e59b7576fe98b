"""The four pressure zones on the ESP32's ADC1, their supply switched on only while they are read."""

import time

from cushion.core.sensing import NO_READING

OVERSAMPLE = 4
SETTLE_US = 200  # divider and filter, after the supply came on
UV_PER_LEVEL = 100


class Zones:
    """`adcs`: an ADC object (or None where the board has no such zone) for each zone; `supply`: output pin.

    What is below `dead_mv` counts as no voltage at all.
    """

    def __init__(self, adcs, supply, dead_mv):
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
        for _ in range(OVERSAMPLE):
            total_uv += adc.read_uv()
        level_100uv = total_uv // (OVERSAMPLE * UV_PER_LEVEL)
        return level_100uv if level_100uv >= self._dead_100uv else 0
