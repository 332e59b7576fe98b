"""The right thigh's sensor is stuck near full scale from the start."""

from ..sitter import Fault
from .scripted import Scripted


class StuckHigh(Scripted):
    fault = Fault(3, "high")
