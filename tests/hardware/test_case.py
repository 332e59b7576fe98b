"""Printed parts and cut plans: fit, walls, printability, and the committed files against the models.

The geometry kernel lives in an environment of its own: `hardware.case.check` runs there and answers in figures.
"""

import json
import re
from itertools import pairwise

import pytest

from hardware.board import layout
from hardware.case import cutplan, drawing, sizes
from tests.hardware.tools import BOARD, KICAD, ROOT, in_environment, need_environment

PRINTED = ROOT / "hardware" / "case" / "printed"
CUSHION = ROOT / "hardware" / "case" / "cushion"
PARTS = ["base", "lid", "base-battery", "lid-battery", "puck", "seat"]
LONGEST_BRIDGE_MM = 16.0  # printers bridge that without support
PAGE_ORIGIN_MM = 50.0  # of the board in KiCad's file


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    need_environment()
    folder = tmp_path_factory.mktemp("case")
    figures = json.loads(in_environment("-m", "hardware.case.check", folder).stdout)
    return folder, figures


@pytest.mark.slow
class TestSolids:
    @pytest.mark.parametrize(("variant", "pairs"), [("clash_mm3", 14), ("clash_battery_mm3", 25)])
    def test_nothing_touches_that_must_not(self, made, variant, pairs):
        clashes = {pair: volume for pair, volume in made[1][variant].items() if not volume < 0.01}
        assert len(made[1][variant]) == pairs
        assert not clashes

    def test_a_board_a_plug_or_a_cell_in_a_wrong_place_would_be_seen(self, made):
        assert min(made[1]["planted_mm3"].values()) > 1

    @pytest.mark.parametrize("name", PARTS)
    def test_a_part_is_one_closed_body_that_prints_without_support(self, made, name):
        part = made[1]["parts"][name]
        assert part["watertight"]
        assert part["bodies"] == 1
        assert part["bridge_mm"] <= LONGEST_BRIDGE_MM
        assert part["thin_percent"] < 1.0

    @pytest.mark.parametrize("name", PARTS)
    def test_the_committed_models_are_these(self, made, name):
        fresh = (made[0] / f"{name}.stl").read_bytes()
        committed = (PRINTED / f"{name}.stl").read_bytes()
        assert abs(len(fresh) - len(committed)) <= 0.01 * len(fresh)
        assert extents(PRINTED / f"{name}.stl") == pytest.approx(extents(made[0] / f"{name}.stl"), abs=0.02)
        assert volume(committed) == pytest.approx(volume(fresh), rel=1e-3)
        assert (PRINTED / f"{name}.step").read_text().startswith("ISO-10303-21;")

    def test_the_case_fits_a_common_printer(self, made):
        assert all(max(part["extents_mm"]) < 200 for part in made[1]["parts"].values())


def triangles(stl: bytes):
    """The corners of a binary STL's triangles."""
    import struct

    count = struct.unpack_from("<I", stl, 80)[0]
    for n in range(count):
        values = struct.unpack_from("<9f", stl, 84 + 50 * n + 12)
        yield values[0:3], values[3:6], values[6:9]


def volume(stl: bytes) -> float:
    """By the divergence theorem: an oracle that shares nothing with the kernel."""
    total = 0.0
    for (ax, ay, az), (bx, by, bz), (cx, cy, cz) in triangles(stl):
        total += ax * (by * cz - bz * cy) - ay * (bx * cz - bz * cx) + az * (bx * cy - by * cx)
    return total / 6


def extents(path) -> list[float]:
    corners = [corner for triangle in triangles(path.read_bytes()) for corner in triangle]
    return [max(axis) - min(axis) for axis in zip(*corners, strict=True)]


