"""Draws the harness: YAML, wire list and picture. Needs WireViz (`make hardware-setup`) and graphviz."""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from hardware.harness.harness import wireviz_text

HERE = Path(__file__).resolve().parent
NAME = "harness"
# The graph (gv), which the drawing (svg) is set from, does not depend on the machine's fonts: it can be compared.
MADE = {"yml": "yml", "gv": "gv", "svg": "svg", "bom.tsv": "tsv"}


def draw(folder: Path) -> None:
    with TemporaryDirectory() as work:
        source = Path(work) / f"{NAME}.yml"
        source.write_text(wireviz_text())
        wireviz = Path(sys.executable).parent / "wireviz"
        subprocess.run([str(wireviz), "-f", "gst", "-o", work, str(source)], check=True, capture_output=True)
        for suffix in MADE:
            made = Path(work) / f"{NAME}.{suffix}"
            if made.exists():
                (folder / made.name).write_bytes(made.read_bytes())


if __name__ == "__main__":
    draw(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
