"""A person of 45 kg."""

from .scripted import Scripted


class Light(Scripted):
    mass_kg = 45.0
