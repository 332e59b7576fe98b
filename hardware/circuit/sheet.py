"""Draws the circuit as a KiCad schematic. All is computed from the tables: the same tables give the same bytes.

`PLACES` says where a part stands, `WIRES` which pins a drawn line joins; every other pin gets its net's name.
The drawing can't change the circuit: a test compares the netlist that KiCad reads out of it with circuit.py's.
"""

import json
import uuid
from itertools import pairwise
from pathlib import Path

from hardware.circuit.circuit import ZONES, Row, circuit
from hardware.circuit.parts import PARTS
from hardware.circuit.symbols import HIDDEN_REFERENCE, SYMBOLS, UNIT_MM, Pin, Symbol

NAME = "sitbone-carrier"
KICAD = Path(__file__).resolve().parents[1] / "kicad"
SPACE = uuid.UUID("5b0e4c1e-3f57-4d0e-8a8e-2f1d3f6f5a01")  # any fixed one: identifiers must not change from run to run
GridPoint = tuple[float, float]

# ref -> (x, y, turn) in units of 2.54 mm, y downwards; a turn of 90 lays an upright part down, pin 1 to the left.
PLACES: dict[str, tuple[float, float, int]] = {
    "U1": (126, 25, 0),
    "J1": (9, 17, 0), "D5": (17, 34, 0), "D6": (19, 67, 0),
    **{f"R{n + 1}": (38, 13 + 9 * n, 0) for n in range(4)},
    **{f"R{n + 5}": (43, 11 + 9 * n, 90) for n in range(4)},
    **{f"C{n + 1}": (48, 13 + 9 * n, 0) for n in range(4)},
    "R15": (66, 13, 0), "C5": (69, 17, 0), "U3": (76, 16, 0), "C6": (82, 17, 0), "R10": (90, 17, 0), "Q4": (97, 20, 0),
    "R9": (80, 32, 0), "Q3": (89, 30, 0),
    "F1": (12, 55, 90), "C7": (17, 57, 0),
    "R11": (37, 61, 90), "R12": (41, 63, 0), "Q1": (45, 61, 0), "D1": (50, 57, 0),
    "R13": (37, 77, 90), "R14": (41, 79, 0), "Q2": (45, 77, 0), "D2": (50, 73, 0),
    "R19": (72, 56, 90), "R20": (77, 53, 0), "R21": (70, 67, 90), "D4": (76, 69, 180),
    **{f"TP{n}": (97 + 9 * n, 58, 0) for n in range(1, 8)},
    **{f"H{n}": (100 + 5 * n, 72, 0) for n in range(1, 5)},
}  # fmt: skip

# Drawn lines, as corner points. Where pins lie on a line they are joined.
WIRES: list[tuple[GridPoint, ...]] = [
    *(line for n in range(4) for line in (((35, 11 + 9 * n), (41, 11 + 9 * n)), ((45, 11 + 9 * n), (50, 11 + 9 * n)))),
    ((66, 15), (72, 15)), ((80, 15), (90, 15)), ((90, 15), (98, 15), (98, 18)),
    ((90, 19), (90, 20), (95, 20)), ((90, 20), (90, 28)), ((77, 30), (87, 30)), ((98, 22), (98, 24)),
    ((14, 55), (20, 55)),
    ((39, 61), (43, 61)), ((46, 59), (52, 59)), ((39, 77), (43, 77)), ((46, 75), (52, 75)),
    ((74, 56), (79, 56)), ((77, 55), (77, 56)), ((72, 67), (76, 67)),
]  # fmt: skip
LABELS: list[tuple[GridPoint, str, int]] = [
    *(((35, 11 + 9 * n), f"ZONE_{zone}", 180) for n, zone in enumerate(ZONES)),
    *(((50, 11 + 9 * n), f"ADC_{zone}", 0) for n, zone in enumerate(ZONES)),
    ((66, 15), "REF_IN", 180), ((84, 15), "REF_3V3", 0), ((77, 30), "SENSE_EN", 180), ((90, 23), "SENSE_GATE", 0),
    ((98, 24), "SENSE_3V3", 0), ((20, 55), "MOTOR_3V3", 0), ((41, 61), "GATE_LEFT", 90), ((41, 77), "GATE_RIGHT", 90),
    ((52, 59), "MOTOR_LEFT", 0), ((52, 75), "MOTOR_RIGHT", 0), ((79, 56), "BUTTON", 0), ((74, 67), "LED_A", 90),
]  # fmt: skip
# Nets that the outside world drives where ERC can't see it.
FLAGS = {"REF_IN": (71, 15), "GND": (128, 72)}
BLOCKS = [
    (
        (5, 5),
        (60, 46),
        "Plug to the cushion, its ESD clamps; zones: sensor above, 3.3 kohm below, 1 kohm + 4.7 nF to the ADC",
    ),
    ((61, 5), (106, 46), "Sensor supply: 3.3 V of its own, limited by R15, on only while the ADC reads"),
    ((107, 5), (164, 46), "ESP32-DevKitC V4 in two sockets: its USB feeds everything"),
    ((5, 47), (60, 86), "Motors: fused, off unless driven"),
    ((61, 47), (98, 76), "Button and LED"),
    ((99, 47), (164, 76), "Test points and screws"),
]
PAPER = '(paper "User" 428 262)'


