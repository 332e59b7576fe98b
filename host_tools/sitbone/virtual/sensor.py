"""From pressure on a zone to what the ESP32's ADC reports: force-sensing resistor, divider, converter.

Nominal figures: 13 uS per kPa, linear; conductance creeps by 5 % per decade of time under load; 3 mV of noise. The
converter is dead below 142 mV: it reports 0 there. (The chip's own calibration would report its offset, about 142 mV,
for a count of 0; recorded traces know an unloaded zone as 0.)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class ZoneSensor:
    divider_ohm: float = 3300.0
    supply_mv: float = 3300.0
    us_per_kpa: float = 13.0
    creep_per_decade: float = 0.05
    creep_from_s: float = 10.0
    noise_mv: float = 3.0
    dead_below_mv: float = 142.0
    saturated_mv: float = 3200.0
    step_mv: float = 3300.0 / 4095.0

    def divider_mv(self, kpa: Array, loaded_s: Array) -> Array:
        """Voltage at the ADC pin; ``loaded_s`` broadcasts against ``kpa``: for how long the sensor has carried load."""
        creep = 1 + self.creep_per_decade * np.log10(np.maximum(1.0, loaded_s / self.creep_from_s))
        ratio = self.us_per_kpa * 1e-6 * self.divider_ohm * kpa * creep
        return self.supply_mv * ratio / (1 + ratio)

    def reported_mv(self, pin_mv: Array, rng: np.random.Generator) -> Array:
        """What ``read_uv`` makes of a pin voltage."""
        noisy = pin_mv + rng.normal(0.0, self.noise_mv, pin_mv.shape)
        seen = np.minimum(np.round(noisy / self.step_mv) * self.step_mv, self.saturated_mv)
        return np.where(noisy < self.dead_below_mv, 0.0, seen)
