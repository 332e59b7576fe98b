"""Draws the harness: YAML, wire list and picture. Needs WireViz (`make hardware-setup`) and graphviz."""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from hardware.circuit.sheet import DESIGNS
from hardware.harness.harness import wireviz_text

HERE = Path(__file__).resolve().parent
NAMES = {"sitbone-carrier": "harness", "sitbone-battery": "harness-battery"}
# The graph (gv), which the drawing (svg) is set from, does not depend on the machine's fonts: it can be compared.
MADE = {"yml": "yml", "gv": "gv", "svg": "svg", "bom.tsv": "tsv"}


def draw(folder: Path) -> None:
    """Each variant's."""
    for design in DESIGNS:
        name = NAMES[design.name]
        with TemporaryDirectory() as work:
            source = Path(work) / f"{name}.yml"
            source.write_text(wireviz_text(design))
            wireviz = Path(sys.executable).parent / "wireviz"
            subprocess.run([str(wireviz), "-f", "gst", "-o", work, str(source)], check=True, capture_output=True)
            for suffix in MADE:
                made = Path(work) / f"{name}.{suffix}"
                if made.exists():
                    (folder / made.name).write_bytes(made.read_bytes())


if __name__ == "__main__":
    draw(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
