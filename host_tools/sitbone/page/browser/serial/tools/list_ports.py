"""The ports that the person has allowed this page to use."""

from __future__ import annotations

import json
from dataclasses import dataclass

import sitbone_page


@dataclass(frozen=True)
class Port:
    """One of them, by the name that `serial.Serial` takes."""

    device: str


def comports() -> list[Port]:
    """All of them that are plugged in."""
    return [Port(name) for name in json.loads(sitbone_page.ports())]
