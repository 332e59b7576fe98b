"""What a variant of the hardware is: its circuit, and how its schematic is laid out. sheet.py draws it."""

from typing import NamedTuple

from hardware.circuit.circuit import Expected, Row

GridPoint = tuple[float, float]  # units of 2.54 mm, y downwards
Places = dict[str, tuple[float, float, int]]  # ref -> (x, y, turn)
Wires = list[tuple[GridPoint, ...]]
Label = tuple[GridPoint, str, int]  # where, the net's name, the direction it leaves in
Block = tuple[GridPoint, GridPoint, str]  # a frame's corners and title


class Design(NamedTuple):
    """One variant. `flags` are nets that the outside world drives where ERC can't see it, and where to say so."""

    name: str  # of its files in kicad/
    title: str
    rows: list[Row]
    tested: Expected
    places: Places
    wires: Wires
    labels: list[Label]
    flags: dict[str, GridPoint]
    blocks: list[Block]
    paper_mm: tuple[int, int]
