"""The current of each part, for both the energy model and the circuit's budget, each figure with its source.

Data sheets were looked up in stored copies where the source says so; "judged" is a judgement, "from memory" one for
which no copy was found. Where a source gives a range, this is its upper end. Nothing was measured on a cushion.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Current:
    """``ma`` while the part is on, and the source."""

    ma: float
    source: str


CURRENTS = {
    "chip at work": Current(
        44.0,
        "ESP32 data sheet, power by modes, looked up: modem-sleep, 160 MHz, two cores 27 to 44 mA; "
        "lucidar.me measured 42 mA on a FireBeetle",
    ),
    "chip in light sleep": Current(
        1.1, "ESP32 data sheet, looked up: 0.8 mA; the rest for the button's pull-up in the RTC domain is judged"
    ),
    "chip in deep sleep": Current(
        0.05,
        "ESP32 data sheet, looked up: 0.01 mA with RTC timer and memory. A whole FireBeetle 2 was measured at 0.018 "
        "and 0.023 mA (on GitHub: antoinecellerier, Torxgewinde); doubled for the button's pull-up, judged",
    ),
    "battery board at rest": Current(
        0.020, "regulator, charger, battery divider, while the chip isn't in deep sleep; judged from the above"
    ),
    "converter": Current(0.2, "ADS1115, TI SBAS444, looked up: 0.15 mA, at most 0.2 mA at 25 degC"),
    "converter asleep": Current(0.002, "the same: 0.5 uA, at most 2 uA at 25 degC"),
    "motor driver asleep": Current(0.007, "DRV2605L with EN low, TI SLOS854, from memory"),
    "motor": Current(
        66.0, "Adafruit 1201, looked up: 60 mA at 3 V, so 66 at 3.3 V; TI SLOA194A measured 58 for an ERM"
    ),
    "motor starting": Current(
        100.0, "the same motor, looked up: 100 mA at 5 V; standing still 33 ohm at 3.3 V, judged"
    ),
    "dev board at work": Current(
        50.0, "chip at work, its USB bridge and LED; lucidar.me measured 43 mA on an ESP32-DevKitC V4"
    ),
    "dev board asleep": Current(
        10.0, "lucidar.me measured 3.8 mA on an ESP32-DevKitC V4 by USB; more for its regulator fed backwards, judged"
    ),
    "S3 at work": Current(
        40.0,
        "lucidar.me measured 31.7 mA on an ESP32-S3-DevKitM-1, ComNets-Bremen (MoleNet V6, on GitHub) 32.3 mA on an "
        "ESP32-S3, a user of Seeed's forum 34 mA on a XIAO; for a busy core at 240 MHz more, judged",
    ),
    "S3 in light sleep": Current(
        2.0,
        "ESP32-S3 data sheet: 0.24 mA; MoleNet V6 measured 0.78 mA, but boards of two others drew 1.9 and 2 mA "
        "(esp32.com, forum.dronebotworkshop.com); the eight-line PSRAM is in it. The widest of all spans here",
    ),
    "S3 in deep sleep": Current(
        0.02,
        "ESP32-S3 data sheet: 0.007 to 0.008 mA; a XIAO at its battery pads was measured at 0.010 mA at 3.8 V, and at "
        "0.3 mA from 3.3 V down (forum.seeedstudio.com), where this cushion switches off; doubled, judged",
    ),
    "S3 board at work": Current(
        45.0, "S3 at work, and its regulator and LED, judged; MoleNet V6 measured 38.8 mA at 5 V"
    ),
    "USB sense on battery": Current(0.0001, "a pull-up of 45 kohm on 6.8 kohm for some 10 us, four times a second"),
    "battery divider": Current(0.006, "the battery carrier's R26, R27 and R24, 1 Mohm each, at 4.2 V"),
    "reference": Current(0.05, "REF3033, TI SBVS032: 42 uA, at most 50 uA, from memory"),
}

NS_PER_PA = 13.0  # a sensor under its puck (hardware/README.md)


def ma(name: str) -> float:
    """One part's current, mA."""
    return CURRENTS[name].ma


def dividers_ma(loads_pa: tuple[int, ...], supply_v: float, divider_ohm: float) -> float:
    """The current of sensors under these loads, each in series with its divider's resistor, mA."""
    return sum(1000 * supply_v / (divider_ohm + 1e9 / (NS_PER_PA * pa)) for pa in loads_pa if pa)
