"""The pages: figures computed, pictures generated, links that lead somewhere, careful words."""

import re
import shutil
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from hardware import tables
from hardware.analog import plot, stack
from hardware.board import export
from hardware.case import sizes
from hardware.circuit import stripboard_picture
from hardware.circuit.sheet import DESIGNS
from tests.hardware.tools import ROOT, in_environment, need_environment, need_kicad, need_ngspice

HARDWARE = ROOT / "hardware"
GUIDE = HARDWARE / "guide"
LINK = re.compile(r"!?\[[^\]]*\]\(([^)#]+)\)")
LONGEST_TABLE_LINE = 170  # a phone wraps cells, but not endlessly
CLAIMS = re.compile(r"tendon pressure|\b(heals?|cures?|treats?|diagnos\w+|proven)\b", re.IGNORECASE)


@pytest.mark.parametrize("page", tables.PAGES)
class TestPage:
    def test_figures_are_the_computed_ones(self, page):
        assert (HARDWARE / page).read_text() == tables.filled(page)

    def test_links_lead_somewhere(self, page):
        targets = LINK.findall((HARDWARE / page).read_text())
        assert targets
        assert not [target for target in targets if not (HARDWARE / target).exists()]

    def test_tables_fit_a_phone(self, page):
        rows = [line for line in (HARDWARE / page).read_text().splitlines() if line.startswith("|")]
        assert max(row.count("|") - 1 for row in rows) <= 4
        assert max(map(len, rows)) <= LONGEST_TABLE_LINE

    def test_words_claim_nothing(self, page):
        text = (HARDWARE / page).read_text()
        assert not CLAIMS.findall(text)
        assert "medical device" in text
        assert re.search(r"nobody has built|be the first", text, re.IGNORECASE)

    def test_commands_exist(self, page):
        from click.testing import CliRunner

        from sitbone.cli import cli

        text = (HARDWARE / page).read_text()
        named = set(re.findall(r"`sitbone ([a-z]+)", text))
        unknown = {name for name in named if CliRunner().invoke(cli, [name, "--help"]).exit_code}
        assert not unknown


DRAWN = [
    "case-battery",
    "case-drawing",
    "case-exploded",
    "case-open",
    "cover",
    "cushion-exploded",
    "placement",
    "stack",
]
RENDERED = [f"{name}{suffix}" for suffix in ("", "-battery") for name in ("board-top", "board-bottom", "schematic")]
SAME_LEVELS = 3.0  # of 255, on average: what another KiCad's shading may differ by; a moved part is beyond


class TestPictures:
    """Each committed picture is what its sources give today: line drawings byte for byte, renders as they look."""

    def test_every_one_is_made_and_shown(self):
        shown = {Path(link).name for page in tables.PAGES for link in LINK.findall((HARDWARE / page).read_text())}
        there = {picture.name for picture in GUIDE.iterdir()}
        made = {f"{name}.svg" for name in [*DRAWN, "transfer", "stripboard", "harness", "harness-battery"]} | {
            f"{name}.png" for name in RENDERED
        }
        assert there == made
        assert there <= shown

    @pytest.mark.slow
    @pytest.mark.parametrize("name", DRAWN)
    def test_a_drawing_of_the_case_or_cushion(self, drawn, name):
        assert (GUIDE / f"{name}.svg").read_bytes() == (drawn / f"{name}.svg").read_bytes()

    def test_the_stripboard(self):
        assert (GUIDE / "stripboard.svg").read_text() == stripboard_picture.picture()

    def test_the_transfer_curve(self):
        need_ngspice()
        assert (GUIDE / "transfer.svg").read_text() == plot.transfer_picture()

    @pytest.mark.parametrize("name", ["harness.svg", "harness-battery.svg"])
    def test_the_harness_is_the_one_beside_its_table(self, name):
        assert (GUIDE / name).read_bytes() == (HARDWARE / "harness" / name).read_bytes()

    @pytest.mark.slow
    @pytest.mark.parametrize("name", RENDERED)
    def test_a_render_of_board_or_schematic(self, rendered, name):
        assert levels_apart(GUIDE / f"{name}.png", rendered / f"{name}.png") < SAME_LEVELS

    @pytest.mark.slow
    def test_another_board_would_be_seen(self, rendered, tmp_path):
        moved = tmp_path / "moved.png"
        picture = Image.open(rendered / "board-top.png")
        ImageChops.offset(picture, 8, 0).save(moved)
        assert levels_apart(GUIDE / "board-top.png", moved) > SAME_LEVELS


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    need_environment()
    folder = tmp_path_factory.mktemp("drawn")
    in_environment("-m", "hardware.case.pictures", folder)
    return folder


@pytest.fixture(scope="module")
def rendered(tmp_path_factory):
    need_kicad()
    folder = tmp_path_factory.mktemp("rendered")
    for design, suffix in zip(DESIGNS, ("", "-battery"), strict=True):
        work = tmp_path_factory.mktemp(design.name)
        export.board(design, work)
        export.schematic_picture(work)
        for name in ("board-top", "board-bottom", "schematic"):
            shutil.copy(work / f"{name}.png", folder / f"{name}{suffix}.png")
    return folder


def levels_apart(one: Path, other: Path) -> float:
    """How far two pictures are apart, in levels of 255 on average."""
    pictures = [Image.open(path).convert("RGB") for path in (one, other)]
    assert pictures[0].size == pictures[1].size
    return sum(ImageStat.Stat(ImageChops.difference(*pictures)).mean) / 3


class TestStack:
    """The argument for sensor and puck, in numbers; the foam's part is in test_seat.py."""

    def test_the_sensor_stays_in_its_own_sheets_range(self):
        low_n, high_n = stack.RANGE_N
        assert low_n < stack.force_n(1)
        assert stack.force_n(20) < high_n

    @pytest.mark.parametrize("kpa", [2, 5, 10, 15, 20])
    def test_the_firmwares_straight_line_is_near_the_data_sheets_curve(self, kpa):
        assert abs(stack.off_linear(kpa)) < 0.16

    def test_the_pages_say_the_pucks_size(self):
        assert sizes.PUCK_MM == 20
        assert stack.puck_mm2() == pytest.approx(314, abs=1)
