"""Makes everything that a board house, a printer or a cutter needs, and the guide's pictures: `make hardware`.

    python -m hardware.make FOLDER            all of it, into one folder
    python -m hardware.make --refresh         what is committed beside the sources: drawings, models, pictures

Needs KiCad 9, ngspice, graphviz and the hardware environment; the routed board itself is made by `make hardware-route`.
"""

import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from hardware.analog import plot
from hardware.board import export
from hardware.case import check, cutplan, pictures
from hardware.case.sizes import BODIES
from hardware.circuit import netlist, sheet, stripboard_picture
from hardware.harness import draw

HERE = Path(__file__).resolve().parent
GUIDE = HERE / "guide"
PICTURED = ("board-top", "board-bottom", "schematic")
SUFFIX = {"sitbone-carrier": "", "sitbone-battery": "-battery"}


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
    (folder / "stripboard.svg").write_text(stripboard_picture.picture())
    with TemporaryDirectory() as work:
        for design in sheet.DESIGNS:
            export.board(design, Path(work))
            export.schematic_picture(Path(work))
            for name in PICTURED:
                shutil.copy(Path(work) / f"{name}.png", folder / f"{name}{SUFFIX[design.name]}.png")
        draw.draw(Path(work))
        for name in draw.NAMES.values():
            shutil.copy(Path(work) / f"{name}.svg", folder)


def everything(folder: Path) -> None:
    for design in sheet.DESIGNS:
        export.board(design, folder / design.name)
        export.interactive(design, folder / design.name)
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
