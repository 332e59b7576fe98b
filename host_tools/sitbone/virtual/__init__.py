"""The virtual cushion: the unmodified firmware on a real MicroPython, in a simulated world. See README.md.

Rule: it replaces the chip and the world around it, never the firmware.
"""

from sitbone.virtual.chip_process import Interpreter
from sitbone.virtual.errors import VirtualError
from sitbone.virtual.sitters.scenarios import SCENARIOS
from sitbone.virtual.sitters.seat import EmptySeat, Seat, TraceSeat
from sitbone.virtual.sitters.sitter import SITTERS, SitterSeat
from sitbone.virtual.supervisor import VirtualCushion

__all__ = [
    "SCENARIOS",
    "SITTERS",
    "EmptySeat",
    "Interpreter",
    "Seat",
    "SitterSeat",
    "TraceSeat",
    "VirtualCushion",
    "VirtualError",
]
