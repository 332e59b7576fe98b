"""An adult of 75 kg, nothing special."""

from .scripted import Scripted


class Adult(Scripted):
    """As ``Person`` is."""
