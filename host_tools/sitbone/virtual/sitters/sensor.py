"""From pressure on a zone to what the ESP32's ADC reports: force-sensing resistor, divider, converter.

The converter's curve is a fit to a measured one (33 points, 0 to 3.3 V at 11 dB, mean count and its spread): a straight
line up to 2.45 V, bent by two terms above. Residuals: 4.6 counts rms below, 7.2 above, 14.7 at worst; the spread of a
single reading was 2.3 counts (median) to 10. What the chip's calibrated read makes of a count is the curve backwards,
so what is left of its shape is noise and rounding; it is dead below the line's foot and full at 3.2 V.

The resistor is a power law with a contact resistance in series: ``G = k·p^n / (1 + k·p^n / G_contact)``. Three
sensors on a force gauge (hand-applied staircases from 5 to 75 N) give n = 1.45, 1.75, 1.60 and leave 15, 24 and 43 %
rms; at 10 N, where a seat uses them, the contact has bent that to 1.06 … 1.43, and they conduct as 1 : 1.8 : 3.9.
Loading and unloading differ by less than the residuals. The stack of a cushion (disc, foam) stays in the gauge's
lowest quarter; nominal here is therefore n = 1, 13 uS per kPa, and a batch of simulated sensors spreads both. Not
fitted, from data sheets and judgement: 5 % creep per decade of time, 0.35 % per kelvin, hysteresis of a few percent.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

ADC_COUNTS_PER_MV = 1.2214
ADC_OFFSET_COUNTS = -162.74
ADC_KNEE_MV = 2450.0
ADC_BEND = (710.8, 151.2)  # counts per V² and V³ above the knee
ADC_FULL_COUNTS = 4095
NOMINAL_KPA = 8.0
ROOM_C = 22.0
BENCH_EXPONENTS = (0.4, 1.6)
"""Between these, sensors on benches follow force, from light loads to where their contact bends them."""


def adc_counts(pin_mv: Array) -> Array:
    """The converter's mean count at a pin voltage, before rounding and its ends."""
    over = np.maximum(0.0, pin_mv - ADC_KNEE_MV) / 1000
    return ADC_OFFSET_COUNTS + ADC_COUNTS_PER_MV * pin_mv + ADC_BEND[0] * over**2 + ADC_BEND[1] * over**3


_CURVE_MV = np.arange(0.0, 3400.0, 1.0)
_CURVE_COUNTS = adc_counts(_CURVE_MV)


@dataclass(frozen=True)
class ZoneSensor:
    """The four sensors of one cushion. ``gain`` and ``exponent`` are theirs, around 1; ``hysteresis`` is half the
    width. ``bias_ohm`` is the resistor parallel to each, 0 where there is none.
    """

    divider_ohm: float = 3300.0
    bias_ohm: float = 0.0
    supply_mv: float = 3300.0
    us_per_kpa: float = 13.0
    gain: tuple[float, ...] = (1.0,)
    exponent: tuple[float, ...] = (1.0,)
    contact_us: float = 1e9
    hysteresis: float = 0.0
    temperature_c: float = ROOM_C
    gain_per_kelvin: float = 0.0035
    creep_per_decade: float = 0.05
    creep_from_s: float = 10.0
    noise_mv: float = 3.0
    dead_below_mv: float = 142.0
    saturated_mv: float = 3200.0

    def conductance_us(self, kpa: Array, loaded_s: Array) -> Array:
        """Conductance of the sensors under a pressure that has lasted so long."""
        creep = 1 + self.creep_per_decade * np.log10(np.maximum(1.0, loaded_s / self.creep_from_s))
        warm = 1 + self.gain_per_kelvin * (self.temperature_c - ROOM_C)
        gain, exponent = _per_zone(self.gain, kpa), _per_zone(self.exponent, kpa)
        free_us = self.us_per_kpa * gain * warm * creep * NOMINAL_KPA * (np.maximum(kpa, 0.0) / NOMINAL_KPA) ** exponent
        return np.asarray(free_us / (1 + free_us / self.contact_us))

    def divider_mv(self, kpa: Array, loaded_s: Array) -> Array:
        """Voltage at the ADC pin; ``loaded_s`` broadcasts against ``kpa``: for how long the sensor has carried load."""
        bias_us = 1e6 / self.bias_ohm if self.bias_ohm else 0.0
        ratio = (self.conductance_us(kpa, loaded_s) + bias_us) * 1e-6 * self.divider_ohm
        return self.supply_mv * ratio / (1 + ratio)

    def reported_mv(self, pin_mv: Array, rng: np.random.Generator) -> Array:
        """What ``read_uv`` makes of a pin voltage."""
        noisy = pin_mv + rng.normal(0.0, self.noise_mv, pin_mv.shape)
        counts = np.clip(np.round(adc_counts(noisy)), 0, ADC_FULL_COUNTS)
        seen = np.minimum(np.interp(counts, _CURVE_COUNTS, _CURVE_MV), self.saturated_mv)
        return np.where(noisy < self.dead_below_mv, 0.0, seen)


def _per_zone(values: tuple[float, ...], kpa: Array) -> Array:
    """One value for all, or one each where the last axis is the zones."""
    return np.asarray(values if len(values) > 1 and kpa.shape[-1:] == (len(values),) else values[0], dtype=np.float64)


def batch(
    rng: np.random.Generator,
    zones: int,
    *,
    spread: float = 0.15,
    temperature_c: float = ROOM_C,
    exponents: tuple[float, float] | None = None,
) -> ZoneSensor:
    """Sensors as they come out of one bag. ``exponents``: the bag's is drawn between these instead, and its sensors
    differ from it by 12 %.
    """
    gain = tuple(rng.lognormal(0.0, spread, zones))
    if exponents is None:
        exponent = np.clip(rng.normal(1.08, 0.08, zones), 0.9, 1.3)
    else:
        exponent = np.clip(np.exp(rng.uniform(*np.log(exponents))) * rng.lognormal(0.0, 0.12, zones), *exponents)
    return ZoneSensor(
        gain=gain,
        exponent=tuple(exponent),
        contact_us=2500.0,
        hysteresis=0.015,
        temperature_c=temperature_c,
    )
