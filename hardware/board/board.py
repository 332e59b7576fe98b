"""Builds the routed boards out of netlist, layout and router, with KiCad's own Python (`make hardware-route`).

`python -m hardware.board.board [NAME...]` builds those of these names, or all. The result is committed, so nothing else
runs this: the checks ask KiCad whether the committed board still is the schematic.
"""

import os
import shutil
import sys
from math import cos, hypot, pi, sin
from pathlib import Path
from tempfile import TemporaryDirectory

import pcbnew

from hardware.board import layout_battery
from hardware.board.layout import BOARD_MM, HOLE_KEEPOUT_MM, HOLES_MM, USB, Area, Layout
from hardware.board.route import Board, Pad, route_all
from hardware.circuit.circuit import Row
from hardware.circuit.drawing import Design
from hardware.circuit.netlist import read_schematic
from hardware.circuit.parts import PARTS
from hardware.circuit.sheet import DESIGNS, KICAD, identifier

FOOTPRINTS = os.environ.get("KICAD9_FOOTPRINT_DIR", "/usr/share/kicad/footprints")
ORIGIN_MM = (50.0, 50.0)  # of the board on KiCad's page
WIDE_MM, GROUND_MM, SIGNAL_MM = 0.6, 0.4, 0.3
WIDE_NETS = ("3V3", "USB_5V", "MOTOR_3V3", "MOTOR_LEFT", "MOTOR_RIGHT", "PACK", "PACK_FUSED", "PATH", "BAT")
LAYOUTS = {"sitbone-carrier": USB, "sitbone-battery": layout_battery.BATTERY}


def at(x_mm: float, y_mm: float) -> pcbnew.VECTOR2I:
    return pcbnew.VECTOR2I(pcbnew.FromMM(ORIGIN_MM[0] + x_mm), pcbnew.FromMM(ORIGIN_MM[1] + y_mm))


def from_page(point: pcbnew.VECTOR2I) -> tuple[float, float]:
    return pcbnew.ToMM(point.x) - ORIGIN_MM[0], pcbnew.ToMM(point.y) - ORIGIN_MM[1]


def load(footprint: str) -> pcbnew.FOOTPRINT:
    library, name = footprint.split(":")
    folder = str(KICAD / "sitbone.pretty") if library == "sitbone" else f"{FOOTPRINTS}/{library}.pretty"
    return pcbnew.FootprintLoad(folder, name)


def place(board: pcbnew.BOARD, layout: Layout, row: Row, net_of: dict[tuple[str, str], str]) -> None:
    part = load(row.footprint)
    library, name = row.footprint.split(":")
    part.SetFPID(pcbnew.LIB_ID(library, name))
    part.SetReference(row.ref)
    part.SetValue(row.value)
    part.SetPath(pcbnew.KIID_PATH(f"/{identifier(row.ref)}"))
    fields = {"Datasheet": "", "Description": PARTS[row.part].what if row.part else ""}
    if row.part:
        fields["Manufacturer"], fields["MPN"] = PARTS[row.part].first
    for field, text in fields.items():
        part.SetField(field, text)
        part.GetFieldByName(field).SetVisible(False)
    if not row.part:
        part.SetAttributes(part.GetAttributes() | pcbnew.FP_EXCLUDE_FROM_BOM | pcbnew.FP_EXCLUDE_FROM_POS_FILES)
    x, y, degrees = layout.places[row.ref]
    part.SetPosition(at(x, y))
    part.SetOrientationDegrees(degrees)
    letter(part, row, (x, y, degrees))
    for pad in part.Pads():
        net_name = net_of.get((row.ref, pad.GetNumber()))
        if net_name:
            pad.SetNet(net(board, net_name))
        if (row.ref, pad.GetNumber()) in layout.solid:
            pad.SetLocalZoneConnection(pcbnew.ZONE_CONNECTION_FULL)
    board.Add(part)


def letter(part: pcbnew.FOOTPRINT, row: Row, spot: tuple[float, float, float]) -> None:
    """Reference above the part, small; values only on the drawing layer."""
    text = part.Reference()
    text.SetTextSize(pcbnew.VECTOR2I(pcbnew.FromMM(0.8), pcbnew.FromMM(0.8)))
    text.SetTextThickness(pcbnew.FromMM(0.12))
    text.SetKeepUpright(True)
    text.SetTextAngleDegrees(0)
    part.Value().SetVisible(False)
    x, y, degrees = spot
    if row.ref.startswith("H"):
        text.SetVisible(False)
    elif row.ref.startswith("TP"):
        text.SetPosition(at(x, y - 1.8))
    elif row.ref[0] in "RCDFLQ" or row.ref == "U3":
        upright = degrees in (90, 270) and row.ref[0] in "RC"
        tall = row.ref[0] in "QU" or row.symbol == "CLAMP" or upright
        text.SetPosition(at(x, y - (2.6 if tall else 1.8)))
    elif row.ref == "J1":
        text.SetPosition(at(x, y + 3.2))


