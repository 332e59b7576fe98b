"""KiCad's own checks over the committed schematic and board, and that the committed files are what the tables give."""

import csv
import zipfile

import pytest

from hardware.board import export
from hardware.circuit import circuit, netlist, sheet
from tests.hardware.tools import BOARD, KICAD, copy_of_project, kicad_cli, need_kicad


@pytest.fixture
def project(tmp_path):
    need_kicad()
    return copy_of_project(tmp_path)


@pytest.mark.parametrize("name", sheet.files())
def test_the_committed_file_is_what_the_table_gives(name):
    assert (KICAD / name).read_text() == sheet.files()[name]


def test_electrical_rules(project, tmp_path):
    done = kicad_cli("sch", "erc", "--severity-all", "--exit-code-violations", "-o", tmp_path / "erc.txt",
                     project / f"{BOARD}.kicad_sch", check=False)  # fmt: skip
    assert done.returncode == 0, (tmp_path / "erc.txt").read_text()


def check_board(project, tmp_path):
    return kicad_cli("pcb", "drc", "--severity-all", "--schematic-parity", "--exit-code-violations",
                     "-o", tmp_path / "drc.txt", project / f"{BOARD}.kicad_pcb", check=False)  # fmt: skip


def test_board_rules_and_that_the_board_is_the_schematic(project, tmp_path):
    done = check_board(project, tmp_path)
    report = (tmp_path / "drc.txt").read_text()
    assert done.returncode == 0, report
    assert "Found 0 Footprint errors" in report


def test_kicad_reads_the_table_out_of_the_drawing(project):
    drawn = netlist.read_schematic(project / f"{BOARD}.kicad_sch")
    assert drawn == circuit.nets()
    assert (KICAD / "netlist.csv").read_text() == netlist.netlist_csv(drawn)


@pytest.mark.slow
class TestTheseChecks:
    """That they would find something. Oracle: planted by hand."""

    def test_two_nets_swapped_in_the_drawing_are_seen(self, project, tmp_path):
        path = project / f"{BOARD}.kicad_sch"
        text = path.read_text()
        text = text.replace('(label "PWM_LEFT"', '(label "@"').replace('(label "PWM_RIGHT"', '(label "PWM_LEFT"')
        path.write_text(text.replace('(label "@"', '(label "PWM_RIGHT"', 1))
        assert netlist.read_schematic(path) != circuit.nets()
        assert check_board(project, tmp_path).returncode != 0

    def test_a_lost_track_is_seen(self, project, tmp_path):
        path = project / f"{BOARD}.kicad_pcb"
        lines = path.read_text().split("\n\t(segment")
        path.write_text("\n\t(segment".join(lines[:5] + lines[6:]))
        assert check_board(project, tmp_path).returncode != 0

    def test_a_pin_left_alone_is_seen(self, project, tmp_path):
        path = project / f"{BOARD}.kicad_sch"
        text = path.read_text()
        start = text.index('\t(label "BUTTON"')
        path.write_text(text[:start] + text[text.index("\n", start) + 1 :])
        done = kicad_cli("sch", "erc", "--severity-all", "--exit-code-violations", "-o", tmp_path / "erc.txt",
                         path, check=False)  # fmt: skip
        assert done.returncode != 0


@pytest.fixture(scope="module")
def order(tmp_path_factory):
    need_kicad()
    folder = tmp_path_factory.mktemp("order")
    export.board(folder)
    return folder


@pytest.mark.slow
class TestOrder:
    """What goes to the board house."""

    def test_every_layer_and_the_drill_are_in_the_zip(self, order):
        names = zipfile.ZipFile(order / "gerbers-and-drill.zip").namelist()
        layers = ["F_Cu", "B_Cu", "F_Mask", "B_Mask", "F_Silkscreen", "F_Paste", "Edge_Cuts", "NPTH.drl", "-PTH.drl"]
        assert not [layer for layer in layers if not any(layer in name for name in names)]

    def test_every_small_part_has_a_position(self, order):
        rows = csv.DictReader((order / "positions.csv").read_text().splitlines())
        small = {row.ref for row in circuit.circuit() if row.part and row.symbol != "DEVKIT" and row.ref[0] != "J"}
        assert {row["Ref"] for row in rows} == small

    def test_every_hole_is_drilled(self, order):
        archive = zipfile.ZipFile(order / "gerbers-and-drill.zip")
        plated = next(
            archive.read(n).decode() for n in archive.namelist() if n.endswith("-PTH.drl") and "NPTH" not in n
        )
        pins = 38 + sum(len(row.pins) for row in circuit.circuit() if row.ref[0] == "J")
        vias = (KICAD / f"{BOARD}.kicad_pcb").read_text().count("\n\t(via\n")
        assert len([line for line in plated.splitlines() if line.startswith("X")]) == pins + vias
