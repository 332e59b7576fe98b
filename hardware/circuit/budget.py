"""What the carrier draws, from the circuit's own values, and how far its ratings are above that.

`currents_ma` is the hardware's input to an energy model. Figures that no value of the circuit gives are from data
sheets and say whose. Nothing here was measured on a board.
"""

from hardware.circuit.circuit import value_of

RAIL_V, CELL_FULL_V, USB_V = 3.3, 4.2, 4.7
ZONES = 4
MOTOR_START_MA = 100.0  # Adafruit 1201 stalled at 3.3 V: 33 ohm
MOTOR_RUN_MA = 66.0  # 60 mA at 3 V
MODULE_AWAKE_MA = (
    50.0  # ESP32 at 160 MHz with both radios off, 27-44 mA [Espressif], and the module's USB bridge and LED
)
MODULE_ASLEEP_MA = (
    10.0  # the chip is 0.01-0.15 mA; the rest is the module's LED, regulator and bridge fed backwards [judged]
)
REFERENCE_MA, SUPERVISOR_MA, REGULATOR_MA = 0.05, 0.002, 0.08  # REF3033, MCP112, AP2112K: data sheets, highest

FUSE_HOLD_MA = 500.0
FUSE_DERATING_40C = 0.88  # both sources' curves at 40 degC, rounded down
REGULATOR_MAX_MA = 500.0  # the weaker of the two sources
SENSOR_MAX_MA_PER_CM2 = 1.0
FSR_402_CM2 = 1.27  # 12.7 mm across


def currents_ma() -> dict[str, float]:
    """Each consumer, mA while it is on. `sense` is the four dividers under 20 kPa each and what switches them."""
    at_20_kpa = RAIL_V / (value_of("R1") + 1e6 / (13e-3 * 20000))
    return {
        "module awake": MODULE_AWAKE_MA,
        "module asleep": MODULE_ASLEEP_MA,
        "always on": REFERENCE_MA + REGULATOR_MA + 1000 * CELL_FULL_V / (value_of("R17") + value_of("R18")),
        "USB only": SUPERVISOR_MA + 1000 * USB_V / (value_of("R15") + value_of("R16")),
        "sense": 1000 * (ZONES * at_20_kpa + RAIL_V / value_of("R10") + RAIL_V / value_of("R9")),
        "motor": MOTOR_RUN_MA,
        "LED": 1000 * (RAIL_V - 2.0) / value_of("R21"),
        "button held": 1000 * RAIL_V / (value_of("R19") + value_of("R20")),
    }


def peak_ma() -> float:
    """Everything at once, both motors just starting."""
    ma = currents_ma()
    rest = sum(ma[name] for name in ("module awake", "always on", "sense", "LED", "button held"))
    return rest + 2 * MOTOR_START_MA


def margins() -> dict[str, float]:
    """Rating over the worst load; 1 is none left."""
    short_ma = 1000 * RAIL_V / value_of("R1")
    return {
        "fuse at 40 degC": FUSE_HOLD_MA * FUSE_DERATING_40C / peak_ma(),
        "regulator": REGULATOR_MAX_MA / peak_ma(),
        "sensor current density": SENSOR_MAX_MA_PER_CM2 * FSR_402_CM2 / short_ma,
        "reference (second source, 5 mA)": 5.0 / (ZONES * short_ma + 1000 * RAIL_V / value_of("R10")),
        "motor switch": 2600.0 / MOTOR_START_MA,
        "flyback diode": 1000.0 / MOTOR_START_MA,
    }


def heat_mw() -> float:
    """The regulator's heat at a full cell, motors off: with them it is short, the limiter allows 3 s in 10 min."""
    return (CELL_FULL_V - RAIL_V) * (peak_ma() - 2 * MOTOR_START_MA)
