"""Runs a snippet of device code on the real Unix port, with the firmware and on_device/ importable."""

import sys
import textwrap
from pathlib import Path

from tests.core.interpreters import ROOT, require, run

ON_DEVICE = Path(__file__).with_name("on_device")
FIRMWARE = ROOT / "firmware"
IMPORTS = (
    "from cushion.storage import acks, atomic, log, settings_file, segments; from cushion.core import blocks, records; "
    "from cushion.core import settings; import os"
)


def micropython(heap: str) -> list[str]:
    """The command that starts the Unix port with so much heap."""
    start = "import sys, micropython_unix as m; sys.argv[0] = 'micropython'; sys.exit(m.main())"
    return [sys.executable, "-c", start, "-X", f"heapsize={heap}"]


def on_unix(code: str) -> str:
    """What `code` printed. It raises where the code did; see flash.py for the file system it may mount."""
    require("unix")
    head = f"import sys; sys.path[:0] = [{str(FIRMWARE)!r}, {str(ON_DEVICE)!r}]\nimport flash\n{IMPORTS}\n"
    return run("unix", head + textwrap.dedent(code))
