"""A child of 22 kg."""

from .scripted import Scripted


class Child(Scripted):
    mass_kg = 22.0
    fidgets_per_min = 10.0
