"""Puts the feet up: thighs off the cushion."""

from .scripted import Scripted


class FeetUp(Scripted):
    shift_every_min = 1.5
    shift_s = (60.0, 600.0)
    postures = {"feet up": 0.8, "leaning back": 0.2}  # noqa: RUF012
