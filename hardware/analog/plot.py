"""The transfer curve as a picture: ngspice's volts, and how far the firmware's answer is from the pressure put in."""

from cushion.core.calibration import Calibration, conductance_ns, ns_of_ohm
from cushion.drivers.profiles import PROFILES
from hardware.analog.spice import transfer
from hardware.case.drawing import Drawing, Text, box, line, svg

WIDE, HIGH = 240.0, 70.0
BLUE, RED, GREY = "#1f5fa8", "#b3261e", "#999"


def firmware_kpa(volts: float, empty_v: float) -> float:
    """As the firmware has it after the calibration's empty seat."""
    calibration = Calibration()
    calibration.tare_ns[0] = sensor_ns(empty_v)
    return float(calibration.pressure_pa(0, sensor_ns(volts))) / 1000


def sensor_ns(volts: float) -> int:
    profile = PROFILES["devkit-b"]
    g_ns = conductance_ns(int(volts * 10000), profile["supply_mv"], ns_of_ohm(profile["divider_ohm"]))
    return int(g_ns - ns_of_ohm(profile["bias_ohm"]))


def panel(points: list[tuple[float, float]], top: float, foot: float, y: float, colour: str) -> Drawing:
    def place(kpa: float, value: float) -> tuple[float, float]:
        return kpa / 60 * WIDE, y + (value - foot) / (top - foot) * HIGH

    return [line(*(place(*point) for point in points), stroke=colour, width_mm=0.9)]


def axes(y: float, ticks: dict[float, str], top: float, foot: float, title: str) -> Drawing:
    drawing: Drawing = [box(0, y, WIDE, HIGH, stroke=GREY, width_mm=0.3), Text((0, y + HIGH + 5), title, 8, "start")]
    for value, words in ticks.items():
        height = y + (value - foot) / (top - foot) * HIGH
        drawing += [line((0, height), (WIDE, height), stroke="#ddd"), Text((-3, height - 2.5), words, 7, "end")]
    for kpa in range(0, 61, 10):
        drawing.append(Text((kpa / 60 * WIDE, y - 9), str(kpa), 7))
    return drawing


def transfer_picture() -> str:
    curve = [(kpa, volts[0]) for kpa, volts in transfer(0, 60, 0.5)]
    empty_v = curve[0][1]
    errors = [(kpa, 100 * (firmware_kpa(volts, empty_v) / kpa - 1)) for kpa, volts in curve if kpa >= 2]
    upper = 100.0
    drawing = axes(
        upper, {0.15: "0.15", 1: "1", 2: "2", 2.45: "2.45"}, 2.6, 0, "volts at the ADC (usable: 0.15 to 2.45)"
    )
    drawing += panel(curve, 2.6, 0, upper, BLUE)
    percent = {-1.0: "-1 %", 0.0: "0", 1.0: "+1 %"}
    drawing += axes(0, percent, 1.5, -1.5, "what the firmware reads, against what was put in")
    drawing += panel(errors, 1.5, -1.5, 0, RED)
    drawing.append(Text((WIDE / 2, -20), "kPa at the sensor (13 uS per kPa)", 8))
    return svg(
        drawing, -28, -26, WIDE + 40, 2 * HIGH + 76, "Transfer curve from ngspice, and the firmware's error over it"
    )
