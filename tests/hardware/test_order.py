"""What goes to a board house and an assembler, read again and compared with the committed board.

Oracle for the board: KiCad's own Python, which knows nothing of the exported files; for those, gerber.py.
"""

import csv
import io
import json
import os
import subprocess
import zipfile

import pytest

from hardware.board import export, order
from hardware.board.layout import BOARD_MM
from hardware.circuit.netlist import natural
from hardware.circuit.parts import PARTS, loose
from hardware.circuit.sheet import DESIGNS
from tests.hardware import gerber
from tests.hardware.tools import KICAD, need_kicad

both = pytest.mark.parametrize("design", DESIGNS, ids=lambda design: design.name)
PADS = """
import json, sys, pcbnew
board = pcbnew.LoadBoard(sys.argv[1])
at = lambda p: (pcbnew.ToMM(p.x), -pcbnew.ToMM(p.y))
copper = lambda p, layer: p.IsOnLayer(layer) and p.GetAttribute() != pcbnew.PAD_ATTRIB_NPTH
pads = [(at(p.GetPosition()), copper(p, pcbnew.F_Cu), copper(p, pcbnew.B_Cu), p.HasHole()) for p in board.GetPads()]
lines = [t for t in board.GetTracks() if t.Type() != pcbnew.PCB_VIA_T]
tracks = [(at(t.GetStart()), at(t.GetEnd()), t.GetLayerName()) for t in lines]
vias = [at(t.GetPosition()) for t in board.GetTracks() if t.Type() == pcbnew.PCB_VIA_T]
print(json.dumps({"pads": pads, "tracks": tracks, "vias": vias}))
"""


def rounded(points) -> list[tuple[float, float]]:
    return sorted((round(x, 3), round(y, 3)) for x, y in points)


def ends(lines) -> set[tuple]:
    return {tuple(rounded(line)) for line in lines}


@pytest.fixture(scope="module", params=DESIGNS, ids=lambda design: design.name)
def ordered(request, tmp_path_factory):
    """(design, folder of the order, the board as KiCad's Python reads it)"""
    need_kicad()
    design = request.param
    folder = tmp_path_factory.mktemp("order")
    export.board(design, folder)
    python = os.environ.get("KICAD_PYTHON", "/usr/bin/python3")
    command = [python, "-c", PADS, str(KICAD / f"{design.name}.kicad_pcb")]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    return design, folder, json.loads(done.stdout.splitlines()[-1])


def layer(folder, ending: str) -> str:
    archive = zipfile.ZipFile(folder / "gerbers-and-drill.zip")
    (name,) = [name for name in archive.namelist() if name.endswith(ending)]
    return archive.read(name).decode()


@pytest.mark.slow
class TestGerbers:
    def test_every_layer_and_the_drill_are_in_the_zip(self, ordered):
        names = zipfile.ZipFile(ordered[1] / "gerbers-and-drill.zip").namelist()
        layers = ["F_Cu", "B_Cu", "F_Mask", "B_Mask", "F_Silkscreen", "F_Paste", "Edge_Cuts", "NPTH.drl", "-PTH.drl"]
        assert not [layer for layer in layers if not any(layer in name for name in names)]

    @pytest.mark.parametrize(("ending", "side"), [("F_Cu.gtl", 1), ("B_Cu.gbl", 2)])
    def test_every_pad_and_via_is_on_its_copper_and_nothing_else_is(self, ordered, ending, side):
        _, folder, board = ordered
        flashed, _ = gerber.flashes_and_lines(layer(folder, ending))
        wanted = [pad[0] for pad in board["pads"] if pad[side]] + board["vias"]
        assert set(rounded(wanted)) == set(rounded(flashed))

    @pytest.mark.parametrize(("ending", "name"), [("F_Cu.gtl", "F.Cu"), ("B_Cu.gbl", "B.Cu")])
    def test_every_track_is_drawn(self, ordered, ending, name):
        _, folder, board = ordered
        _, lines = gerber.flashes_and_lines(layer(folder, ending))
        wanted = ends((start, end) for start, end, on in board["tracks"] if on == name)
        assert len(wanted) > 30
        assert wanted <= ends(lines)

    def test_every_front_pad_has_a_hole_in_the_mask(self, ordered):
        _, folder, board = ordered
        flashed, _ = gerber.flashes_and_lines(layer(folder, "F_Mask.gts"))
        assert {tuple(point) for point in rounded(pad[0] for pad in board["pads"] if pad[1])} <= set(rounded(flashed))

    def test_every_hole_is_drilled_once(self, ordered):
        _, folder, board = ordered
        drilled = []
        archive = zipfile.ZipFile(folder / "gerbers-and-drill.zip")
        for name in archive.namelist():
            if name.endswith(".drl"):
                drilled += gerber.holes(archive.read(name).decode())
        wanted = [pad[0] for pad in board["pads"] if pad[3]] + board["vias"]
        assert len(drilled) == len(wanted)

    def test_the_outline_is_the_boards(self, ordered):
        _, folder, _ = ordered
        _, lines = gerber.flashes_and_lines(layer(folder, "Edge_Cuts.gm1"))
        xs, ys = ([point[axis] for line in lines for point in line] for axis in (0, 1))
        assert (round(max(xs) - min(xs), 3), round(max(ys) - min(ys), 3)) == BOARD_MM

    def test_a_lost_pad_would_be_seen(self, ordered):
        _, folder, board = ordered
        text = layer(folder, "F_Cu.gtl")
        first = next(line for line in text.splitlines() if line.endswith("D03*"))
        flashed, _ = gerber.flashes_and_lines(text.replace(f"{first}\n", ""))
        wanted = [pad[0] for pad in board["pads"] if pad[1]] + board["vias"]
        assert set(rounded(wanted)) != set(rounded(flashed))


