"""The whole carrier as an ngspice deck, built row by row from a circuit's table, and a way to run it.

What is not on the board is put to it as stimuli: sensors and their bias, motors, USB and the module's pins. The models
are simple: switches with the data sheets' resistance, a reference with its drop-out, ADC pins that leak.
"""

import subprocess
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hardware.circuit.circuit import BIAS_OHM, FARADS, OHMS, ZONES, Row, circuit

ADC_LEAK_A = 50e-9  # into a pin or out of it, at most: I_IH and I_IL of the ESP32's data sheet, 25 degC, looked up
ADC_LOAD_OHM = 1e12  # the data sheet has none
SENSOR_NS_PER_PA = 13.0  # the sensing stack that the firmware's nominal gain of 77 Pa/uS belongs to
REFERENCE_OHM = 0.1
# what it gives, and how much above that it must be fed: REF3033's second source, from memory; REF3030, from memory
REFERENCES_V = {"REF3033": (3.3, 0.2), "REF3030": (3.0, 0.05)}
REFERENCE_OWN_A = 50e-6
FUSE_OHM, FUSE_TRIPS_A = {"fuse": 2.5, "fuse500": 0.15}, 0.4
CLAMP_LEAK_A = 0.5e-6  # each line, at 5 V, the worse of the two sources
CLAMP_LINES = ("1", "3", "4", "6")
USB_PIN_V = (4.1, 4.7, 5.25)  # at the module's 5V pin: a port's 4.4 V less the module's diode; usual; no drop at all

# On-resistance and thresholds of the worse of each part's two sources; body diodes as diodes of their own.
MODELS = """\
.model nmos nmos(level=1 vto=0.9 kp=12 rd=0.02)
.model pmos pmos(level=1 vto=-0.9 kp=6 rd=0.03)
.model body d(is=1e-12 n=1.1 rs=0.05)
.model schottky d(is=3e-6 n=1.05 rs=0.05 cjo=110p bv=40)
.model light d(is=1e-18 n=1.9 rs=5)
.model clamp d(is=1e-15 n=1.1 rs=0.5 bv=6)
"""


def element(row: Row, tolerance: Mapping[str, float], values: Mapping[str, float]) -> list[str]:
    """One row as SPICE lines. `tolerance` scales a part, `values` replaces its value (a wrong part was fitted)."""
    node = {pin: net.lower() if net != "GND" else "0" for pin, net in row.pins.items()}
    if row.symbol in ("R", "C"):
        value = values.get(row.ref, (OHMS | FARADS)[row.part]) * tolerance.get(row.ref, 1.0)
        name = row.ref if row.symbol == "R" else f"C_{row.ref}"
        return [f"{name} {node['1']} {node['2']} {value:.9g}"]
    if row.symbol in ("NMOS", "PMOS"):
        gate, source, drain = node["1"], node["2"], node["3"]
        body = (source, drain) if row.symbol == "NMOS" else (drain, source)
        return [
            f"M{row.ref} {drain} {gate} {source} {source} {row.symbol.lower()}",
            f"D{row.ref} {body[0]} {body[1]} body",
        ]
    if row.symbol in ("SCHOTTKY", "LED"):
        return [f"{row.ref} {node['2']} {node['1']} {'light' if row.symbol == 'LED' else 'schottky'}"]
    if row.symbol == "FUSE":
        return [f"R{row.ref} {node['1']} {node['2']} {FUSE_OHM[row.part]}"]
    if row.symbol == "COMPARATOR2":
        return comparators(row.ref, node)
    if row.symbol == "REFERENCE":
        supply, out, inner = node["1"], node["2"], f"{row.ref}_i"
        gives_v, dropout_v = REFERENCES_V[row.value]
        volts = f"max(0, min({gives_v}, V({supply})-{dropout_v}))"
        return [
            f"B{row.ref} {inner} 0 V={volts}",
            f"V{row.ref} {inner} {row.ref}_o 0",
            f"R{row.ref} {row.ref}_o {out} {REFERENCE_OHM}",
            f"F{row.ref} {supply} 0 V{row.ref} 1",  # what it gives it takes
            f"I{row.ref} {supply} 0 {REFERENCE_OWN_A}",
        ]
    if row.symbol == "CLAMP":
        supply, lines = node["5"], [f"D{row.ref}_5 0 {node['5']} clamp"]
        for line in (node[pin] for pin in CLAMP_LINES if pin in node):
            lines += [f"D{row.ref}_{line}_up {line} {supply} body", f"D{row.ref}_{line}_down 0 {line} body"]
            lines.append(f"I{row.ref}_{line} {line} 0 {CLAMP_LEAK_A}")
        return lines
    return []  # module, header, test points and holes: what they do is a stimulus