def net(board: pcbnew.BOARD, name: str) -> pcbnew.NETINFO_ITEM:
    found = board.FindNet(name)
    if found is None:
        found = pcbnew.NETINFO_ITEM(board, name)
        board.Add(found)
    return found


def outline(board: pcbnew.BOARD) -> None:
    shape = pcbnew.PCB_SHAPE(board, pcbnew.SHAPE_T_RECT)
    shape.SetStart(at(0, 0))
    shape.SetEnd(at(*BOARD_MM))
    shape.SetLayer(pcbnew.Edge_Cuts)
    shape.SetWidth(pcbnew.FromMM(0.1))
    board.Add(shape)


def notes(board: pcbnew.BOARD, layout: Layout) -> None:
    for words, x, y, size in layout.notes:
        text = pcbnew.PCB_TEXT(board)
        text.SetText(words)
        text.SetPosition(at(x, y))
        text.SetLayer(pcbnew.F_SilkS)
        text.SetTextSize(pcbnew.VECTOR2I(pcbnew.FromMM(size), pcbnew.FromMM(size)))
        text.SetTextThickness(pcbnew.FromMM(size * 0.15))
        board.Add(text)


def ground(board: pcbnew.BOARD) -> None:
    """Ground on both sides, wherever nothing else is."""
    for layer in (pcbnew.F_Cu, pcbnew.B_Cu):
        zone = pcbnew.ZONE(board)
        zone.SetLayer(layer)
        zone.SetNet(board.FindNet("GND"))
        chain = zone.Outline()
        chain.NewOutline()
        for x, y in (
            (0.6, 0.6),
            (BOARD_MM[0] - 0.6, 0.6),
            (BOARD_MM[0] - 0.6, BOARD_MM[1] - 0.6),
            (0.6, BOARD_MM[1] - 0.6),
        ):
            chain.Append(at(x, y))
        zone.SetLocalClearance(pcbnew.FromMM(0.3))
        zone.SetMinThickness(pcbnew.FromMM(0.25))
        zone.SetPadConnection(pcbnew.ZONE_CONNECTION_THERMAL)
        zone.SetThermalReliefGap(pcbnew.FromMM(0.3))
        zone.SetThermalReliefSpokeWidth(pcbnew.FromMM(0.4))
        zone.SetIslandRemovalMode(pcbnew.ISLAND_REMOVAL_MODE_ALWAYS)
        board.Add(zone)


def keepouts(board: pcbnew.BOARD, antenna_mm: Area | None) -> None:
    """No copper where a screw's head or the case's post presses, and none under the antenna."""
    turns = [2 * pi * n / 24 for n in range(24)]
    rings = [
        [(x + HOLE_KEEPOUT_MM * cos(turn), y + HOLE_KEEPOUT_MM * sin(turn)) for turn in turns] for x, y in HOLES_MM
    ]
    if antenna_mm:
        left, top, right, bottom = antenna_mm
        rings.append([(left, top), (right, top), (right, bottom), (left, bottom)])
    for corners in rings:
        keep_clear(board, corners)


def keep_clear(board: pcbnew.BOARD, corners: list[tuple[float, float]]) -> None:
    layers = pcbnew.LSET()
    for layer in (pcbnew.F_Cu, pcbnew.B_Cu):
        layers.AddLayer(layer)
    zone = pcbnew.ZONE(board)
    zone.SetIsRuleArea(True)
    zone.SetDoNotAllowCopperPour(True)
    zone.SetDoNotAllowTracks(True)
    zone.SetDoNotAllowVias(True)
    zone.SetDoNotAllowPads(False)
    zone.SetDoNotAllowFootprints(False)
    zone.SetLayerSet(layers)
    chain = zone.Outline()
    chain.NewOutline()
    for x, y in corners:
        chain.Append(at(x, y))
    board.Add(zone)


def pads_of(board: pcbnew.BOARD) -> list[Pad]:
    found: list[Pad] = []
    for pad in board.GetPads():
        x, y = from_page(pad.GetPosition())
        box = pad.GetBoundingBox()
        half_x, half_y = pcbnew.ToMM(box.GetWidth()) / 2, pcbnew.ToMM(box.GetHeight()) / 2
        layers = tuple(n for n, layer in enumerate((pcbnew.F_Cu, pcbnew.B_Cu)) if pad.IsOnLayer(layer))
        round_ = pad.GetShape() == pcbnew.PAD_SHAPE_CIRCLE
        found.append(Pad(pad.GetNetname() or f"none-{len(found)}", x, y, half_x, half_y, layers, round_))
    return found


