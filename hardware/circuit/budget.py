"""What the carriers draw, from the circuits' own values, and how far their ratings are above that.

What no value of the circuit gives comes from `sitbone.lab.currents`, as for the energy model, with sources.
Nothing here was measured on a board.
"""

from hardware.circuit import battery
from hardware.circuit.circuit import BIAS_OHM, OHMS, value_of
from sitbone.lab.currents import dividers_ma, ma

PACK_FUSE_HOLD_MA, PACK_MAH, CHARGE_MA = 500.0, 2000.0, 110.0
RAIL_V, USB_MAX_V = 3.3, 5.25
LOADS_PA = (20000,) * 4  # twice and more of what people sit with

FUSE_HOLD_MA = 200.0
FUSE_DERATING_40C = 0.88  # both sources' curves at 40 degC, rounded down
MODULE_REGULATOR_MAX_MA = 800.0  # AMS1117 of the dev board; it has a bare SOT-223 to cool it
USB_MAX_MA = 500.0
LIMITER_MAX_MW = 250.0
SENSOR_MAX_MA_PER_CM2 = 1.0
FSR_402_CM2 = 1.27  # 12.7 mm across


def currents_ma() -> dict[str, float]:
    """Each consumer, mA while it is on. `sense` is the four dividers under 20 kPa each and what switches them."""
    bias_ma = 4 * 1000 * RAIL_V / (BIAS_OHM + value_of("R1"))
    return {
        "module awake": ma("dev board at work"),
        "module asleep": ma("dev board asleep"),
        "always on": ma("reference"),
        "sense": dividers_ma(LOADS_PA, RAIL_V, value_of("R1"))
        + bias_ma
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
        "motors' fuse at 40 degC": FUSE_HOLD_MA * FUSE_DERATING_40C / (2 * ma("motor")),
        "dev board's regulator": MODULE_REGULATOR_MAX_MA / peak_ma(),
        "USB port": USB_MAX_MA / peak_ma(),
        "sensor current density": SENSOR_MAX_MA_PER_CM2 * FSR_402_CM2 / short_ma,
        "reference (second source, 5 mA)": 5.0 / (len(LOADS_PA) * short_ma + 1000 * RAIL_V / value_of("R10")),
        "limiter, sensors' supply shorted": LIMITER_MAX_MW / (1000 * USB_MAX_V**2 / value_of("R15")),
        "motor switch": 2600.0 / ma("motor starting"),
        "flyback diode": 1000.0 / ma("motor starting"),
    }


def battery_margins() -> dict[str, float]:
    """The battery variant's own ratings over their worst load."""
    ohms = {row.ref: OHMS[row.part] for row in battery.circuit() if row.symbol == "R"}
    return {
        "motors' fuse at 40 degC": FUSE_HOLD_MA * FUSE_DERATING_40C / (2 * ma("motor")),
        "pack's fuse at 40 degC": PACK_FUSE_HOLD_MA * FUSE_DERATING_40C / peak_ma(),
        "limiter, reference shorted": LIMITER_MAX_MW / (1000 * RAIL_V**2 / ohms["R15"]),
        "charge, of what a pack of 0.5 C takes": 0.5 * PACK_MAH / CHARGE_MA,
    }


def battery_idle_ua() -> float:
    """What the carrier takes from the pack for ever, switched on: the drive of its MOSFETs, and the voltage divider."""
    ohms = {row.ref: OHMS[row.part] for row in battery.circuit() if row.symbol == "R"}
    full_v = 4.2
    return 1e6 * full_v * (1 / ohms["R24"] + 1 / (ohms["R26"] + ohms["R27"]))
