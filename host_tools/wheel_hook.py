"""Puts into the wheel what the package needs from elsewhere: the firmware's top-level files, where `sitbone install`
finds them (cushion is a package itself), and what npm brought for `sitbone page`, if it did.

An editable install gets no such copies: it reads the tree, and a copy in site-packages would grow stale.
"""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PAGE = "sitbone/page"
NODE = Path(__file__).parent / PAGE / "node" / "node_modules"
BROUGHT = (
    *(f"pyodide/{name}" for name in ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")),
    "pyodide/pyodide-lock.json",
    "esptool-js/bundle.js",
)
FILES = ("boot.py", "main.py", "manifest.py")


class WheelHook(BuildHookInterface):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version != "editable":
            build_data["force_include"].update(
                {f"firmware/{name}": f"sitbone/board/_firmware/{name}" for name in FILES}
            )
            build_data["force_include"].update(
                {path.as_posix(): f"{PAGE}/_brought/{path.relative_to(NODE).as_posix()}" for path in _brought()}
            )


def _brought() -> list[Path]:
    return [path for name in BROUGHT if (path := NODE / name).exists()]
