"""What a review of revision A found, as rules that no later revision may break again.

The rules read the tables and the committed board; the drawings are compared with the tables elsewhere.
"""

import re
from itertools import combinations

import pytest

from hardware.board import layout, layout_battery
from hardware.circuit import sheet
from hardware.circuit.circuit import circuit, nets
from hardware.circuit.parts import LOOSE, PARTS
from hardware.circuit.sheet import DESIGNS
from hardware.circuit.symbols import SYMBOLS
from tests.hardware.tools import BOARD, KICAD, ROOT

PAGE_ORIGIN_MM = 50.0
RAILS = {"3V3", "5V", "USB_5V", "VSYS", "CELL", "BATTERY", "PACK", "BAT"}
both = pytest.mark.parametrize("design", DESIGNS, ids=lambda design: design.name)
PAGES = ["hardware/README.md", "hardware/BUILD.md", "README.md"]


def cable(design) -> set[str]:
    """The nets that leave the case towards the cushion."""
    found = {net for row in design.rows if row.ref == "J1" for net in row.pins.values()} - {"GND"}
    assert len(found) > 8
    return found


def drivers(design, net: str) -> set[str]:
    """Parts that put power on a net."""
    kinds = {(row.ref, pin.number): pin.kind for row in design.rows for pin in SYMBOLS[row.symbol].pins}
    return {ref for ref, pin in nets(design.rows)[net] if kinds[ref, pin] == "power_out"}


class TestPower:
    @both
    def test_one_regulator_drives_the_rail(self, design):
        """Two had: the dev board's and the carrier's. The dev board's maker forbids it."""
        assert drivers(design, "3V3") == {"U1"}

    def test_the_usb_variant_has_no_cell_and_nothing_that_charges(self):
        """With ordinary USB voltages the old power path charged its cell without control."""
        words = " ".join(
            bought.what
            for bought in [*(PARTS[row.part] for row in circuit() if row.part), *(part for _, part in LOOSE.values())]
        )
        assert not re.search(r"\b(LiPo|cell|charger|battery)\b", words, re.IGNORECASE)
        assert not {net for net in nets() if re.search("CELL|BATT|LIPO", net)}

    @pytest.mark.parametrize("page", PAGES)
    def test_no_page_says_to_connect_a_cell(self, page):
        text = (ROOT / page).read_text()
        assert not re.findall(r"(?i)\b(?:plug in|connect|lay|insert) (?:the|a|your) (?:cell|battery|lipo)", text)


class TestCable:
    @both
    def test_no_rail_leaves_the_case_bare(self, design):
        """3.3 V without a fuse ran through the foam."""
        assert not cable(design) & RAILS

    @both
    def test_every_wire_of_the_cable_is_clamped(self, design):
        """Nothing took a spark off 0.9 m of cable."""
        clamped = {net for row in design.rows if row.symbol == "CLAMP" for net in row.pins.values()}
        assert not cable(design) - clamped

    @both
    def test_the_plug_parts_by_a_pull(self, design):
        """JST-XH locks; a box header without a latch doesn't."""
        header = next(row for row in design.rows if row.ref == "J1")
        assert "IDC-Header" in header.footprint
        assert "Latch" not in header.footprint

    @pytest.mark.parametrize("places", [layout.USB.places, layout_battery.BATTERY.places], ids=["USB", "battery"])
    def test_the_clamps_sit_at_the_plug(self, places):
        first = places["J1"]
        for ref in {"D5", "D6", "D7"} & places.keys():
            x, y, _ = places[ref]
            assert x - first[0] < 10
            assert first[1] - 7 * 2.54 - 9 < y < first[1] + 5


class TestAntenna:
    def test_no_copper_lies_under_it(self):
        """A ground plane did."""
        text = (KICAD / f"{BOARD}.kicad_pcb").read_text()
        copper = blocks(text, "segment") + blocks(text, "via")
        copper += [
            part
            for zone in blocks(text, "zone")
            for part in re.findall(r"\(filled_polygon.*?\n\t\t\)", zone, re.DOTALL)
        ]
        assert len(copper) > 100
        inside = [(x, y) for block in copper for x, y in points(block) if is_under_the_antenna(x, y)]
        assert not inside


def blocks(text: str, kind: str) -> list[str]:
    return re.findall(rf"\n\t\({kind}\n.*?\n\t\)", text, re.DOTALL)


def points(block: str) -> list[tuple[float, float]]:
    found = re.findall(r"\((?:start|end|at|xy) ([\d.]+) ([\d.]+)\)", block)
    return [(float(x) - PAGE_ORIGIN_MM, float(y) - PAGE_ORIGIN_MM) for x, y in found]


def is_under_the_antenna(x: float, y: float) -> bool:
    left, top, right, bottom = layout.ANTENNA_MM
    return left + 0.01 < x < right - 0.01 and top + 0.01 < y < bottom - 0.01


class TestSheet:
    @both
    def test_no_symbol_is_drawn_over_another(self, design):
        """A ground symbol stood on GPIO19's pin."""
        boxes = drawn_boxes(design)
        over = [(a, b) for (a, one), (b, other) in combinations(boxes.items(), 2) if overlap(one, other)]
        assert not over


Box = tuple[float, float, float, float]


def drawn_boxes(design) -> dict[str, Box]:
    """What takes room on the sheet, in its units: bodies, ground symbols, and the end of each pin."""
    found: dict[str, Box] = {}
    for row in design.rows:
        symbol, (x0, y0, turn) = SYMBOLS[row.symbol], design.places[row.ref]
        ends = sheet.pin_ends(design, row)
        if symbol.box:
            (left, top), (right, low) = (sheet.turned(corner, turn) for corner in symbol.box)
            found[row.ref] = (x0 + left, y0 + top, x0 + right, y0 + low)
        for number, ((x, y), angle) in ends.items():
            if row.pins.get(number) == "GND":
                turned = sheet.GND_TURN.get(angle, 0)
                shapes: dict[int, Box] = {0: (-0.5, 0.1, 0.5, 1), 90: (0.1, -0.5, 1, 0.5), 270: (-1, -0.5, -0.1, 0.5)}
                x, y = sheet.ground_at((x, y), angle, [other for other, _ in ends.values()])
                dx1, dy1, dx2, dy2 = shapes[turned]
                found[f"{row.ref}.{number} ground"] = (x + dx1, y + dy1, x + dx2, y + dy2)
            else:
                found[f"{row.ref}.{number}"] = (x - 0.1, y - 0.1, x + 0.1, y + 0.1)
    return found


def overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
