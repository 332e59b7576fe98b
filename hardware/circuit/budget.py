"""What the carrier draws, from the circuit's own values, and how far its ratings are above that.

What no value of the circuit gives comes from `sitbone.lab.currents`, as for the energy model, with sources.
Nothing here was measured on a board.
"""

from hardware.circuit.circuit import value_of
from sitbone.lab.currents import dividers_ma, ma

RAIL_V, CELL_FULL_V, USB_V = 3.3, 4.2, 4.7
LOADS_PA = (20000,) * 4  # twice and more of what people sit with

FUSE_HOLD_MA = 500.0
FUSE_DERATING_40C = 0.88  # both sources' curves at 40 degC, rounded down
REGULATOR_MAX_MA = 500.0  # the weaker of the two sources
SENSOR_MAX_MA_PER_CM2 = 1.0
FSR_402_CM2 = 1.27  # 12.7 mm across


def currents_ma() -> dict[str, float]:
    """Each consumer, mA while it is on. `sense` is the four dividers under 20 kPa each and what switches them."""
    return {
        "module awake": ma("dev board at work"),
        "module asleep": ma("dev board asleep"),
        "always on": ma("reference") + ma("regulator") + 1000 * CELL_FULL_V / (value_of("R17") + value_of("R18")),
        "USB only": ma("supply detector") + 1000 * USB_V / (value_of("R15") + value_of("R16")),
        "sense": dividers_ma(LOADS_PA, RAIL_V, value_of("R1"))
        + 1000 * (RAIL_V / value_of("R10") + RAIL_V / value_of("R9")),
        "motor": ma("motor"),
        "LED": 1000 * (RAIL_V - 2.0) / value_of("R21"),
        "button held": 1000 * RAIL_V / (value_of("R19") + value_of("R20")),
    }


def peak_ma() -> float:
    """Everything at once, both motors just starting."""
    drawn = currents_ma()
    rest = sum(drawn[name] for name in ("module awake", "always on", "sense", "LED", "button held"))
    return rest + 2 * ma("motor starting")


def margins() -> dict[str, float]:
    """Rating over the worst load; 1 is none left."""
    short_ma = 1000 * RAIL_V / value_of("R1")
    return {
        "fuse at 40 degC": FUSE_HOLD_MA * FUSE_DERATING_40C / peak_ma(),
        "regulator": REGULATOR_MAX_MA / peak_ma(),
        "sensor current density": SENSOR_MAX_MA_PER_CM2 * FSR_402_CM2 / short_ma,
        "reference (second source, 5 mA)": 5.0 / (len(LOADS_PA) * short_ma + 1000 * RAIL_V / value_of("R10")),
        "motor switch": 2600.0 / ma("motor starting"),
        "flyback diode": 1000.0 / ma("motor starting"),
    }


def heat_mw() -> float:
    """The regulator's heat at a full cell, motors off: with them it is short, the limiter allows 3 s in 10 min."""
    return (CELL_FULL_V - RAIL_V) * (peak_ma() - 2 * ma("motor starting"))
