"""Makes everything that a board house, a printer or a cutter needs, and the guide's pictures: `make hardware`.

    python -m hardware.make FOLDER            all of it, into one folder
    python -m hardware.make --refresh         what is committed beside the sources: drawings, models, pictures

Needs KiCad 9, ngspice, graphviz and the hardware environment; the routed board itself is made by `make hardware-route`.
"""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

from hardware.analog import plot
from hardware.case import check, cutplan, pictures
from hardware.case.sizes import BODIES
from hardware.circuit import netlist, sheet
from hardware.harness import draw

HERE = Path(__file__).resolve().parent
GUIDE = HERE / "guide"
COPPER = "F.Cu,B.Cu,F.Paste,F.Silkscreen,B.Silkscreen,F.Mask,B.Mask,Edge.Cuts"


def kicad(*words: object) -> None:
    subprocess.run(["kicad-cli", *map(str, words)], check=True, capture_output=True)


def board(folder: Path) -> None:
    """Gerbers and drill in a zip, positions, BOM, schematic; from a copy, since KiCad writes beside its input."""
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as work:
        project = Path(work) / "kicad"
        shutil.copytree(sheet.KICAD, project)
        pcb, drawing = project / f"{sheet.NAME}.kicad_pcb", project / f"{sheet.NAME}.kicad_sch"
        gerbers = Path(work) / "gerbers"
        gerbers.mkdir()
        kicad("pcb", "export", "gerbers", "--layers", COPPER, "--no-x2", "-o", f"{gerbers}/", pcb)
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
    for name in ("bom.csv", "netlist.csv"):
        shutil.copy(sheet.KICAD / name, folder)


def pack(source: Path, target: Path) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(source.iterdir()):
            archive.write(path, path.name)


def printed(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    check.export(folder)


def cushion(folder: Path, paper: bool) -> None:
    """Cut plans: one DXF a size; to print at 1:1, each layer on A2 and on A4 sheets."""
    folder.mkdir(parents=True, exist_ok=True)
    for body in BODIES:
        (folder / f"cushion-{body.name}.dxf").write_text(cutplan.dxf(body))
        for layer in cutplan.LAYERS if paper else ():
            stem = f"{layer.replace(' ', '-')}-{body.name}"
            (folder / f"{stem}-A2.pdf").write_bytes(cutplan.a2(body, layer))
            (folder / f"{stem}-A4.pdf").write_bytes(cutplan.a4(body, layer))


def drawn(folder: Path) -> None:
    """The guide's pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    pictures.draw(folder)
    (folder / "transfer.svg").write_text(plot.transfer_picture())
    with TemporaryDirectory() as work:
        board(Path(work))
        for side in ("top", "bottom"):
            shutil.copy(Path(work) / f"board-{side}.png", folder)
        pixels = [
            "pdftoppm",
            "-png",
            "-gray",
            "-r",
            "110",
            "-singlefile",
            f"{work}/schematic.pdf",
            f"{folder}/schematic",
        ]
        subprocess.run(pixels, check=True)
        draw.draw(Path(work))
        shutil.copy(Path(work) / "harness.svg", folder)


def everything(folder: Path) -> None:
    board(folder / "board")
    printed(folder / "printed")
    cushion(folder / "cushion", paper=True)
    (folder / "harness").mkdir(parents=True, exist_ok=True)
    draw.draw(folder / "harness")
    drawn(folder / "pictures")


def refresh() -> None:
    """Everything committed that is made from something else, but the routed board."""
    sheet.write()
    for name, text in netlist.files().items():
        (sheet.KICAD / name).write_text(text)
    draw.draw(draw.HERE)
    printed(HERE / "case" / "printed")
    cushion(HERE / "case" / "cushion", paper=False)
    for body in BODIES:
        plan = HERE / "case" / "cushion" / f"sensor-sheet-{body.name}-A4.pdf"
        plan.write_bytes(cutplan.a4(body, "sensor sheet"))
    drawn(GUIDE)


def main() -> None:
    if sys.argv[1:] == ["--refresh"]:
        refresh()
        return
    folder = Path(sys.argv[1])
    shutil.rmtree(folder, ignore_errors=True)
    everything(folder)
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        print(f"{path.stat().st_size:>9}  {path}")


if __name__ == "__main__":
    main()
