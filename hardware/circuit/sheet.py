"""Draws a variant's circuit as a KiCad schematic. All is computed from the tables: the same tables give the same bytes.

A design's `places` say where a part stands, its `wires` which pins a drawn line joins; every other pin gets its net's
name. The drawing can't change the circuit: a test compares the netlist that KiCad reads out of it with the table.
"""

import json
import uuid
from itertools import pairwise
from pathlib import Path

from hardware.circuit.circuit import Row
from hardware.circuit.drawing import Design, GridPoint
from hardware.circuit.footprints import devkit_footprint, xiao_footprint
from hardware.circuit.parts import PARTS
from hardware.circuit.sheet_battery import BATTERY
from hardware.circuit.sheet_usb import USB
from hardware.circuit.symbols import HIDDEN_REFERENCE, SYMBOLS, UNIT_MM, Pin, Symbol

KICAD = Path(__file__).resolve().parents[1] / "kicad"
DESIGNS = (USB, BATTERY)
SPACE = uuid.UUID("5b0e4c1e-3f57-4d0e-8a8e-2f1d3f6f5a01")  # any fixed one: identifiers must not change from run to run


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


def pin_ends(design: Design, row: Row) -> dict[str, tuple[GridPoint, int]]:
    """pin -> where it ends on the sheet, and the direction (degrees) in which a label leaves it."""
    x0, y0, turn = design.places[row.ref]
    ends = {}
    for pin in SYMBOLS[row.symbol].pins:
        x, y = turned(pin.at, turn)
        ends[pin.number] = ((x0 + x, y0 + y), (pin.angle + 180 + turn) % 360)
    return ends


def on_line(point: GridPoint, one: GridPoint, two: GridPoint) -> bool:
    (x, y), (x1, y1), (x2, y2) = point, one, two
    inside = min(x1, x2) <= x <= max(x1, x2) and min(y1, y2) <= y <= max(y1, y2)
    return inside and (x1 == x2 or y1 == y2)


def segments(design: Design, points: list[GridPoint]) -> list[tuple[GridPoint, GridPoint]]:
    """The drawn lines, cut wherever one of the points or another line's end lies on them."""
    corners = {corner for wire in design.wires for corner in wire} | set(points)
    found = set()
    for wire in design.wires:
        for one, two in pairwise(wire):
            stops = sorted(corner for corner in corners if on_line(corner, one, two))
            found |= set(pairwise(stops))
    return sorted(found)


# ---- the sheet


def properties(design: Design, row: Row) -> list[str]:
    symbol = SYMBOLS[row.symbol]
    x, y, turn = design.places[row.ref]
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


def instance(design: Design, row: Row) -> list[str]:
    x, y, turn = design.places[row.ref]
    mirror = ""
    return [
        f'(symbol (lib_id "sitbone:{row.symbol}") (at {xy((x, y))} {turn}){mirror} (unit 1)',
        f"\t(exclude_from_sim no) (in_bom {'yes' if row.part else 'no'}) (on_board yes) (dnp no)",
        f'\t(uuid "{identifier(row.ref)}")',
        *(f"\t{line}" for line in properties(design, row)),
        *(f'\t(pin {quoted(p.number)} (uuid "{identifier(row.ref, p.number)}"))' for p in SYMBOLS[row.symbol].pins),
        f'\t(instances (project "{design.name}" (path "/{identifier("sheet")}" (reference "{row.ref}") (unit 1))))',
        ")",
    ]


# A pin that leaves its part sideways has its ground symbol turned, so that it stays clear of the pin below; between
# two other pins it stands beyond their names.
GND_TURN = {0: 90, 180: 270}
LONGEST_NAME = 9


def ground_at(end: GridPoint, angle: int, others: list[GridPoint]) -> GridPoint:
    crowded = angle in GND_TURN and any(x == end[0] and abs(y - end[1]) == 1 for x, y in others)
    return (end[0] + (LONGEST_NAME if angle == 0 else -LONGEST_NAME), end[1]) if crowded else end


def helper(design: Design, symbol: str, ref: str, value: str, at: GridPoint, turn: int = 0) -> list[str]:
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
        f'\t(instances (project "{design.name}" (path "/{identifier("sheet")}" (reference "{ref}") (unit 1))))',
        ")",
    ]


def label(net: str, at: GridPoint, angle: int) -> str:
    side = "right" if angle in (180, 270) else "left"
    shape = (
        f'(label {quoted(net)} (at {xy(at)} {angle}) {effects(side + " bottom")} (uuid "{identifier("l", net, at)}"))'
    )
    return shape


def labelled_pins(design: Design) -> list[str]:
    """A label, a ground or a no-connect cross at each pin that no line touches."""
    lines, grounds = [], 0
    for row in design.rows:
        for number_, (end, angle) in pin_ends(design, row).items():
            touched = any(on_line(end, a, b) for wire in design.wires for a, b in pairwise(wire))
            net = row.pins.get(number_)
            if net is None:
                lines.append(f'(no_connect (at {xy(end)}) (uuid "{identifier("nc", row.ref, number_)}"))')
            elif net == "GND":
                grounds += 1
                at = ground_at(end, angle, [other for other, _ in pin_ends(design, row).values()])
                lines += [wire(end, at)] if at != end else []
                lines += helper(design, "GND", f"#PWR{grounds:02d}", "GND", at, GND_TURN.get(angle, 0))
            elif not touched:
                lines.append(label(net, end, angle))
    return lines


def wire(one: GridPoint, two: GridPoint) -> str:
    stroke = "(stroke (width 0) (type default))"
    return f'(wire (pts (xy {xy(one)}) (xy {xy(two)})) {stroke} (uuid "{identifier("w", one, two)}"))'


