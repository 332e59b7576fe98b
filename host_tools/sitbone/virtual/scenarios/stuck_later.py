"""The right sitting bone's sensor gets stuck after half an hour."""

from ..sitter import Fault
from .scripted import Scripted


class StuckLater(Scripted):
    fault = Fault(1, "stuck", 1_800_000)
