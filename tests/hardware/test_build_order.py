"""The build guide read as a beginner reads it: from the top, with nothing but what was named before.

The words are written down here; a part, tool or file that a step asks for must stand in "What you need".
"""

import re
import shutil
import subprocess

import pytest

from hardware import guide_pdf
from hardware.circuit.parts import LOOSE
from tests.hardware.tools import ROOT

PAGE = (ROOT / "hardware" / "BUILD.md").read_text()
SECTIONS = dict(re.findall(r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
NEED = SECTIONS["What you need"]
STEPS = {title: text for title, text in SECTIONS.items() if title[0].isdigit()}

# What a hand must hold for a step.
THINGS = [
    "base board", "EVA", "foam", "hook-and-loop", "cover", "zip", "liner", "meter", "solder", "crimp", "3D", "PETG",
    "screws", "cable tie", "double-sided tape", "silicone", "heat-shrink", "strap", "cardboard", "resistor",
    "socket", "header", "ribbon", "motor", "button", "sensor", "module", "puck", "seat", "lid", "47 kΩ", "paper",
    "scissors", "knife", "DXF", "sewing machine", "USB cable", "computer",
]  # fmt: skip
NAMED_OTHERWISE = {"47 kΩ": "47 kohm", "sensor": "force-sensing", "header": "box header"}


def test_the_steps_are_numbered_without_a_gap():
    assert [int(title.split(".")[0]) for title in STEPS] == list(range(1, len(STEPS) + 1))
    assert len(STEPS) >= 8


@pytest.mark.parametrize("title", STEPS)
def test_items_count_up(title):
    """A step of which two are number four was here."""
    numbers = [int(number) for number in re.findall(r"^(\d+)\. ", STEPS[title], re.MULTILINE)]
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("thing", THINGS)
def test_what_a_step_needs_was_named_before(thing):
    assert NAMED_OTHERWISE.get(thing, thing).lower() in NEED.lower()


@pytest.mark.parametrize("thing", ["base board", "silicone", "heat-shrink", "strap", "cable tie", "liner", "cardboard"])
def test_what_was_named_is_used(thing):
    assert any(thing.lower() in text.lower() for text in STEPS.values())


def test_every_bought_part_is_in_the_list():
    assert not [
        key for key, (_, bought) in LOOSE.items() if key not in ("foam", "print", "board") and bought.what not in NEED
    ]


def test_a_file_or_folder_is_named_before_a_step_asks_for_it():
    """Pictures stand in the step itself; pages are for reading on."""
    asked = set(re.findall(r"`(?:build|case|kicad)/[^`]+`|`[\w…-]+\.(?:pdf|csv|zip|stl)`", "".join(STEPS.values())))
    assert not {name for name in asked if name not in NEED} - {"`case/sizes.py`"}


def test_the_program_is_installed_before_its_first_command():
    steps = "".join(STEPS.values())
    assert steps.index("pip install") < steps.index("sitbone devices") < steps.index("sitbone install")
    assert steps.index("--board devkit-b") < steps.index("sitbone calibrate")


def test_power_comes_after_the_checks_without_it():
    solder = STEPS["2. Solder the board"]
    assert solder.index("check for shorts") < solder.index("connect USB") < solder.index("| TP1 |")


class TestOnPaper:
    def test_the_pdf_has_every_step_in_order(self, tmp_path):
        if not shutil.which("pdftotext"):
            pytest.skip("poppler-utils are not installed")
        paper = tmp_path / "guide.pdf"
        guide_pdf.write(paper)
        done = subprocess.run(["pdftotext", "-layout", str(paper), "-"], capture_output=True, text=True, check=True)
        words = re.sub(r"\s+", " ", done.stdout)
        places = [words.index(re.sub(r"[`*]", "", title)) for title in SECTIONS]
        assert places == sorted(places)
        assert "unplug USB, then look for a short" in words  # the last line of the last table
        assert words.index("5. Push the module into its sockets") > words.index("4. Check the gates")
        assert done.stdout.count("\f") <= 12  # pages

    def test_what_is_special_to_the_typesetter_is_only_words(self):
        assert guide_pdf.escaped("a_b #c $d") == "a\\_b \\#c \\$d"
