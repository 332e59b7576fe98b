"""What a board house wants of a committed board, by KiCad's command line; and the page to place parts by."""

import os
import shutil
import subprocess
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

from hardware.board import order
from hardware.circuit import sheet
from hardware.circuit.drawing import Design

LAYERS = "F.Cu,B.Cu,F.Paste,F.Silkscreen,B.Silkscreen,F.Mask,B.Mask,Edge.Cuts"
KICAD_PYTHON = os.environ.get("KICAD_PYTHON", "/usr/bin/python3")
INTERACTIVE = Path(__file__).resolve().parents[2] / ".hardware-venv" / "interactive"


def kicad(*words: object) -> None:
    subprocess.run(["kicad-cli", *map(str, words)], check=True, capture_output=True)


def board(design: Design, folder: Path) -> None:
    """Gerbers and drill in a zip, positions, BOM, the assemblers' forms, schematic. KiCad writes beside its input, so
    that is a copy."""
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as work:
        project = Path(work) / "kicad"
        shutil.copytree(sheet.KICAD, project)
        pcb, drawing = project / f"{design.name}.kicad_pcb", project / f"{design.name}.kicad_sch"
        gerbers = Path(work) / "gerbers"
        gerbers.mkdir()
        kicad("pcb", "export", "gerbers", "--layers", LAYERS, "--no-x2", "-o", f"{gerbers}/", pcb)
        kicad("pcb", "export", "drill", "--excellon-separate-th", "-o", f"{gerbers}/", pcb)
        pack(gerbers, folder / "gerbers-and-drill.zip")
        kicad("pcb", "export", "pos", "--format", "csv", "--units", "mm", "--smd-only", "--exclude-dnp",
              "-o", folder / "positions.csv", pcb)  # fmt: skip
        kicad("sch", "export", "pdf", "--black-and-white", "-o", folder / "schematic.pdf", drawing)
        kicad("pcb", "export", "pdf", "--layers", "F.Cu,F.Silkscreen,Edge.Cuts", "--mode-single",
              "-o", folder / "board-top.pdf", pcb)  # fmt: skip
        kicad("pcb", "export", "step", "--board-only", "-f", "-o", folder / "board.step", pcb)
        for side in ("top", "bottom"):
            kicad("pcb", "render", "--side", side, "-w", 1200, "-h", 820, "--zoom", "1.25", "--background", "opaque",
                  "-o", folder / f"board-{side}.png", pcb)  # fmt: skip
    for name, text in order.files(design, (folder / "positions.csv").read_text()).items():
        (folder / name).write_text(text)
    for name in ("bom.csv", "netlist.csv"):
        shutil.copy(sheet.KICAD / f"{design.name}-{name}", folder / name)


def schematic_picture(folder: Path) -> None:
    """`schematic.png` beside the PDF that `board` made."""
    pixels = ["pdftoppm", "-png", "-gray", "-r", "110", "-singlefile"]
    subprocess.run([*pixels, f"{folder}/schematic.pdf", f"{folder}/schematic"], check=True)


def pack(source: Path, target: Path) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(source.iterdir()):
            archive.write(path, path.name)


def interactive(design: Design, folder: Path) -> None:
    """A page that shows where each part goes and ticks it off. It wants KiCad's own Python."""
    with TemporaryDirectory() as work:
        project = Path(work) / "kicad"
        shutil.copytree(sheet.KICAD, project)
        quiet = {"INTERACTIVE_HTML_BOM_NO_DISPLAY": "1", "PYTHONPATH": str(INTERACTIVE)}
        words = ["--no-browser", "--dest-dir", str(folder.resolve()), "--name-format", "interactive-bom"]
        command = [KICAD_PYTHON, "-m", "InteractiveHtmlBom.generate_interactive_bom", *words]
        pcb = str(project / f"{design.name}.kicad_pcb")
        subprocess.run([*command, pcb], check=True, capture_output=True, env=os.environ | quiet)
