"""Puts the firmware's top-level files into the wheel, where `sitbone install` finds them; cushion is a package itself.

An editable install gets no such copies: it reads the tree, and a copy in site-packages would grow stale.
"""

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FILES = ("boot.py", "main.py", "manifest.py")


class WheelHook(BuildHookInterface):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version != "editable":
            build_data["force_include"].update(
                {f"firmware/{name}": f"sitbone/board/_firmware/{name}" for name in FILES}
            )