def antenna(area: Area | None) -> list[Pad]:
    """To the router, the antenna's area is a pad that belongs to no net."""
    if not area:
        return []
    left, top, right, bottom = area
    half = ((right - left) / 2, (bottom - top) / 2)
    return [Pad("none-antenna", (left + right) / 2, (top + bottom) / 2, *half, (0, 1))]


def widths(pads: list[Pad]) -> dict[str, float]:
    """net -> track width, short nets first, ground last."""
    nets: dict[str, list[Pad]] = {}
    for pad in pads:
        if not pad.net.startswith("none-"):
            nets.setdefault(pad.net, []).append(pad)

    def span(name: str) -> float:
        xs, ys = [p.x for p in nets[name]], [p.y for p in nets[name]]
        return 1e6 if name == "GND" else hypot(max(xs) - min(xs), max(ys) - min(ys))

    def width(name: str) -> float:
        return GROUND_MM if name == "GND" else WIDE_MM if name.strip("/") in WIDE_NETS else SIGNAL_MM

    return {name: width(name) for name in sorted(nets, key=lambda n: (span(n), n)) if len(nets[name]) > 1}


def draw(board: pcbnew.BOARD, routed: Board) -> None:
    for track in routed.tracks:
        line = pcbnew.PCB_TRACK(board)
        line.SetStart(at(track.x1, track.y1))
        line.SetEnd(at(track.x2, track.y2))
        line.SetWidth(pcbnew.FromMM(track.width))
        line.SetLayer((pcbnew.F_Cu, pcbnew.B_Cu)[track.layer])
        line.SetNet(board.FindNet(track.net))
        board.Add(line)
    for via in routed.vias:
        hole = pcbnew.PCB_VIA(board)
        hole.SetPosition(at(via.x, via.y))
        hole.SetWidth(pcbnew.FromMM(0.8))
        hole.SetDrill(pcbnew.FromMM(0.4))
        hole.SetNet(board.FindNet(via.net))
        board.Add(hole)


def net_names(design: Design) -> dict[tuple[str, str], str]:
    """(ref, pin) -> net as KiCad names it; an open pin has a net of its own."""
    nets = read_schematic(KICAD / f"{design.name}.kicad_sch")
    return {node: f"/{name}" if name != "GND" else name for name, nodes in nets.items() for node in nodes}


def build(design: Design, layout: Layout, target: Path) -> None:
    board = pcbnew.NewBoard(str(target))
    names = net_names(design)
    for row in design.rows:
        open_pins = {(row.ref, pad.GetNumber()) for pad in load(row.footprint).Pads()} - names.keys()
        place(board, layout, row, names | {node: open_net(row, node[1]) for node in open_pins if node[1]})
    outline(board)
    notes(board, layout)
    pads = pads_of(board)
    heads = [(x, y, HOLE_KEEPOUT_MM) for x, y in HOLES_MM]
    taken = [*pads, *antenna(layout.antenna_mm)]
    draw(board, route_all(lambda: Board(BOARD_MM, taken, heads), widths(pads)))
    keepouts(board, layout.antenna_mm)
    ground(board)
    pcbnew.SaveBoard(str(target), board)


def main(wanted: list[str]) -> None:
    """In a folder of its own, since KiCad rewrites the project file beside a board that it saves."""
    for design in (design for design in DESIGNS if not wanted or design.name in wanted):
        with TemporaryDirectory() as folder:
            work = Path(folder) / "kicad"
            shutil.copytree(KICAD, work)
            board = work / f"{design.name}.kicad_pcb"
            build(design, LAYOUTS[design.name], board)
            shutil.copy(KICAD / f"{design.name}.kicad_pro", work)
            filled = pcbnew.LoadBoard(str(board))
            pcbnew.ZONE_FILLER(filled).Fill(filled.Zones())
            pcbnew.SaveBoard(str(board), filled)
            shutil.copy(board, KICAD)


def open_net(row: Row, pin: str) -> str:
    from hardware.circuit.symbols import SYMBOLS

    name = next(p.name for p in SYMBOLS[row.symbol].pins if p.number == pin)
    return f"unconnected-({row.ref}-{name.replace('/', '{slash}')}-Pad{pin})"


if __name__ == "__main__":
    main(sys.argv[1:])
