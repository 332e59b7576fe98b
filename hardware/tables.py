"""The figures in the pages beside this file, computed: each stands between `<!-- made: name -->` and `<!-- end -->`.

`make hardware-refresh` writes them again; a test compares.
"""

import re
from collections.abc import Callable
from pathlib import Path

from hardware.analog import stack
from hardware.circuit import budget, stripboard, wiring
from hardware.circuit.circuit import BIAS_OHM, TESTED, Expected
from hardware.circuit.parts import LOOSE, PARTS, loose
from hardware.circuit.sheet import DESIGNS
from hardware.circuit.sheet_battery import BATTERY
from hardware.harness import harness

HERE = Path(__file__).resolve().parent
PAGES = ("README.md", "BUILD.md", "STRIPBOARD.md")
GRAVITY = 9.81
BLOCK = re.compile(r"(<!-- made: ([a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def stack_table() -> str:
    rows = [
        [f"{kpa:.0f}", f"{newton:.1f}", f"{us:.0f}", f"{100 * off:+.0f} %"] for kpa, newton, us, off in stack.table()
    ]
    return table(["kPa on the base", "N on the sensor", "µS", "compared with 13 µS/kPa"], rows)


def adc_mv(newton: float) -> float:
    ratio = (stack.conductance_us(newton) * 1e-6 + 1 / BIAS_OHM) * 3300
    return 3300 * ratio / (1 + ratio)


def weights_table() -> str:
    things = (("0.25 kg", "packet of butter"), ("0.5 kg", "half-litre bottle of water"),
              ("1 kg", "litre bottle or carton, bag of flour"))  # fmt: skip
    rows = []
    for mass, thing in things:
        newton = float(mass.split()[0]) * GRAVITY
        low, high = adc_mv(newton * 0.7), adc_mv(newton * 1.3)
        rows.append(
            [mass, thing, f"{newton / stack.puck_mm2() * 1000:.0f}", f"{round(low, -1):.0f} to {round(high, -1):.0f}"]
        )
    return table(["weight", "for example", "kPa", "mV"], rows)


def currents_table() -> str:
    return table(["what", "mA while on"], [[name, f"{ma:.2g}"] for name, ma in budget.currents_ma().items()])


def margins_table(margins: dict[str, float]) -> str:
    rows = [[name, f"{margin:.1f} ×"] for name, margin in margins.items()]
    return table(["rating", "margin over the worst load"], rows)


CABLE = ("ribbon", "p_cushion", "p_pair", "crimps", "bias")


def cost_table() -> str:
    """Each variant's, EUR, for one."""
    groups: dict[str, list[float]] = {}
    for design in DESIGNS:
        parts = loose(design.name)
        eur = {key: quantity * bought.eur for key, (quantity, bought) in parts.items()}
        module = next(PARTS[row.part].eur for row in design.rows if row.ref == "U1")
        small = sum(PARTS[row.part].eur for row in design.rows if row.part and row.ref != "U1")
        costs = {
            "module and its sockets": module + eur["sockets"],
            "carrier board and its parts": small + eur["board"],
            "sensors": eur["fsr"],
            "two motors, button": eur["motor"] + eur["button"],
            "cable, plugs, bias resistors": sum(
                eur[key] for key in ("ribbon", "p_cushion", "p_pair", "crimps", "bias")
            ),
            "pack": eur.get("pack", 0.0),
            "foam and cover": eur["foam"],
            "3D print": eur["print"],
        }
        for name, cost in costs.items():
            groups.setdefault(name, []).append(cost)
    rows = [[name, *(f"{cost:.0f}" if cost else "-" for cost in costs)] for name, costs in groups.items()]
    sums = [f"**{sum(costs):.0f}**" for costs in zip(*groups.values(), strict=True)]
    return table(["EUR, roughly, November 2026", "USB", "battery"], [*rows, ["**all**", *sums]])


def wires_table() -> str:
    """The battery variant's, whose first fourteen are the USB variant's."""
    rows = []
    cable, nets = harness.plug(BATTERY), harness.header_nets(BATTERY, "J1")
    for n, (device, pin) in enumerate(cable.ends):
        place = device.replace("_", " ").lower().replace(" it", " sitting bone").replace("fsr", "sensor")
        rows.append([str(n + 1), cable.colours[n], f"{place}, {pin}", nets[n]])
    return table(["pin and wire", "colour", "goes to", "net"], rows)


def volts_table(tested: Expected) -> str:
    rows = []
    for n, (net, (low_v, high_v, when)) in enumerate(tested.items(), 1):
        volts = f"{low_v:g} to {high_v:g} V" if high_v else "0 V"
        rows.append([f"TP{n}", net, volts, when])
    return table(["test point", "net", "expect", "when"], rows)


def strip_parts_table() -> str:
    """The stripboard's parts by kind, and where each goes: column, rows."""
    kinds: dict[str, list[str]] = {}
    for part in stripboard.PARTS[2:]:
        holes = [hole for hole, _ in part.pins]
        rows = f"{holes[0][1]} to {holes[-1][1]}"
        kinds.setdefault(part.what, []).append(f"{part.ref} ({holes[0][0]}: {rows})")
    found = [[str(len(places)), what, ", ".join(places)] for what, places in kinds.items()]
    sockets = [
        ["2", "19-pin socket", "columns 28 and 38, rows 10 to 28"],
        ["1", "box header, 2 x 7, straight", "column 5 and 6"],
    ]
    return table(["quantity", "part", "column: rows, the first pin first"], [*sockets, *found])


def shopping_table() -> str:
    """What is bought beside the board's small parts and what is cut."""
    groups = [
        (1, PARTS["devkit"]),
        (1, PARTS["j_cushion"]),
        *(LOOSE[key] for key in LOOSE if key not in ("foam", "print", "board")),
    ]
    return table(["quantity", "part"], [[str(quantity), bought.what] for quantity, bought in groups])


def by_hand_table(board: str) -> str:
    return table(["pin", "net", "through"], [list(wire) for wire in wiring.BY_HAND[board]])


def printed_table() -> str:
    rows = [
        ["base", "1", "floor down"],
        ["lid", "1", "outside down"],
        ["seat", "4", "floor down"],
        ["puck", "4", "flat side down"],
    ]
    return table(["part", "quantity", "orientation in the file"], rows)


MADE: dict[str, Callable[[], str]] = {
    "stack": stack_table,
    "weights": weights_table,
    "currents": currents_table,
    "margins": lambda: margins_table(budget.margins()),
    "margins-battery": lambda: margins_table(budget.battery_margins()),
    "cost": cost_table,
    "volts": lambda: volts_table(TESTED),
    "volts-battery": lambda: volts_table(BATTERY.tested),
    "wires": wires_table,
    "shopping": shopping_table,
    "strip-parts": strip_parts_table,
    "printed": printed_table,
    "firebeetle": lambda: by_hand_table("firebeetle"),
    "s-three": lambda: by_hand_table("s3-devkit"),
}


def filled(page: str) -> str:
    """A page's text with each block computed."""
    text = (HERE / page).read_text()
    return BLOCK.sub(lambda found: f"{found[1]}{MADE[found[2]]()}{found[3]}", text)


if __name__ == "__main__":
    for name in PAGES:
        (HERE / name).write_text(filled(name))
