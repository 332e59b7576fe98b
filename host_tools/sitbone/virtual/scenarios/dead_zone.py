"""The left sitting bone's sensor is dead from the start."""

from ..sitter import Fault
from .scripted import Scripted


class DeadZone(Scripted):
    fault = Fault(0, "open")