class TestSizes:
    def test_every_wall_is_thick_enough(self):
        assert not {name: mm for name, mm in sizes.walls_mm().items() if mm < sizes.THINNEST_WALL_MM}

    def test_the_posts_stand_under_the_boards_own_holes(self):
        """The holes as KiCad's file has them, not as the layout says."""
        text = (KICAD / f"{BOARD}.kicad_pcb").read_text()
        found = []
        for footprint in text.split("\n\t(footprint ")[1:]:
            if footprint.startswith('"MountingHole:'):
                ((x, y),) = re.findall(r"\n\t\t\(at ([\d.]+) ([\d.]+)", footprint)
                found.append(sizes.on_board(float(x) - PAGE_ORIGIN_MM, float(y) - PAGE_ORIGIN_MM))
        assert sorted(found) == sorted(sizes.posts())
        assert len(found) == 4

    def test_the_case_closes_over_the_module(self):
        assert sizes.stack_mm() + 1 < sizes.INSIDE_MM[2] - sizes.LIP_DEPTH_MM

    def test_the_plug_goes_through_its_opening_into_the_header(self):
        """The header as KiCad's file has it."""
        y, z = sizes.plug_at()
        text = (KICAD / f"{BOARD}.kicad_pcb").read_text()
        (found,) = re.findall(r'\(footprint "Connector_IDC:.*?\n\t\t\(at ([\d.]+) ([\d.]+) 180\)', text, re.DOTALL)
        pin_y = sizes.on_board(0, float(found[1]) - PAGE_ORIGIN_MM)[1]
        assert y == pytest.approx(pin_y + 6 * 2.54 / 2, abs=0.01)
        assert sizes.PLUG_OPENING_MM[0] - sizes.RIBBON_PLUG_MM[1] >= 2
        assert sizes.PLUG_OPENING_MM[1] - sizes.RIBBON_PLUG_MM[2] >= 2
        assert sizes.BOARD_AT_MM[0] + sizes.HEADER_FACE_MM >= 0
        top = z + sizes.PLUG_OPENING_MM[1] / 2 + sizes.PLUG_GABLE_MM
        assert top + sizes.THINNEST_WALL_MM < sizes.INSIDE_MM[2]
        assert sizes.PLUG_OPENING_MM[0] - 2 * sizes.PLUG_GABLE_MM <= LONGEST_BRIDGE_MM

    def test_the_battery_variants_usb_socket_is_in_the_same_opening(self):
        """A plug's moulding of 11 x 6.5 mm goes in with half a millimetre around it."""
        (x, z), (x0, z0) = sizes.xiao_usb_at(), sizes.usb_at()
        wide, high = sizes.USB_OPENING_MM
        assert abs(x - x0) + 11 / 2 + 0.5 <= wide / 2
        assert abs(z - z0) + 6.5 / 2 + 0.3 <= high / 2

    def test_the_pack_lies_over_nothing_that_reaches_it(self):
        """A tenth of a pack's thickness is kept for its swelling."""
        header_top = sizes.POST_MM + layout.BOARD_THICKNESS_MM + sizes.HEADER_BODY_MM[2]
        assert sizes.PACK_AT_MM[0] > sizes.BOARD_AT_MM[0] + sizes.HEADER_FACE_MM + sizes.HEADER_BODY_MM[0]
        assert sizes.pack_foot_mm() - header_top > -0.1 * sizes.PACK_MM[2]
        switch_top = sizes.POST_MM + layout.BOARD_THICKNESS_MM + sizes.SWITCH_BODY_MM[2]
        assert sizes.pack_foot_mm() - switch_top > 0.1 * sizes.PACK_MM[2]

    def test_the_switchs_handle_comes_through_the_wall(self):
        """The handle as KiCad's footprint has it: 6.2 mm in front of the pins."""
        text = (KICAD / "sitbone-battery.kicad_pcb").read_text()
        (found,) = re.findall(
            r'\(footprint "Button_Switch_THT:[^"]*".*?\n\t\t\(at ([\d.]+) ([\d.]+)\)', text, re.DOTALL
        )
        pin_x, pin_y = (float(value) - PAGE_ORIGIN_MM for value in found)
        tip = sizes.on_board(pin_x, pin_y + 6.2)
        assert -sizes.WALL_MM - 1.5 < tip[1] < -sizes.WALL_MM
        travel = [sizes.on_board(pin_x + mm, 0)[0] for mm in (0.0, 4.0)]
        middle, wide = sizes.switch_at()[0], sizes.SWITCH_SLOT_MM[0]
        assert middle - wide / 2 < travel[0] - 1
        assert travel[1] + 1 < middle + wide / 2

    def test_the_usb_socket_is_in_its_opening(self):
        x, z = sizes.usb_at()
        module_middle = layout.MODULE_MM[0] + layout.MODULE_PADS_X_MM / 2
        assert x == pytest.approx(sizes.BOARD_AT_MM[0] + module_middle)
        assert sizes.USB_OPENING_MM[0] - sizes.USB_SOCKET_MM[0] >= 4
        assert z + sizes.USB_OPENING_MM[1] / 2 + sizes.THINNEST_WALL_MM / 2 < sizes.INSIDE_MM[2]

    def test_the_puck_reaches_the_sensor_before_the_rim_stops_the_foam(self):
        assert sizes.PUCK_PROUD_MM >= 1
        assert sizes.BOSS_MM < 12.7  # the sensor's active disc
        assert sizes.PUCK_MM + sizes.SEAT_GAP_MM < sizes.SEAT_OUTER_MM - 2 * sizes.SEAT_WALL_MM + sizes.SEAT_GAP_MM


