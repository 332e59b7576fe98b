"""Reads what KiCad wrote for the board house: as little of RS-274X and Excellon as that takes, and none of KiCad.

Positions are mm, y upwards, as in the files.
"""

import re

Point = tuple[float, float]
UNITS_PER_MM = 1_000_000


def flashes_and_lines(text: str) -> tuple[list[Point], list[tuple[Point, Point]]]:
    """(where apertures are flashed, straight lines that are drawn); what fills a region is left out."""
    assert "%FSLAX46Y46*%" in text
    assert "%MOMM*%" in text
    flashed, lines = [], []
    at: Point = (0.0, 0.0)
    region = False
    for line in text.splitlines():
        region = line.startswith("G36") or (region and not line.startswith("G37"))
        found = re.fullmatch(r"X(-?\d+)Y(-?\d+)D0([123])\*", line)
        if found:
            to = (int(found[1]) / UNITS_PER_MM, int(found[2]) / UNITS_PER_MM)
            if found[3] == "3":
                flashed.append(to)
            elif found[3] == "1" and not region:
                lines.append((at, to))
            at = to
    return flashed, lines


def holes(text: str) -> list[Point]:
    """Where the drill goes down; a slot counts at its start."""
    assert "METRIC" in text
    return [(float(x), float(y)) for x, y in re.findall(r"^(?:G00)?X(-?[\d.]+)Y(-?[\d.]+)", text, re.MULTILINE)]