def comparators(ref: str, node: Mapping[str, str]) -> list[str]:
    """Two open collectors: each pulls its output down while its minus input is the higher and the supply is there."""
    lines = []
    for n, (plus, minus, out) in enumerate((("3", "2", "1"), ("5", "6", "7"))):
        pulls = f"(1 + tanh(300*(V({node[minus]})-V({node[plus]})))) * (1 + tanh(10*(V({node['8']})-2)))"
        lines.append(f"B{ref}_{n} {node[out]} 0 I = {pulls} * max(0, min(V({node[out]}) / 400, 1.5m))")
    return lines


def deck(
    stimuli: list[str],
    analysis: list[str],
    tolerance: dict[str, float] | None = None,
    values: dict[str, float] | None = None,
    without: Collection[str] = (),
    table: Sequence[Row] | None = None,
) -> str:
    """`tolerance` scales parts, `values` replaces their values, `without` leaves parts out: what a mistake would do.
    `table`: another circuit than the USB variant's."""
    lines = ["* sitbone carrier, from hardware/circuit", MODELS.rstrip()]
    for row in circuit() if table is None else table:
        if row.ref not in without:
            lines += element(row, tolerance or {}, values or {})
    return "\n".join(
        [*lines, *stimuli, ".options reltol=1e-5 gmin=1e-13 rshunt=1e12", ".control", *analysis, ".endc", ".end", ""]
    )


def run(stimuli: list[str], sweep: str, columns: list[str], rows: int, **parts: Any) -> list[list[float]]:
    """Runs one sweep; returns the swept quantity and the columns. ngspice exits 0 on errors: the rows are counted."""
    with TemporaryDirectory() as folder:
        out = Path(folder) / "out.txt"
        analysis = ["set wr_singlescale", "set numdgt=9", sweep, f"wrdata {out} {' '.join(columns)}", "quit"]
        return execute(deck(stimuli, analysis, **parts), out, rows)