def wires(design: Design) -> list[str]:
    ends = [end for row in design.rows for end, _ in pin_ends(design, row).values()]
    cuts = ends + [at for at, _, _ in design.labels] + list(design.flags.values())
    lines, meeting = [], dict.fromkeys(ends, 1)
    for one, two in segments(design, cuts):
        lines.append(wire(one, two))
        for end in (one, two):
            meeting[end] = meeting.get(end, 0) + 1
    for at, count in meeting.items():
        if count > 2:
            lines.append(f'(junction (at {xy(at)}) (diameter 0) (color 0 0 0 0) (uuid "{identifier("j", at)}"))')
    return lines


def frames(design: Design) -> list[str]:
    lines = []
    for one, two, title in design.blocks:
        stroke = "(stroke (width 0.15) (type dash))"
        key = identifier("block", title)
        lines.append(f'(rectangle (start {xy(one)}) (end {xy(two)}) {stroke} (fill (type none)) (uuid "{key}"))')
        at = f"{mm(one[0] + 0.6)} {mm(one[1] + 1)} 0"
        lines.append(f'(text {quoted(title)} (exclude_from_sim no) (at {at}) {effects("left", size=1.6)}'
                     f' (uuid "{identifier("title", title)}"))')  # fmt: skip
    return lines


def title_block(design: Design) -> list[str]:
    return [
        f'(title_block (title "{design.title}") (rev "B") (company "sitbone: an open seat cushion")',
        '\t(comment 1 "Generated from hardware/circuit. Edit the table there, not this file.")',
        '\t(comment 2 "Not built or measured yet. Not a medical device."))',
    ]


def schematic(design: Design) -> str:
    lines = ["(version 20250114)", '(generator "sitbone")', '(generator_version "1")']
    paper = f'(paper "User" {design.paper_mm[0]} {design.paper_mm[1]})'
    lines += [f'(uuid "{identifier("sheet")}")', paper, *title_block(design), "(lib_symbols"]
    for name in used_symbols(design):
        lines += [f"\t{line}" for line in symbol_text(name)]
    named = (label(net, at, angle) for at, net, angle in design.labels)
    lines += [")", *frames(design), *wires(design), *named, *labelled_pins(design)]
    for net, at in design.flags.items():
        lines += helper(design, "PWR_FLAG", f"#FLG_{net}", "PWR_FLAG", at)
    lines += helper(design, "GND", "#PWR00", "GND", design.flags["GND"])
    for row in design.rows:
        lines += instance(design, row)
    lines += ['(sheet_instances (path "/" (page "1")))', "(embedded_fonts no)"]
    return "(kicad_sch\n" + "\n".join(f"\t{line}" for line in lines) + "\n)\n"


def used_symbols(design: Design) -> list[str]:
    there = {row.symbol for row in design.rows} | {"GND", "PWR_FLAG"}
    return [name for name in SYMBOLS if name in there]


def symbol_library() -> str:
    lines = ["(version 20241209)", '(generator "sitbone")', '(generator_version "1")']
    for name in SYMBOLS:
        lines += symbol_text(name, library="")
    return "(kicad_symbol_lib\n" + "\n".join(f"\t{line}" for line in lines) + "\n)\n"


def library_table(kind: str, uri: str, plugin: str = "KiCad") -> str:
    row = f'\t(lib (name "sitbone") (type "{plugin}") (uri "${{KIPRJMOD}}/{uri}") (options "") (descr "this project"))'
    return f"({kind}_lib_table\n\t(version 7)\n{row}\n)\n"


def project(design: Design) -> str:
    """Board rules: what any cheap board house makes. Nothing is excluded from the checks."""
    settings = {
        "board": {"design_settings": {
            "defaults": {}, "drc_exclusions": [],
            "rules": {"min_clearance": 0.2, "min_track_width": 0.2, "min_via_diameter": 0.6,
                      "min_through_hole_diameter": 0.3, "min_hole_to_hole": 0.25, "min_copper_edge_clearance": 0.5},
            "track_widths": [], "via_dimensions": []}},
        "libraries": {"pinned_footprint_libs": [], "pinned_symbol_libs": []},
        "meta": {"filename": f"{design.name}.kicad_pro", "version": 3},
        "net_settings": {"classes": [{
            "name": "Default", "clearance": 0.2, "track_width": 0.3, "via_diameter": 0.8, "via_drill": 0.4,
            "priority": 2147483647}], "meta": {"version": 4}},
        "pcbnew": {"page_layout_descr_file": ""},
        "sheets": [[identifier("sheet"), "Root"]],
        "text_variables": {},
    }  # fmt: skip
    return json.dumps(settings, indent=2) + "\n"


def files() -> dict[str, str]:
    """file name under hardware/kicad -> text, for everything here but the boards."""
    found = {
        "sitbone.kicad_sym": symbol_library(),
        "sitbone.pretty/ESP32-DevKitC.kicad_mod": devkit_footprint(),
        "sitbone.pretty/XIAO-ESP32S3.kicad_mod": xiao_footprint(),
        "sym-lib-table": library_table("sym", "sitbone.kicad_sym"),
        "fp-lib-table": library_table("fp", "sitbone.pretty"),
    }
    for design in DESIGNS:
        found |= {f"{design.name}.kicad_sch": schematic(design), f"{design.name}.kicad_pro": project(design)}
    return found


def write(folder: Path = KICAD) -> None:
    for name, text in files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


if __name__ == "__main__":
    write()
