"""KiCad's own checks over the committed schematic and board, and that the committed files are what the tables give."""

import pytest

from hardware.circuit import circuit, netlist, sheet
from tests.hardware.tools import BOARD, KICAD, copy_of_project, kicad_cli, need_kicad

both = pytest.mark.parametrize("design", sheet.DESIGNS, ids=lambda design: design.name)


@pytest.fixture
def project(tmp_path):
    need_kicad()
    return copy_of_project(tmp_path)


@pytest.mark.parametrize("name", sheet.files())
def test_the_committed_file_is_what_the_table_gives(name):
    assert (KICAD / name).read_text() == sheet.files()[name]


@both
def test_electrical_rules(design, project, tmp_path):
    done = kicad_cli("sch", "erc", "--severity-all", "--exit-code-violations", "-o", tmp_path / "erc.txt",
                     project / f"{design.name}.kicad_sch", check=False)  # fmt: skip
    assert done.returncode == 0, (tmp_path / "erc.txt").read_text()


def check_board(project, tmp_path, board=BOARD):
    return kicad_cli("pcb", "drc", "--severity-all", "--schematic-parity", "--exit-code-violations",
                     "-o", tmp_path / "drc.txt", project / f"{board}.kicad_pcb", check=False)  # fmt: skip


@both
def test_board_rules_and_that_the_board_is_the_schematic(design, project, tmp_path):
    done = check_board(project, tmp_path, design.name)
    report = (tmp_path / "drc.txt").read_text()
    assert done.returncode == 0, report
    assert "Found 0 Footprint errors" in report


@both
def test_kicad_reads_the_table_out_of_the_drawing(design, project):
    drawn = netlist.read_schematic(project / f"{design.name}.kicad_sch")
    assert drawn == circuit.nets(design.rows)
    assert (KICAD / f"{design.name}-netlist.csv").read_text() == netlist.netlist_csv(drawn)


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