def execute(text: str, out: Path, rows: int) -> list[list[float]]:
    """Runs a deck that writes its table to `out`. Raises RuntimeError if that has fewer rows."""
    path = out.with_name("deck.cir")
    path.write_text(text)
    done = subprocess.run(["ngspice", "-b", str(path)], capture_output=True, text=True, cwd=out.parent, timeout=120)
    table = [[float(cell) for cell in line.split()] for line in out.read_text().splitlines()] if out.exists() else []
    if len(table) < rows:
        raise RuntimeError(f"ngspice gave {len(table)} of {rows} rows:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return table


def supplies(usb_v: float = USB_PIN_V[1], rail_v: float = 3.3) -> list[str]:
    """What the module feeds the board with: its 5V pin, and 3.3 V from its regulator."""
    return [f"Vrail 3v3 0 {rail_v}", f"Vusb usb_5v 0 {usb_v}"]


def outputs(
    sense_v: float = 0.0, left: str = "0", right: str = "0", adc: Mapping[str, float] | None = None
) -> list[str]:
    """The module's pins that drive something, and its ADC's; `adc` as `adc_pins` takes it."""
    lines = [f"Vsense sense_en 0 {sense_v}", "Vled led 0 0", f"Vleft pwm_left 0 {left}", f"Vright pwm_right 0 {right}"]
    return [*lines, "Rbutton button_wire 0 1e9", *adc_pins(**(adc or {}))]


def adc_pins(leak_a: float = ADC_LEAK_A, load_ohm: float = ADC_LOAD_OHM) -> list[str]:
    """What the ADC's pins take from what they measure: a current, negative out of the pin, and a load to ground."""
    nets = [f"adc_{zone.lower()}" for zone in ZONES]
    return [line for net in nets for line in (f"Ileak_{net} {net} 0 {leak_a}", f"Rload_{net} {net} 0 {load_ohm}")]


def sensors(bias_ohm: float = BIAS_OHM) -> list[str]:
    """Four sensors under one pressure, V(kpa) in kilopascal, each with its bias resistor."""
    siemens = SENSOR_NS_PER_PA * 1e-6
    lines = ["Vkpa kpa 0 0"]
    for n, zone in enumerate(ZONES):
        ends = f"sense_supply zone_{zone.lower()}"
        lines.append(f"Bfsr{n} {ends} I={{{siemens}*V(kpa)*V({ends.replace(' ', ',')})}}")
        lines.append(f"Rbias{n} {ends} {bias_ohm}")
    return lines


ZONE_VOLTS = [f"v(adc_{zone.lower()})" for zone in ZONES]


def transfer(
    from_kpa: float,
    to_kpa: float,
    step_kpa: float,
    usb_v: float = USB_PIN_V[1],
    rail_v: float = 3.3,
    adc: Mapping[str, float] | None = None,
    bias_ohm: float = BIAS_OHM,
    **parts: Any,
) -> list[tuple[float, list[float]]]:
    """[(kPa at the sensor, [volts at the ADC of each zone])], all four zones loaded alike."""
    stimuli = [*supplies(usb_v, rail_v), *outputs(sense_v=rail_v, adc=adc), *sensors(bias_ohm)]
    rows = round((to_kpa - from_kpa) / step_kpa) + 1
    table = run(stimuli, f"dc Vkpa {from_kpa} {to_kpa} {step_kpa}", ZONE_VOLTS, rows, **parts)
    return [(row[0], row[1:]) for row in table]


def settled_fraction(kpa: float, after_us: float, **parts: Any) -> float:
    """How much of its final value the slowest zone's ADC pin has reached so long after the supply was switched on."""
    stimuli = [*supplies(), *outputs(sense_v=0), *sensors()]
    stimuli = [s for s in stimuli if not s.startswith(("Vsense", "Vkpa"))]
    stimuli += ["Vsense sense_en 0 PULSE(0 3.3 10u 0.1u 0.1u 10m 20m)", f"Vkpa kpa 0 {kpa}", "Cgate sense_gate 0 700p"]
    table = run(stimuli, "tran 1u 1.5m", ZONE_VOLTS, 1000, **parts)
    then = min(table, key=lambda row: abs(row[0] - (10 + after_us) * 1e-6))
    return min(volts / final for volts, final in zip(then[1:], table[-1][1:], strict=True))


MOTOR_OHM, MOTOR_HENRY = 33.0, 300e-6  # stalled: as much as it draws when it starts


def motor(**parts: Any) -> dict[str, float]:
    """One PWM pulse of 300 us into a stalled motor: the drain's highest voltage, the motor's current on and off."""
    stimuli = [*supplies(), *outputs(left="PULSE(0 3.3 20u 0.1u 0.1u 300u 2m)")]
    stimuli += [f"Rmotor motor_3v3 m1 {MOTOR_OHM}", f"Lmotor m1 motor_left {MOTOR_HENRY}", "Cmotor motor_left 0 60p"]
    table = run(stimuli, "tran 0.2u 1m", ["v(motor_left)", "i(Lmotor)"], 1000, **parts)
    return {
        "drain_v": max(row[1] for row in table),
        "current_a": max(row[2] for row in table),
        "end_a": abs(table[-1][2]),
    }


def shorted(net: str, usb_v: float = USB_PIN_V[-1], **parts: Any) -> dict[str, float]:
    """Amperes out of the module's 5V and 3V3 pins with a net of the cushion's cable shorted to ground."""
    stimuli = [*supplies(usb_v), *outputs(sense_v=3.3), f"Rshort {net.lower()} 0 1m"]
    usb_a, rail_a = operating_point(stimuli, ["i(Vusb)", "i(Vrail)"], **parts)
    return {"USB_5V": -usb_a, "3V3": -rail_a}


def undriven_gate_v(**parts: Any) -> float:
    """A motor gate's voltage while the chip's pin floats and leaks 1 uA: during a reset, or with no module fitted."""
    stimuli = [line for line in [*supplies(), *outputs()] if not line.startswith("Vleft")]
    return operating_point([*stimuli, "Ileak 0 pwm_left 1u"], ["v(gate_left)"], **parts)[0]


def operating_point(stimuli: list[str], columns: list[str], **parts: Any) -> list[float]:
    return run([*stimuli, "Vnone none 0 0"], "dc Vnone 0 1 1", columns, 2, **parts)[0][1:]