class TestCushion:
    def test_sizes_cover_people(self):
        distances = [body.sitting_bones_mm for body in sizes.BODIES]
        assert min(distances) <= 105
        assert max(distances) >= 135
        assert all(after - before <= sizes.PUCK_MM for before, after in pairwise(distances))

    @pytest.mark.parametrize("body", sizes.BODIES, ids=lambda body: body.name)
    def test_nothing_hard_is_near_an_edge(self, body):
        places = [*sizes.pucks(body).values(), *sizes.motors().values()]
        half = body.width_mm / 2
        assert all(abs(x) + sizes.SEAT_OUTER_MM / 2 < half - 40 for x, _ in places)
        assert all(60 < y < body.depth_mm - 60 for _, y in places)

    @pytest.mark.parametrize("body", sizes.BODIES, ids=lambda body: body.name)
    def test_pucks_follow_the_persons_sitting_bones(self, body):
        left, right = (sizes.pucks(body)[zone][0] for zone in ("LEFT_IT", "RIGHT_IT"))
        assert right - left == body.sitting_bones_mm

    @pytest.mark.parametrize("body", sizes.BODIES, ids=lambda body: body.name)
    def test_the_committed_plan_is_what_the_sizes_give(self, body):
        assert (CUSHION / f"sensor-sheet-{body.name}-A4.pdf").read_bytes() == cutplan.a4(body, "sensor sheet")

    @pytest.mark.parametrize("body", sizes.BODIES, ids=lambda body: body.name)
    def test_the_committed_dxf_has_every_hole(self, body):
        text = (CUSHION / f"cushion-{body.name}.dxf").read_text()
        assert "$INSUNITS" in text
        assert len(re.findall(r"\nCIRCLE\n", text)) == 4 + 2  # pucks, motors' wells

    def test_the_committed_dxf_is_what_the_sizes_give(self, tmp_path):
        need_environment()
        code = "import sys; from pathlib import Path; from hardware.case import cutplan, sizes\n"
        code += "for body in sizes.BODIES: Path(sys.argv[1], f'cushion-{body.name}.dxf').write_text(cutplan.dxf(body))"
        in_environment("-c", code, tmp_path)
        for path in tmp_path.iterdir():
            assert path.read_bytes() == (CUSHION / path.name).read_bytes()

    def test_a_millimetre_on_paper_is_one(self):
        """A line of 100 mm, found again in the PDF's own numbers; a point is 1/72 inch."""
        shape = drawing.line((0, 0), (cutplan.CONTROL_MM, 0))
        text = drawing.pdf([drawing.Page(200, 200, [shape], (10, 10))]).decode("latin-1")
        scale = float(re.findall(r"([\d.]+) 0 0 [\d.]+ 0 0 cm", text)[0])
        assert re.search(r"0 0 m 100 0 l", text)
        assert scale * 100 / 72 * 25.4 == pytest.approx(100, abs=0.01)

    def test_a2_holds_every_layer(self):
        assert all(body.width_mm + 2 * 8 < 420 and body.depth_mm + 100 < 594 for body in sizes.BODIES)
