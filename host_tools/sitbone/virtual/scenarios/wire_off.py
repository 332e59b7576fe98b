"""The left sitting bone's wire comes off after half an hour."""

from ..sitter import Fault
from .scripted import Scripted


class WireOff(Scripted):
    fault = Fault(0, "open", 1_800_000)