@pytest.mark.slow
class TestForms:
    def test_bom_and_placement_have_the_same_parts(self, ordered):
        design, folder, _ = ordered
        small = {row.ref for rows in order.placed(design).values() for row in rows}
        for house in ("jlcpcb", "pcbway"):
            bom = list(csv.DictReader((folder / f"{house}-bom.csv").open()))
            cpl = list(csv.DictReader((folder / f"{house}-cpl.csv").open()))
            assert {ref for row in bom for ref in row["Designator"].split(",")} == small
            assert {row["Designator"] for row in cpl} == small
            assert {row["Layer"] for row in cpl} == {"Top"}

    def test_jlcpcbs_angles_are_kicads_but_for_its_table(self, ordered):
        """Oracle: the table written down here, and the packages by their names."""
        design, folder, _ = ordered
        kicad = {
            row["Designator"]: float(row["Rotation"]) for row in csv.DictReader((folder / "pcbway-cpl.csv").open())
        }
        jlc = {row["Designator"]: float(row["Rotation"]) for row in csv.DictReader((folder / "jlcpcb-cpl.csv").open())}
        for row in design.rows:
            if row.ref in kicad:
                added = 180 if "SOT-23" in row.footprint else 270 if "SOIC" in row.footprint else 0
                assert jlc[row.ref] == (kicad[row.ref] + added) % 360


@both
def test_the_forms_have_the_columns_that_the_assemblers_ask_for(design):
    """Oracle: JLCPCB's and PCBWay's own sample files, from memory."""
    heads = {name: text.splitlines()[0] for name, text in order.files(design, "Ref,Val\n").items()}
    assert heads["jlcpcb-bom.csv"] == "Comment,Designator,Footprint,JLCPCB Part #"
    assert heads["jlcpcb-cpl.csv"] == heads["pcbway-cpl.csv"] == "Designator,Mid X,Mid Y,Layer,Rotation"
    assert heads["pcbway-bom.csv"].startswith("Item #,Designator,Qty,Manufacturer,Mfg Part #,Description / Value")


@both
def test_the_cart_has_all_that_can_be_bought(design):
    rows = list(csv.DictReader(io.StringIO(order.cart(design))))
    numbers = {row["Manufacturer Part Number"] for row in rows}
    wanted = {PARTS[row.part].first[1] for row in design.rows if row.part}
    wanted |= {bought.first[1] for _, bought in loose(design.name).values() if bought.first[0] != "any"}
    assert numbers == wanted
    assert all(int(row["Quantity"]) >= 1 for row in rows)


def test_the_assemblers_numbers_look_like_theirs():
    assert order.LCSC.keys() <= PARTS.keys()
    assert all(number[0] == "C" and number[1:].isdigit() for number in order.LCSC.values())
    assert len(set(order.LCSC.values())) == len(order.LCSC)


@both
def test_parts_stand_in_the_order_of_their_references(design):
    for rows in order.placed(design).values():
        refs = [row.ref for row in rows]
        assert refs == sorted(refs, key=natural)


@both
@pytest.mark.parametrize("words", ["CERN-OHL-P v2", "ohwr.org/cern_ohl_p_v2.txt", "revision B"])
def test_licence_and_revision_are_on_the_silk(design, words):
    text = (KICAD / f"{design.name}.kicad_pcb").read_text()
    drawn = [block for block in text.split("\n\t(gr_text ")[1:] if words in block.splitlines()[0]]
    assert drawn
    assert all('(layer "F.SilkS")' in block for block in drawn)
