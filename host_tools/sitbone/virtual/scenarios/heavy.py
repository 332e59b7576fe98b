"""A person of 140 kg."""

from .scripted import Scripted


class Heavy(Scripted):
    mass_kg = 140.0
