"""The virtual cushion: the unmodified firmware on a real MicroPython, in a simulated world. See README.md."""

from .chip_process import Interpreter
from .errors import VirtualError
from .scenarios import SCENARIOS
from .seat import EmptySeat, Seat, TraceSeat
from .sitter import SITTERS, SitterSeat
from .supervisor import VirtualCushion

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
