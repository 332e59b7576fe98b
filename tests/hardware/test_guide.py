"""The pages: figures computed, pictures generated, links that lead somewhere, careful words."""

import re
from pathlib import Path

import pytest

from hardware import tables
from hardware.analog import stack
from hardware.case import sizes
from tests.hardware.tools import ROOT

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


def test_every_picture_is_generated_and_used():
    makes = "\n".join(p.read_text() for p in (HARDWARE / "make.py", HARDWARE / "case" / "pictures.py"))
    used = {Path(link).name for page in tables.PAGES for link in LINK.findall((HARDWARE / page).read_text())}
    for picture in GUIDE.iterdir():
        stem = picture.stem
        assert f'"{stem}"' in makes or f"{stem}.svg" in makes or stem.startswith("board-") or stem == "schematic"
        assert picture.name in used or picture.stem == "board-bottom"


class TestStack:
    """The argument for sensor and puck, in numbers."""

    def test_the_sensor_stays_in_its_range_up_to_the_peak_on_a_firm_seat(self):
        assert stack.force_n(stack.PEAK_ON_FIRM_SEAT_KPA, stack.puck_mm2()) < 1.05 * stack.SPECIFIED_N

    @pytest.mark.parametrize("kpa", [5, 10, 20, 41, 60])
    def test_the_firmwares_straight_line_is_near_the_data_sheets_curve(self, kpa):
        assert abs(stack.off_linear(kpa)) < 0.16

    def test_the_pages_say_how_far_it_is_off_at_low_load(self):
        assert stack.off_linear(2) == pytest.approx(0.26, abs=0.01)

    def test_the_pages_say_the_pucks_size(self):
        assert sizes.PUCK_MM == 25
        assert stack.puck_mm2() == pytest.approx(491, abs=1)