def number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def mm(value: float) -> str:
    return number(value * UNIT_MM)


def xy(point: GridPoint) -> str:
    return f"{mm(point[0])} {mm(point[1])}"


def identifier(*names: object) -> str:
    return str(uuid.uuid5(SPACE, "/".join(map(str, names))))


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def effects(justify: str = "", hide: bool = False, size: float = 1.27) -> str:
    extra = f" (justify {justify})" if justify else ""
    return f"(effects (font (size {size} {size})){extra}{' (hide yes)' if hide else ''})"


# ---- symbols


def symbol_text(name: str, library: str = "sitbone:") -> list[str]:
    """A symbol as KiCad writes it, for the sheet or (without `library`) for the library file."""
    symbol = SYMBOLS[name]
    power = name == "GND"
    lines = [f"(symbol {quoted(library + name)}"]
    if power:
        lines.append("\t(power)")
    lines += [
        f"\t(pin_numbers{'' if symbol.box else ' (hide yes)'})" if not symbol.box else "",
        "\t(pin_names (offset 0.5))" if symbol.box else "\t(pin_names (offset 0) (hide yes))",
        f"\t(exclude_from_sim no) (in_bom {'no' if name in ('GND', 'PWR_FLAG', 'HOLE') else 'yes'}) (on_board yes)",
        f'\t(property "Reference" {quoted(symbol.prefix)} (at 0 0 0) {effects(hide=name in HIDDEN_REFERENCE)})',
        f'\t(property "Value" {quoted(name)} (at 0 0 0) {effects()})',
        f'\t(property "Footprint" "" (at 0 0 0) {effects(hide=True)})',
        f'\t(property "Datasheet" "" (at 0 0 0) {effects(hide=True)})',
        f'\t(property "Description" "" (at 0 0 0) {effects(hide=True)})',
        f"\t(symbol {quoted(name + '_0_1')}",
        *(f"\t\t{line}" for line in shapes(symbol)),
        "\t)",
        f"\t(symbol {quoted(name + '_1_1')}",
        *(f"\t\t{pin_text(pin, symbol, power)}" for pin in symbol.pins),
        "\t)",
        ")",
    ]
    return [line for line in lines if line]


def shapes(symbol: Symbol) -> list[str]:
    stroke = "(stroke (width 0.2) (type default))"
    found = []
    for line in symbol.lines:
        points = " ".join(f"(xy {xy(point)})" for point in line)
        found.append(f"(polyline (pts {points}) {stroke} (fill (type none)))")
    for centre, radius in symbol.circles:
        found.append(f"(circle (center {xy(centre)}) (radius {mm(radius)}) {stroke} (fill (type none)))")
    if symbol.box:
        start, end = symbol.box
        found.append(f"(rectangle (start {xy(start)}) (end {xy(end)}) {stroke} (fill (type background)))")
    return found


def pin_text(pin: Pin, symbol: Symbol, power: bool) -> str:
    length = "0" if symbol.prefix.startswith("#") else mm(symbol.pin_length)
    name = pin.name or "~"
    return (
        f"(pin {pin.kind} line (at {xy(pin.at)} {pin.angle}) (length {length})"
        f" (name {quoted(name)} {effects(size=1)}) (number {quoted(pin.number)} {effects(size=1)}))"
    )


# ---- places


def turned(point: GridPoint, turn: int) -> GridPoint:
    """A point of a symbol (y upwards) on the sheet (y downwards), before it is moved to its place."""
    x, y = point[0], -point[1]
    for _ in range(turn // 90):
        x, y = y, -x
    return x, y


def pin_ends(row: Row) -> dict[str, tuple[GridPoint, int]]:
    """pin -> where it ends on the sheet, and the direction (degrees) in which a label leaves it."""
    x0, y0, turn = PLACES[row.ref]
    ends = {}
    for pin in SYMBOLS[row.symbol].pins:
        x, y = turned(pin.at, turn)
        ends[pin.number] = ((x0 + x, y0 + y), (pin.angle + 180 + turn) % 360)
    return ends


def on_line(point: GridPoint, one: GridPoint, two: GridPoint) -> bool:
    (x, y), (x1, y1), (x2, y2) = point, one, two
    inside = min(x1, x2) <= x <= max(x1, x2) and min(y1, y2) <= y <= max(y1, y2)
    return inside and (x1 == x2 or y1 == y2)


def segments(points: list[GridPoint]) -> list[tuple[GridPoint, GridPoint]]:
    """The drawn lines, cut wherever one of the points or another line's end lies on them."""
    corners = {corner for wire in WIRES for corner in wire} | set(points)
    found = set()
    for wire in WIRES:
        for one, two in pairwise(wire):
            stops = sorted(corner for corner in corners if on_line(corner, one, two))
            found |= set(pairwise(stops))
    return sorted(found)


# ---- the sheet


def properties(row: Row) -> list[str]:
    symbol = SYMBOLS[row.symbol]
    x, y, turn = PLACES[row.ref]
    bought = PARTS.get(row.part)
    laid = turn in (90, 270)
    spots = ((0, 1.4), (0, -1.4)) if laid else symbol.text
    justify = "" if laid or symbol.centred else "right" if turn == 180 else "left"
    angle = 90 if laid else 0
    lines = []
    for name, text, spot in (("Reference", row.ref, spots[0]), ("Value", row.value, spots[1])):
        at = f"{mm(x + spot[0])} {mm(y - spot[1])} {angle}"
        lines.append(f'(property "{name}" {quoted(text)} (at {at}) {effects(justify)})')
    hidden = {"Footprint": row.footprint, "Datasheet": "", "Description": bought.what if bought else ""}
    if bought:
        hidden["Manufacturer"], hidden["MPN"] = bought.first
    for name, text in hidden.items():
        lines.append(f"(property {quoted(name)} {quoted(text)} (at {xy((x, y))} 0) {effects(hide=True)})")
    return lines


def instance(row: Row) -> list[str]:
    x, y, turn = PLACES[row.ref]
    mirror = ""
    return [
        f'(symbol (lib_id "sitbone:{row.symbol}") (at {xy((x, y))} {turn}){mirror} (unit 1)',
        f"\t(exclude_from_sim no) (in_bom {'yes' if row.part else 'no'}) (on_board yes) (dnp no)",
        f'\t(uuid "{identifier(row.ref)}")',
        *(f"\t{line}" for line in properties(row)),
        *(f'\t(pin {quoted(p.number)} (uuid "{identifier(row.ref, p.number)}"))' for p in SYMBOLS[row.symbol].pins),
        f'\t(instances (project "{NAME}" (path "/{identifier("sheet")}" (reference "{row.ref}") (unit 1))))',
        ")",
    ]


# A pin that leaves its part sideways has its ground symbol turned, so that it stays clear of the pin below.
GND_TURN = {0: 90, 180: 270}


def helper(symbol: str, ref: str, value: str, at: GridPoint, turn: int = 0) -> list[str]:
    """A ground symbol or a power flag."""
    show = symbol == "PWR_FLAG"
    below = 1.6 if symbol == "GND" else -1.6
    return [
        f'(symbol (lib_id "sitbone:{symbol}") (at {xy(at)} {turn}) (unit 1)',
        "\t(exclude_from_sim no) (in_bom no) (on_board yes) (dnp no)",
        f'\t(uuid "{identifier(ref)}")',
        f'\t(property "Reference" "{ref}" (at {xy(at)} 0) {effects(hide=True)})',
        f'\t(property "Value" "{value}" (at {mm(at[0])} {mm(at[1] + below)} 0) {effects(size=0.8, hide=not show)})',
        f'\t(property "Footprint" "" (at {xy(at)} 0) {effects(hide=True)})',
        f'\t(property "Datasheet" "" (at {xy(at)} 0) {effects(hide=True)})',
        f'\t(property "Description" "" (at {xy(at)} 0) {effects(hide=True)})',
        f'\t(pin "1" (uuid "{identifier(ref, 1)}"))',
        f'\t(instances (project "{NAME}" (path "/{identifier("sheet")}" (reference "{ref}") (unit 1))))',
        ")",
    ]


def label(net: str, at: GridPoint, angle: int) -> str:
    side = "right" if angle in (180, 270) else "left"
    shape = (
        f'(label {quoted(net)} (at {xy(at)} {angle}) {effects(side + " bottom")} (uuid "{identifier("l", net, at)}"))'
    )
    return shape


def labelled_pins() -> list[str]:
    """A label, a ground or a no-connect cross at each pin that no line touches."""
    lines, grounds = [], 0
    for row in circuit():
        for number_, (end, angle) in pin_ends(row).items():
            touched = any(on_line(end, a, b) for wire in WIRES for a, b in pairwise(wire))
            net = row.pins.get(number_)
            if net is None:
                lines.append(f'(no_connect (at {xy(end)}) (uuid "{identifier("nc", row.ref, number_)}"))')
            elif net == "GND":
                grounds += 1
                lines += helper("GND", f"#PWR{grounds:02d}", "GND", end, GND_TURN.get(angle, 0))
            elif not touched:
                lines.append(label(net, end, angle))
    return lines


def wires() -> list[str]:
    ends = [end for row in circuit() for end, _ in pin_ends(row).values()]
    cuts = ends + [at for at, _, _ in LABELS] + list(FLAGS.values())
    lines, meeting = [], dict.fromkeys(ends, 1)
    for one, two in segments(cuts):
        stroke = "(stroke (width 0) (type default))"
        lines.append(f'(wire (pts (xy {xy(one)}) (xy {xy(two)})) {stroke} (uuid "{identifier("w", one, two)}"))')
        for end in (one, two):
            meeting[end] = meeting.get(end, 0) + 1
    for at, count in meeting.items():
        if count > 2:
            lines.append(f'(junction (at {xy(at)}) (diameter 0) (color 0 0 0 0) (uuid "{identifier("j", at)}"))')
    return lines


def frames() -> list[str]:
    lines = []
    for one, two, title in BLOCKS:
        stroke = "(stroke (width 0.15) (type dash))"
        key = identifier("block", title)
        lines.append(f'(rectangle (start {xy(one)}) (end {xy(two)}) {stroke} (fill (type none)) (uuid "{key}"))')
        at = f"{mm(one[0] + 0.6)} {mm(one[1] + 1)} 0"
        lines.append(f'(text {quoted(title)} (exclude_from_sim no) (at {at}) {effects("left", size=1.6)}'
                     f' (uuid "{identifier("title", title)}"))')  # fmt: skip
    return lines


def title_block() -> list[str]:
    return [
        '(title_block (title "sitbone carrier") (rev "B") (company "sitbone: an open seat cushion")',
        '\t(comment 1 "Generated from hardware/circuit. Edit the table there, not this file.")',
        '\t(comment 2 "Not built or measured yet. Not a medical device."))',
    ]


def schematic() -> str:
    lines = ["(version 20250114)", '(generator "sitbone")', '(generator_version "1")']
    lines += [f'(uuid "{identifier("sheet")}")', PAPER, *title_block(), "(lib_symbols"]
    for name in SYMBOLS:
        lines += [f"\t{line}" for line in symbol_text(name)]
    lines += [")", *frames(), *wires(), *(label(net, at, angle) for at, net, angle in LABELS), *labelled_pins()]
    for net, at in FLAGS.items():
        lines += helper("PWR_FLAG", f"#FLG_{net}", "PWR_FLAG", at)
    lines += helper("GND", "#PWR00", "GND", FLAGS["GND"])
    for row in circuit():
        lines += instance(row)
    lines += ['(sheet_instances (path "/" (page "1")))', "(embedded_fonts no)"]
    return "(kicad_sch\n" + "\n".join(f"\t{line}" for line in lines) + "\n)\n"


def symbol_library() -> str:
    lines = ["(version 20241209)", '(generator "sitbone")', '(generator_version "1")']
    for name in SYMBOLS:
        lines += symbol_text(name, library="")
    return "(kicad_symbol_lib\n" + "\n".join(f"\t{line}" for line in lines) + "\n)\n"


def library_table(kind: str, uri: str, plugin: str = "KiCad") -> str:
    row = f'\t(lib (name "sitbone") (type "{plugin}") (uri "${{KIPRJMOD}}/{uri}") (options "") (descr "this project"))'
    return f"({kind}_lib_table\n\t(version 7)\n{row}\n)\n"


def footprint() -> str:
    """The module's two rows of sockets, 25.4 mm apart; the outline is the module's, its USB socket at the bottom."""
    lines = ["(version 20241229)", '(generator "sitbone")', '(generator_version "1")', '(layer "F.Cu")']
    lines.append("(attr through_hole)")
    for name, text, at, layer in (("Reference", "REF**", "12.7 -7.5", "F.SilkS"), ("Value", "", "12.7 23", "F.Fab")):
        lines.append(
            f'(property "{name}" "{text}" (at {at} 0) (layer "{layer}") (effects (font (size 1 1) (thickness 0.15))))'
        )
    for layer, grow in (("F.SilkS", 0.0), ("F.CrtYd", 0.25)):
        corners = (
            f"(start {number(-1.27 - grow)} {number(-6.2 - grow)}) (end {number(26.67 + grow)} {number(48.2 + grow)})"
        )
        width = "0.05" if layer == "F.CrtYd" else "0.15"
        lines.append(f'(fp_rect {corners} (stroke (width {width}) (type default)) (fill no) (layer "{layer}"))')
    lines.append(
        '(fp_text user "USB" (at 12.7 46.5 0) (layer "F.SilkS") (effects (font (size 1.2 1.2) (thickness 0.15))))'
    )
    for column, x in ((2, 0.0), (3, 25.4)):
        for n in range(19):
            shape = "rect" if n == 0 else "circle"
            lines.append(f'(pad "J{column}-{n + 1}" thru_hole {shape} (at {number(x)} {number(2.54 * n)})'
                         ' (size 1.7 1.7) (drill 1) (layers "*.Cu" "*.Mask"))')  # fmt: skip
    return '(footprint "ESP32-DevKitC"\n' + "\n".join(f"\t{line}" for line in lines) + "\n)\n"


def project() -> str:
    """Board rules: what any cheap board house makes. Nothing is excluded from the checks."""
    settings = {
        "board": {"design_settings": {
            "defaults": {}, "drc_exclusions": [],
            "rules": {"min_clearance": 0.2, "min_track_width": 0.2, "min_via_diameter": 0.6,
                      "min_through_hole_diameter": 0.3, "min_hole_to_hole": 0.25, "min_copper_edge_clearance": 0.5},
            "track_widths": [], "via_dimensions": []}},
        "libraries": {"pinned_footprint_libs": [], "pinned_symbol_libs": []},
        "meta": {"filename": f"{NAME}.kicad_pro", "version": 3},
        "net_settings": {"classes": [{
            "name": "Default", "clearance": 0.2, "track_width": 0.3, "via_diameter": 0.8, "via_drill": 0.4,
            "priority": 2147483647}], "meta": {"version": 4}},
        "pcbnew": {"page_layout_descr_file": ""},
        "sheets": [[identifier("sheet"), "Root"]],
        "text_variables": {},
    }  # fmt: skip
    return json.dumps(settings, indent=2) + "\n"


def files() -> dict[str, str]:
    """file name under hardware/kicad -> text, for everything here but the board."""
    return {
        f"{NAME}.kicad_sch": schematic(),
        f"{NAME}.kicad_pro": project(),
        "sitbone.kicad_sym": symbol_library(),
        "sitbone.pretty/ESP32-DevKitC.kicad_mod": footprint(),
        "sym-lib-table": library_table("sym", "sitbone.kicad_sym"),
        "fp-lib-table": library_table("fp", "sitbone.pretty"),
    }


def write(folder: Path = KICAD) -> None:
    for name, text in files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


if __name__ == "__main__":
    write()
